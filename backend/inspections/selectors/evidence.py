"""Reading evidence."""

from collections.abc import Iterable

from django.db.models import QuerySet

from backend.accounts.roles import FIELD_ROLES, UNIT_ROLES, Role
from backend.core.actor import Actor
from backend.inspections.models import Evidence, EvidenceState
from backend.inspections.selectors import visits
from backend.media.models import Expectation
from backend.media.models.expectation import ExpectationState


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


def senders(evidence_ids: Iterable[str], sha256: str) -> set[tuple[str, int]]:
    """(evidence id, user id) of those who have sent bytes of this hash up under one of `evidence_ids`."""
    rows = Expectation.objects.filter(
        evidence_id__in=list(evidence_ids), sha256=sha256, state=ExpectationState.VERIFIED
    )
    return set(rows.values_list("evidence_id", "owner_id"))
