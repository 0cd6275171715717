"""Reading announcements."""

from django.db.models import QuerySet

from backend.core.actor import Actor
from backend.inspections.models import Announcement


def standing(actor: Actor) -> QuerySet[Announcement]:
    """Those of the actor's county that have not been taken back."""
    return Announcement.objects.filter(county_id=actor.county_id, withdrawn_at__isnull=True)
