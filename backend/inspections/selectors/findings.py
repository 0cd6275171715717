"""Reading findings."""

import datetime as dt
import uuid

from django.db.models import Q, QuerySet

from backend.accounts.roles import PHONE_ROLES
from backend.core import clock
from backend.core.actor import Actor
from backend.inspections.models import Finding, FindingState, Publication, Visit
from backend.inspections.selectors import visits
from backend.journal import grants

TARGET = "target:"
REPEAT_WITHIN = dt.timedelta(days=365)
"""Within this time the same item at the same target is a repeat (workflow.md section 4)."""


def scoped(actor: Actor) -> QuerySet[Finding]:
    """The findings of the visits that `actor` may see, and those in the history of targets `actor` is sent to."""
    seen = Q(visit__in=visits.scoped(actor).values("pk"))
    if actor.user_id is not None and actor.has(*PHONE_ROLES):
        seen |= Q(publication=Publication.TARGET, target__in=_sent_to(actor.user_id))
    return Finding.objects.filter(seen, county_id=actor.county_id)


def _sent_to(user_id: int) -> list[uuid.UUID]:
    return [uuid.UUID(name[len(TARGET) :]) for name in grants.scope_names(user_id) if name.startswith(TARGET)]


def confirmed(visit_id: uuid.UUID) -> QuerySet[Finding]:
    """What a notice on this visit is to name, in the order of the findings' numbers."""
    return Finding.objects.filter(visit_id=visit_id, state=FindingState.CONFIRMED).order_by("number")


def history_of(visit: Visit) -> list[tuple[str, dt.datetime]]:
    """Item and time of what was found in approved visits at the visit's target, going back `REPEAT_WITHIN` from now.

    What the other track found in the same plan month is not among it: neither may learn of it.
    """
    rows = Finding.objects.filter(
        target_id=visit.target_id, visit__state="approved", recorded_at__gt=clock.now() - REPEAT_WITHIN
    )
    rows = rows.exclude(state=FindingState.WITHDRAWN).exclude(visit_id=visit.pk)
    return list(rows.exclude(visit__plan_month=visit.plan_month).values_list("item_code", "recorded_at"))
