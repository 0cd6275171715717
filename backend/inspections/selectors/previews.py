"""What is written on the previews of evidence, and as which evidence somebody sees a picture."""

import uuid
from collections.abc import Collection

from backend.accounts.roles import UNIT_ROLES
from backend.core.actor import Actor
from backend.inspections.models import Evidence, EvidenceState
from backend.inspections.selectors.addressed import as_uuid
from backend.inspections.selectors.evidence import scoped
from backend.media.rules.captions import Caption


def captions(evidence_ids: Collection[str]) -> dict[str, Caption]:
    """Place, time, position and team of those that are evidence of a visit, by evidence id."""
    rows = Evidence.objects.filter(pk__in=_keys(evidence_ids)).select_related(
        "visit__target", "visit__assignment__team"
    )
    return {str(row.pk): _caption(row) for row in rows}


def _keys(evidence_ids: Collection[str]) -> list[uuid.UUID]:
    return [key for key in map(as_uuid, evidence_ids) if key is not None]


def _caption(row: Evidence) -> Caption:
    team = row.visit.assignment.team
    return Caption(
        place=row.visit.target.name,
        at=row.taken_at,
        lng=row.lng,
        lat=row.lat,
        accuracy=row.accuracy,
        datum=row.datum,
        team=team.name if team else "",
    )


def seen_as(actor: Actor, sha256: str) -> list[str]:
    """The verified evidence of this content that the actor may see, the latest first."""
    if actor.has(*UNIT_ROLES):
        return []
    rows = scoped(actor).filter(sha256=sha256, state=EvidenceState.VERIFIED).order_by("-added_at", "-pk")
    return [str(key) for key in rows.values_list("pk", flat=True)]
