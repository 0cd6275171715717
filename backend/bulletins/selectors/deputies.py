"""Who may sign for whom today."""

import datetime as dt

from django.db.models import Q, QuerySet

from backend.accounts.roles import Role
from backend.accounts.selectors import people
from backend.bulletins.models import SigningDeputy
from backend.core import clock
from backend.core.actor import Actor


def scoped(actor: Actor) -> QuerySet[SigningDeputy]:
    """Every appointment of the county, past ones too, for those who make papers."""
    rows = SigningDeputy.objects.filter(county_id=actor.county_id)
    return rows if actor.has(Role.OFFICE, Role.LEADERSHIP) else rows.none()


def of(actor: Actor, day: dt.date | None = None) -> SigningDeputy | None:
    """The appointment by which `actor` signs on `day` (today); None for who is nobody's deputy, or no longer of the
    office; nor for a principal who is no leader any more.
    """
    on = day or clock.today()
    if actor.user_id is None or actor.deposit_only or not actor.has(Role.OFFICE):
        return None
    rows = SigningDeputy.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=clock.now()),
        county_id=actor.county_id, deputy_id=actor.user_id, starts_on__lte=on, ends_on__gte=on,
    )  # fmt: skip
    found = rows.order_by("-made_at").first()
    if found is None or Role.LEADERSHIP not in people.roles_of_all({found.principal_id})[found.principal_id]:
        return None
    return found
