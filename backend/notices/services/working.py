"""The unit at work, and what review visits say about its work meanwhile."""

from backend.core import clock
from backend.inspections.models import FindingState
from backend.inspections.services import findings
from backend.notices.models import FindingReport, NoticeFinding
from backend.notices.rules.deadlines import due_date
from backend.notices.rules.lifecycle import State
from backend.notices.services.steps import Step


def begin_work(step: Step) -> None:
    """Move an acknowledged or returned notice to `rectifying`, and its waiting findings with it."""
    if step.notice.state not in (State.ACKNOWLEDGED, State.RETURNED):
        return
    step.take("start")
    for item in step.items(FindingState.IN_NOTICE):
        findings.advance(actor=step.actor, finding_id=item.finding_id, to=FindingState.RECTIFYING)


def adopt_site_verdicts(step: Step) -> None:
    """Take over what a review visit has decided on the spot about reported findings, with its reviewer and time."""
    parts = FindingReport.objects.filter(report__notice=step.notice, decision="").select_related("item__finding")
    for part in parts.filter(item__finding__state__in=FindingReport.Decision.values):
        last = part.item.finding.transitions.order_by("-pk")[0]
        part.decision, part.decision_reason = last.after, last.reason
        part.decided_by, part.decided_by_name, part.decided_at = last.actor_id, last.actor_name[:40], last.at
        part.save()
        if part.decision == FindingReport.Decision.RETURNED:
            new_term(part.item)


def new_term(item: NoticeFinding) -> None:
    """The finding's first term once more, from today."""
    item.due_on = due_date(clock.today(), item.due_days)
    item.save(update_fields=["due_on"])
