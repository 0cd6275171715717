"""What waits for the office: how many notices in which state, and approved visits whose findings no notice names."""

import uuid

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.inspections.models import Finding, FindingState, Visit, VisitState
from backend.inspections.selectors.assignments import LEADERS
from backend.notices.models import EscalationPaper, RectificationNotice
from backend.notices.rules.escalation_lifecycle import OPEN
from backend.notices.rules.lifecycle import State
from backend.notices.selectors import notices
from backend.registry.selectors import teams


def candidates(actor: Actor) -> QuerySet[Visit]:
    """Approved visits with confirmed findings and without a notice that stands: the county's for those who oversee
    notices, their teams' for those who lead any.
    """
    confirmed = Finding.objects.filter(county_id=actor.county_id, state=FindingState.CONFIRMED).values("visit")
    standing = RectificationNotice.objects.filter(visit=OuterRef("pk")).exclude(state=State.WITHDRAWN)
    rows = _seen(actor).filter(state=VisitState.APPROVED)
    return rows.filter(~Exists(standing), pk__in=confirmed)


def _seen(actor: Actor) -> QuerySet[Visit]:
    rows = Visit.objects.filter(county_id=actor.county_id)
    if actor.has(*notices.OVERSEERS):
        return rows
    if actor.user_id is None or not actor.has(*LEADERS):
        return rows.none()
    led = rows.filter(assignment__team__in=teams.led_by(actor.user_id).values("pk"))
    return led.exclude(assignment__recusals__user_id=actor.user_id)


def with_findings(rows: QuerySet[Visit]) -> QuerySet[Visit]:
    """`rows` with target and team; `findings.all()` are the confirmed ones, in their order."""
    confirmed = Finding.objects.filter(state=FindingState.CONFIRMED).order_by("number")
    rows = rows.select_related("target", "assignment__team")
    return rows.prefetch_related(Prefetch("findings", queryset=confirmed))


def candidate(actor: Actor, visit_id: uuid.UUID) -> Visit:
    """One of `candidates` with its findings. Raises `NotFound`."""
    found = with_findings(candidates(actor)).filter(pk=visit_id).first()
    if found is None:
        raise NotFound("visit", visit_id)
    return found


def waiting(actor: Actor) -> dict[str, int]:
    """How many notices are in each state, how many are late (`overdue`), and how many papers of escalation are open
    (`escalations`), in two queries."""
    late = Count("pk", filter=notices.overdue_at(clock.today()))
    rows = notices.scoped(actor).order_by().values("state").annotate(total=Count("pk"), late=late)
    found: dict[str, int] = {"overdue": 0}
    for row in rows:
        found[str(row["state"])] = row["total"]
        found["overdue"] += row["late"]
    found["escalations"] = EscalationPaper.objects.filter(Q(state__in=OPEN), county_id=actor.county_id).count()
    return found
