"""What is written on the previews of a unit's photos, and as which of them somebody sees a picture."""

import uuid
from collections.abc import Collection

from backend.core.actor import Actor
from backend.media.rules.captions import Caption
from backend.notices.models import NoticeEvidence
from backend.notices.selectors.notices import scoped


def captions(evidence_ids: Collection[str]) -> dict[str, Caption]:
    """Unit and day of those that prove a rectification. No position: a unit's page shows none."""
    rows = NoticeEvidence.objects.filter(pk__in=list(_keys(evidence_ids))).select_related("notice__target")
    return {str(row.pk): Caption(place=row.notice.target.name, at=row.added_at) for row in rows}


def _keys(evidence_ids: Collection[str]) -> list[uuid.UUID]:
    keys = []
    for each in evidence_ids:
        try:
            keys.append(uuid.UUID(each))
        except ValueError:
            continue
    return keys


def seen_as(actor: Actor, sha256: str) -> list[str]:
    """The verified photos of this content of notices that the actor may know of, the latest first."""
    rows = NoticeEvidence.objects.filter(
        county_id=actor.county_id,
        sha256=sha256,
        state=NoticeEvidence.State.VERIFIED,
        notice__in=scoped(actor).values("pk"),
    )
    return [str(key) for key in rows.order_by("-added_at", "-pk").values_list("pk", flat=True)]
