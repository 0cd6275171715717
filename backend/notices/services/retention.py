"""The end of the time for which bytes of a unit's evidence are kept: the fact, its hash and an audit line stay."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping

from backend.core import clock
from backend.core.actor import system
from backend.journal.writing import write
from backend.media.terms import Due
from backend.notices.models import NoticeEvidence
from backend.notices.selectors import keeping


class UnitEvidence:
    """What units sent to prove a rectification; its time begins when the notice is closed or withdrawn."""

    label = "整改佐证"

    def due(self, before: Mapping[str, dt.datetime]) -> Iterator[Due]:
        for row in keeping.over(before).order_by("ended_at", "pk").iterator(chunk_size=500):
            yield Due(str(row.pk), row.county_id, keeping.KINDS[row.kind], row.sha256, row.size, row.ended_at)

    def expire(self, ids: Collection[str]) -> None:
        rows = NoticeEvidence.objects.filter(pk__in=ids, expired_at__isnull=True).order_by("pk").select_for_update()
        for row in rows:
            with write(actor=system(row.county_id)) as change:
                change.log("notice.evidence_expired", row, sha256=row.sha256, size=row.size, kind=row.kind)
        NoticeEvidence.objects.filter(pk__in=ids, expired_at__isnull=True).update(expired_at=clock.now())
