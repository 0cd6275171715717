"""Which steps the services would take from a person now, so that nobody is shown a button in vain."""

from backend.bulletins.models import Bulletin, Circular
from backend.bulletins.rules import months
from backend.bulletins.rules.lifecycle import STEPS
from backend.bulletins.rules.periods import Period
from backend.bulletins.selectors import bulletins
from backend.bulletins.services import signatures
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict


def of(actor: Actor, paper: Bulletin | Circular) -> frozenset[str]:
    """Names of `lifecycle.STEPS`; none for readers."""
    if not actor.has(*bulletins.MAKERS):
        return frozenset()
    mine = {name for name, step in STEPS.items() if paper.state in step.sources and actor.has(*step.roles)}
    if isinstance(paper, Circular):
        mine.discard("consult")
    if paper.state in STEPS["sign"].sources and _signs(actor, paper):
        return frozenset(mine | {"sign"})
    return frozenset(mine - {"sign"})


def _signs(actor: Actor, paper: Bulletin | Circular) -> bool:
    signature, period = signatures.of(actor), _period(paper)
    try:
        signature.check_review(paper.reviewer_id)
    except Conflict:
        return False
    whole = period.has_ended(clock.now()) and paper.cut_off >= period.ends_at
    return whole and signature.actor.has(*STEPS["sign"].roles)


def _period(paper: Bulletin | Circular) -> Period:
    return paper.period if isinstance(paper, Bulletin) else months.of(paper.month)
