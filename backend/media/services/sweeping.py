"""What uploads leave behind: finish, expire, forget."""

import datetime as dt
import logging
import time
from pathlib import Path

from django.conf import settings

from backend.core import clock
from backend.core.errors import Problem
from backend.media.models import Upload
from backend.media.models.upload import UploadState
from backend.media.problems import Corrupt, Locked
from backend.media.services import uploads
from backend.media.services.uploads import Writing

log = logging.getLogger(__name__)

REMEMBERED = dt.timedelta(days=30)
"""How long an ended upload is still answered with 410 instead of 404."""

STRAY = 24 * 3600.0
"""Seconds after which a file that belongs to no upload is deleted."""


def sweep() -> int:
    """Finish what a dead process left complete, expire what is too old, delete what nobody needs; how many."""
    return finish_complete() + expire() + forget() + delete_strays()


def finish_complete() -> int:
    """Verify open uploads whose last byte is here but whose process died before it looked."""
    waiting = Upload.objects.filter(state=UploadState.OPEN, expires_at__gt=clock.now()).select_related("expectation")
    return sum(_finish(upload) for upload in waiting.iterator(chunk_size=200) if _is_complete(upload))


def _is_complete(upload: Upload) -> bool:
    try:
        return upload.path.stat().st_size >= upload.size
    except FileNotFoundError:
        return upload.offset >= upload.size


def _finish(upload: Upload) -> bool:
    try:
        held = uploads.hold(upload)
        if isinstance(held, Writing):
            with held:
                held.keep()
    except Corrupt:
        return True
    except Problem:  # another request writes, or its file is gone
        return False
    except Exception:
        log.exception("upload %s cannot be finished", upload.pk)
        return False
    return True


def expire() -> int:
    """End unfinished uploads after their 14 days, and delete corrupt files after their 7."""
    over = Upload.objects.filter(expires_at__lte=clock.now())
    ended = [_expire(upload) for upload in over.filter(state=UploadState.OPEN)]
    for upload in over.filter(state=UploadState.CORRUPT, expires_at__gt=clock.now() - REMEMBERED):
        upload.corrupt_path.unlink(missing_ok=True)
        upload.path.unlink(missing_ok=True)
    return sum(ended)


def _expire(upload: Upload) -> bool:
    try:
        held = uploads.hold(upload)
    except Locked:
        return False
    except Problem:
        return True
    if not isinstance(held, Writing):
        return False
    with held:
        uploads.end(held, UploadState.EXPIRED)
    return True


def forget() -> int:
    """Delete the rows of uploads that ended long ago; their receipts stay in `Expectation` and `Holding`."""
    count, _ = Upload.objects.filter(expires_at__lte=clock.now() - REMEMBERED).exclude(state=UploadState.OPEN).delete()
    return count


def delete_strays() -> int:
    """Delete files whose upload was never written to the database or is forgotten."""
    folder = Path(settings.UPLOAD_DIR)
    if not folder.is_dir():
        return 0
    files = {path.stem: path for path in folder.iterdir() if path.suffix in {".part", ".corrupt"} and _is_old(path)}
    known = {str(key) for key in Upload.objects.values_list("pk", flat=True)}
    strays = [path for name, path in files.items() if name not in known]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)


def _is_old(path: Path) -> bool:
    """By the file system's own clock, which business time does not move."""
    try:
        return time.time() - path.stat().st_mtime > STRAY  # noqa: TID251 -- compared with a time the system wrote
    except FileNotFoundError:
        return False
