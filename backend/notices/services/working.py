"""The unit at work: its first act after acknowledging, or after a return, starts the rectification."""

from backend.inspections.models import FindingState
from backend.inspections.services import findings
from backend.notices.rules.lifecycle import State
from backend.notices.services.steps import Step


def begin_work(step: Step) -> None:
    """Move an acknowledged or returned notice to `rectifying`, and its waiting findings with it."""
    if step.notice.state not in (State.ACKNOWLEDGED, State.RETURNED):
        return
    step.take("start")
    for item in step.items(FindingState.IN_NOTICE):
        findings.advance(actor=step.actor, finding_id=item.finding_id, to=FindingState.RECTIFYING)
