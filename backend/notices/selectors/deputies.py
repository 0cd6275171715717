"""Who signs for leadership: notices, orders, bulletins, circulars."""

from django.db.models import QuerySet

from backend.accounts.roles import Role
from backend.accounts.selectors import people
from backend.core import clock
from backend.core.actor import Actor
from backend.notices.models import SigningDeputy


def scoped(actor: Actor) -> QuerySet[SigningDeputy]:
    """Every deputy of the actor's county, also those whose time is over."""
    return SigningDeputy.objects.filter(county_id=actor.county_id)


def of(actor: Actor) -> SigningDeputy | None:
    """The appointment by which `actor` signs today, the newest; None for who is nobody's deputy, or no longer of the
    office; nor for a deputy of somebody who is no leader any more.
    """
    if actor.user_id is None or actor.deposit_only or not actor.has(Role.OFFICE):
        return None
    today = clock.today()
    rows = scoped(actor).filter(user_id=actor.user_id, ended_at__isnull=True, starts_on__lte=today, ends_on__gte=today)
    found = list(rows.order_by("-appointed_at", "-pk"))
    roles = people.roles_of_all({row.appointed_by for row in found}) if found else {}
    return next((row for row in found if Role.LEADERSHIP in roles[row.appointed_by]), None)
