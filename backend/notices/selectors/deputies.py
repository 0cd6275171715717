"""Who signs for leadership."""

from django.db.models import QuerySet

from backend.core import clock
from backend.core.actor import Actor
from backend.notices.models import SigningDeputy


def scoped(actor: Actor) -> QuerySet[SigningDeputy]:
    """Every deputy of the actor's county, also those whose time is over."""
    return SigningDeputy.objects.filter(county_id=actor.county_id)


def stands_in(actor: Actor) -> bool:
    """Whether the actor signs for leadership today."""
    today = clock.today()
    rows = scoped(actor).filter(user_id=actor.user_id or 0, ended_at__isnull=True)
    return rows.filter(starts_on__lte=today, ends_on__gte=today).exists()
