"""Reading evidence."""

from django.db.models import QuerySet

from backend.accounts.roles import FIELD_ROLES, UNIT_ROLES, Role
from backend.core.actor import Actor
from backend.inspections.models import Evidence, EvidenceState
from backend.inspections.selectors import visits


def scoped(actor: Actor) -> QuerySet[Evidence]:
    """The evidence of the visits that `actor` may see."""
    return Evidence.objects.filter(visit__in=visits.scoped(actor).values("pk"))


def may_read_blob(actor: Actor, sha256: str) -> bool:
    """Whether `actor` may have the bytes: people of the field who can see a visit with verified evidence of them.

    A hash that was merely declared opens nothing: else anybody could ask by it what others have handed in.
    """
    if actor.has(*UNIT_ROLES) or not actor.has(*FIELD_ROLES, Role.LEADERSHIP, Role.DEPARTMENT_HEAD):
        return False
    return scoped(actor).filter(sha256=sha256, state=EvidenceState.VERIFIED).exists()
