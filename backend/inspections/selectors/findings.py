"""Reading findings."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from backend.accounts.roles import PHONE_ROLES
from backend.core import clock, statements
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.core.lookup import instant, kept
from backend.core.pages import in_order
from backend.inspections.models import Finding, FindingState, Publication, Visit
from backend.inspections.selectors import visits
from backend.inspections.selectors.assignments import WHOLE_COUNTY, hidden_from
from backend.journal import grants

TARGET = "target:"
PAST = """
    SELECT f.item_code, f.recorded_at FROM inspections_finding f
    WHERE f.target_id = %s AND f.visit_id <> %s AND f.recorded_at > %s AND f.state <> 'withdrawn'
    AND (SELECT v.state = 'approved' AND v.plan_month <> %s FROM inspections_visit v WHERE v.id = f.visit_id)
"""
REPEAT_WITHIN = dt.timedelta(days=365)
"""Within this time the same item at the same target is a repeat (workflow.md section 4)."""


def scoped(actor: Actor) -> QuerySet[Finding]:
    """The findings of the visits that `actor` may see, and those in the history of targets `actor` is sent to."""
    if actor.has(*WHOLE_COUNTY):
        rows, hidden = Finding.objects.filter(county_id=actor.county_id), hidden_from(actor)
        return rows if hidden is None else rows.exclude(visit__in=Visit.objects.filter(assignment__in=hidden))
    seen = Q(visit__in=visits.scoped(actor).values("pk"))
    if actor.user_id is not None and actor.has(*PHONE_ROLES):
        seen |= Q(publication=Publication.TARGET, target__in=_sent_to(actor.user_id))
    return Finding.objects.filter(seen, county_id=actor.county_id)


def of_own_visits(actor: Actor, finding_id: uuid.UUID) -> Finding:
    """A finding of a visit that `actor` may see. Raises `NotFound` also for one known only as history of its target."""
    rows = Finding.objects.select_related("hearing").filter(visit__in=visits.scoped(actor, many=False).values("pk"))
    finding = rows.filter(pk=finding_id).first()
    if finding is None:
        raise NotFound("finding", finding_id)
    return finding


def listed(ids: Sequence[uuid.UUID]) -> list[Finding]:
    """Those of `ids`, in their order."""
    return in_order(Finding.objects.all(), ids)


def _sent_to(user_id: int) -> list[uuid.UUID]:
    return [uuid.UUID(name[len(TARGET) :]) for name in grants.scope_names(user_id) if name.startswith(TARGET)]


def confirmed(visit_id: uuid.UUID) -> QuerySet[Finding]:
    """What a notice on this visit is to name, in the order of the findings' numbers."""
    return Finding.objects.filter(visit_id=visit_id, state=FindingState.CONFIRMED).order_by("number")


def history_of(visit: Visit) -> list[tuple[str, dt.datetime]]:
    """Item and time of what was found in approved visits at the visit's target, going back `REPEAT_WITHIN` from now.

    What the other track found in the same plan month is not among it: neither may learn of it.
    """
    of = kept(Finding, target_id=visit.target_id, visit_id=visit.pk, recorded_at=clock.now() - REPEAT_WITHIN)
    found = statements.rows(PAST, [*of, visit.plan_month])
    return [(code, at) for code, recorded_at in found if (at := instant(recorded_at))]


def is_repeat(history: Iterable[tuple[str, dt.datetime]], finding: Finding) -> bool:
    """Whether `history_of` its visit holds the same item within 12 months before the finding."""
    since = finding.recorded_at - REPEAT_WITHIN
    return any(code == finding.item_code and since < at < finding.recorded_at for code, at in history)
