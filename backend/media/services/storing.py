"""Writing files so that a deletion of the same bytes at the same moment does not take them away.

Nothing waits for anything but a row: who stores first touches the blob's row, if there is one. A deletion holds that
row until the file is gone (`removal`), so either it sees the touch and leaves the blob alone, or the file is written
after it. Uploads need not even that: while one is open, its bytes are needed. A blob without a row is in no danger: it
takes a month from the first suspicion to its deletion. Files of derivatives have no such row; there both sides look
again after they are done.
"""

import hashlib

from backend.core import clock
from backend.journal.turnstile import turn
from backend.media import storage
from backend.media.models import Blob


def touch(sha256: str) -> None:
    """Before bytes are stored: whoever means to delete the same bytes leaves them alone for an hour at least."""
    known = Blob.objects.filter(sha256=sha256)
    if known.exists():
        with turn():
            known.update(used_at=clock.now(), remove_after=None)


def put(data: bytes) -> str:
    """Store bytes that are then named in the database; their hash. After that comes `put_back`."""
    touch(hashlib.sha256(data).hexdigest())
    return storage.current().put(data)


def put_back(data: bytes, sha256: str) -> None:
    """After the row that names the bytes is committed: if somebody deleted them before that, they are stored again."""
    if storage.current().size(sha256) is None:
        storage.current().put(data)
