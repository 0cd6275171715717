"""The photos in the annex of a notice: only what `inspections` lets out, and the same on the paper as on the screen."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from backend.core.errors import Conflict
from backend.inspections.selectors import copies as published
from backend.inspections.services import copies
from backend.notices.models import NoticePhoto, RectificationNotice

MOST_PER_FINDING = 4
MOST = 24
"""Photos of one notice: six pages."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One photo of the annex: of which row, under which number, the JPEG and the line below it."""

    item_id: uuid.UUID
    number: int
    content: bytes
    caption: str


def choose(notice: RectificationNotice) -> None:
    """Settle, in the transaction that begins the signing, which photos go into the paper."""
    NoticePhoto.objects.filter(item__notice=notice).delete()
    NoticePhoto.objects.bulk_create(list(_chosen(notice))[:MOST])


def _chosen(notice: RectificationNotice) -> Iterator[NoticePhoto]:
    items = list(notice.findings.order_by("number"))
    known = published.of_findings(notice.county_id, [item.finding_id for item in items])
    number = 0
    for item in items:
        for copy in known.get(item.finding_id, [])[:MOST_PER_FINDING]:
            number += 1
            yield NoticePhoto(item=item, copy=copy, number=number)


def printed(notice: RectificationNotice) -> list[Printed]:
    """The photos that were settled, with their bytes. Raises `Conflict(photo_withdrawn)`."""
    rows = NoticePhoto.objects.filter(item__notice=notice).select_related("item", "copy").order_by("number")
    return [_printed(notice, row) for row in rows]


def _printed(notice: RectificationNotice, row: NoticePhoto) -> Printed:
    assert notice.signing_at is not None
    content = copies.printable(county_id=notice.county_id, sha256=row.copy.sha256, at=notice.signing_at)
    if content is None:
        raise _withdrawn()
    return Printed(row.item_id, row.number, content, f"证据{row.number}（问题{row.item.number}）")


def check(notice: RectificationNotice) -> None:
    """Raises `Conflict(photo_withdrawn)` when a photo of the paper may not be shown any more."""
    if NoticePhoto.objects.filter(item__notice=notice, copy__superseded_at__isnull=False).exists():
        raise _withdrawn()


def _withdrawn() -> Conflict:
    return Conflict("photo_withdrawn", "所附照片刚被撤回或重新脱敏，请重新签发。")
