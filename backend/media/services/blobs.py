"""Files by content address."""

from collections.abc import Iterator
from pathlib import Path

from backend.core.actor import system
from backend.journal.writing import write
from backend.media import storage
from backend.media.models import Blob, Holding
from backend.media.services import storing


def keep(*, county_id: int, data: bytes, filetype: str) -> str:
    """Store a file the product made itself; its SHA-256. Durable when this returns; may be repeated."""
    sha256 = storing.put(data)
    with write(actor=system(county_id)):
        blob, _ = Blob.objects.get_or_create(sha256=sha256, defaults={"size": len(data), "filetype": filetype})
        Holding.objects.get_or_create(blob=blob, county_id=county_id, evidence_id="")
    storing.put_back(data, sha256)
    return sha256


def read(sha256: str) -> bytes:
    """All bytes of a blob. Raises `FileNotFoundError` (also for what is no hash at all)."""
    return path(sha256).read_bytes()


def path(sha256: str) -> Path:
    """A local file with the blob's bytes, to be read and never changed. Raises `FileNotFoundError`."""
    try:
        return storage.current().local(sha256)
    except ValueError:
        raise FileNotFoundError(sha256) from None


def open_range(sha256: str, start: int, length: int) -> Iterator[bytes]:
    """`length` bytes from `start`, in bounded pieces. Raises `FileNotFoundError` at once."""
    return storage.current().chunks(sha256, start, length)
