"""What a person may do with a notice now, read from its table; the services decide, this only foretells."""

from backend.core.actor import Actor
from backend.desk.navigation import OFFICE
from backend.inspections.models import FindingState
from backend.notices.models import FindingReport, NoticeFinding, RectificationNotice
from backend.notices.rules.lifecycle import ASKABLE, TRANSITIONS, UNISSUED, Party, State
from backend.notices.selectors.possible import OPEN_FINDINGS
from backend.notices.services.drafts import AFTER_WITHDRAWAL
from backend.notices.services.drafts import SETTLED as LET_GO
from backend.notices.services.reviewing import SETTLED
from backend.notices.services.steps import may_sign

BUTTONS = {
    "review": "review",
    "revise": "revise",
    "issue": "issue",
    "deliver": "deliver",
    "answer_defence": "uphold",
    "close": "close",
    "reopen": "reopen",
    "withdraw": "withdraw",
}
"""By deed of the page the step of the table that it takes."""


def offered(actor: Actor, notice: RectificationNotice) -> frozenset[str]:
    """The deeds of a notice read by `notices.get`; what only its signer may do costs a look at the signer's rights."""
    found = {deed for deed, action in BUTTONS.items() if notice.state in TRANSITIONS[action].sources}
    mine = {deed for deed in found if _is_party(actor, TRANSITIONS[BUTTONS[deed]].party)}
    if not actor.has(*OFFICE):
        return frozenset(mine)
    states = {row.finding.state for row in notice.findings.all()}
    if not states <= set(SETTLED):
        mine.discard("close")
    if not states <= {*AFTER_WITHDRAWAL, *LET_GO}:
        mine.discard("withdraw")
    return frozenset(mine | _beside_the_table(notice))


def _is_party(actor: Actor, party: Party) -> bool:
    return may_sign(actor) if party is Party.SIGNER else actor.has(*OFFICE)


def _beside_the_table(notice: RectificationNotice) -> set[str]:
    """What the office does to a notice without a step of its own, or by more than one."""
    found = set()
    if notice.state == State.DRAFT:
        found.add("amend")
    if notice.state not in (*UNISSUED, State.WITHDRAWN):
        found |= {"scan", "propose"}
    asked = getattr(notice, "extension", None)
    if asked is not None and asked.granted is None and notice.state in ASKABLE:
        found.add("answer_extension")
    if notice.state in (State.REPORT_SUBMITTED, State.UNDER_REVIEW):
        found.add("decide")
    if _may_conclude(notice):
        found.add("conclude")
    return found


def _may_conclude(notice: RectificationNotice) -> bool:
    """Whether a review visit has said something that the notice has not taken over, or nothing is left to be done."""
    rows = list(notice.findings.all())
    if notice.state in (State.REPORT_SUBMITTED, State.UNDER_REVIEW):
        return any(undecided(row) and row.finding.state in FindingReport.Decision.values for row in rows)
    waiting = any(row.finding.state in OPEN_FINDINGS for row in rows)
    return notice.state in (State.RECTIFYING, State.RETURNED) and not waiting


def undecided(row: NoticeFinding) -> FindingReport | None:
    """The report on a finding that nobody has judged yet."""
    return next((part for part in row.reports.all() if not part.decision), None)


def to_judge(row: NoticeFinding) -> bool:
    """Whether the office is to judge the unit's report on this finding."""
    return undecided(row) is not None and row.finding.state == FindingState.REPORTED
