"""How much one person may send: so that a broken phone fills no disk, and nobody else waits for it.

Whoever is refused here loses nothing: the fact is in custody, the phone keeps the bytes and comes again after the time
it is told, which is the earliest at which the file can fit. What fits into no quota by itself still passes when nothing
else counts, so no evidence is shut out for good.
"""

import datetime as dt
import math
from itertools import accumulate

from django.conf import settings
from django.db import connection

from backend.core import clock, statements
from backend.core.errors import Throttled
from backend.media.models import Upload

MOST_OPEN = 1000
"""Unfinished uploads of one person: far more than a phone has photos, far fewer than a runaway client would make."""

DAY = dt.timedelta(hours=24)

SOON = 60
"""Seconds after which to ask whether an unfinished upload has come to its end meanwhile."""

USED = """
    SELECT count(*) FILTER (WHERE state = 'open'), coalesce(sum(size) FILTER (WHERE state = 'open'), 0),
        coalesce(sum("offset") FILTER (WHERE created_at > %s), 0)
    FROM media_upload WHERE owner_id = %s AND (state = 'open' OR created_at > %s)
"""
"""How many are unfinished, their bytes, the bytes of a day; asked at every beginning, so it is not compiled anew."""


def check(*, owner_id: int, size: int) -> None:
    """Raises `Throttled` with `retry_after` (s) when one more upload of `size` bytes is too much.

    Counted are unfinished uploads with the size they were declared to have (`DUDAO_UPLOADS_OPEN`), and the bytes that
    really came with uploads begun in the last 24 hours (`DUDAO_UPLOADS_DAY`).
    """
    count, unfinished, today = _used(owner_id)
    if count >= MOST_OPEN:
        raise Throttled("too_many_uploads", "未完成的上传过多，请先完成或放弃已有的上传。", retry_after=600)
    if _over(unfinished, size, settings.UPLOADS_OPEN):
        detail = "未完成的上传占用空间过多，请先完成或放弃已有的上传；证据已登记，不会丢失。"
        raise Throttled("quota_open", detail, retry_after=SOON, limit=settings.UPLOADS_OPEN)
    if _over(today, size, settings.UPLOADS_DAY):
        wait = _until_free(owner_id, today + size - settings.UPLOADS_DAY)
        detail = "24小时内的上传量已达上限，请稍后继续；证据已登记，不会丢失。"
        raise Throttled("quota_day", detail, retry_after=wait, limit=settings.UPLOADS_DAY)


def _used(owner_id: int) -> tuple[int, int, int]:
    since = connection.ops.adapt_datetimefield_value(clock.now() - DAY)
    [(count, unfinished, today)] = statements.rows(USED, [since, owner_id, since])
    return int(count), int(unfinished), int(today)


def _over(used: int, size: int, limit: int) -> bool:
    """A limit of 0 is none."""
    return bool(limit and used and used + size > limit)


def _until_free(owner_id: int, excess: int) -> int:
    """Seconds until so many bytes were sent more than 24 hours ago, or all that count."""
    now = clock.now()
    since = Upload.objects.filter(owner_id=owner_id, created_at__gt=now - DAY, offset__gt=0).order_by("created_at")
    sent = list(since.values_list("created_at", "offset"))
    freed = accumulate(size for _, size in sent)
    last = next((begun for (begun, _), total in zip(sent, freed, strict=True) if total >= excess), sent[-1][0])
    return max(1, math.ceil((last + DAY - now).total_seconds()))
