"""Figures that workflow.md section 11 asks for and that the product keeps no rows of yet: said, never invented."""

from backend.bulletins.rules.figures import Figures, measured

TIPS = ("tips.received", "tips.accepted", "tips.closed", "tips.verified")


def figures() -> Figures:
    """Tips and satisfaction: no data."""
    tips = {key: measured("tip", (), None) for key in TIPS}
    return tips | {"satisfaction": measured("questionnaire", (), None)}
