"""The one place that says what may leave the house of a photo.

Bulletins, notices and units get pictures only through this module: current redacted or approved copies, by hashes of
their own. Originals and previews made of them are for the people of the field (`selectors.evidence`).
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from backend.accounts.roles import FIELD_ROLES, UNIT_ROLES, Role
from backend.core.actor import Actor
from backend.inspections.models import EvidenceCopy
from backend.inspections.selectors import visits


def current() -> QuerySet[EvidenceCopy]:
    """Copies that may be shown now, of all counties."""
    return EvidenceCopy.objects.filter(superseded_at__isnull=True)


def of_findings(county_id: int, finding_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[EvidenceCopy]]:
    """By finding, the copies of its photos that may be shown now, in the order the photos were added."""
    rows = current().filter(county_id=county_id, evidence__finding__in=list(finding_ids))
    found: dict[uuid.UUID, list[EvidenceCopy]] = defaultdict(list)
    for row in rows.select_related("evidence").order_by("evidence__added_at", "evidence_id"):
        if row.evidence.finding_id is not None:
            found[row.evidence.finding_id].append(row)
    return found


def could_be_shown(county_id: int, sha256: str, at: dt.datetime) -> bool:
    """Whether this is the hash of a copy that might be shown at `at`; later corrections do not change the answer."""
    rows = EvidenceCopy.objects.filter(county_id=county_id, sha256=sha256, made_at__lte=at)
    return rows.filter(Q(superseded_at__isnull=True) | Q(superseded_at__gt=at)).exists()


def of_evidence(actor: Actor, evidence_id: uuid.UUID) -> QuerySet[EvidenceCopy]:
    """All copies of an evidence that `actor` may see, superseded ones too, the first made first."""
    return scoped(actor).filter(evidence=evidence_id)


def scoped(actor: Actor) -> QuerySet[EvidenceCopy]:
    """The copies of photos of the visits that `actor` may see."""
    rows = EvidenceCopy.objects.filter(county_id=actor.county_id)
    return rows.filter(evidence__visit__in=visits.scoped(actor).values("pk"))


def may_read_blob(actor: Actor, sha256: str) -> bool:
    """Whether `actor` may have the bytes as somebody of the field; units see copies as part of their notices."""
    if actor.has(*UNIT_ROLES) or not actor.has(*FIELD_ROLES, Role.LEADERSHIP, Role.DEPARTMENT_HEAD):
        return False
    return scoped(actor).filter(sha256=sha256, evidence__expired_at__isnull=True).exists()
