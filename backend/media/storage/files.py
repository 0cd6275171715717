"""Files on the local disk: whole and durable, or not there."""

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from backend.media.problems import DiskFull
from backend.media.storage.base import CHUNK

NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def hash_file(path: Path) -> tuple[str, int]:
    """SHA-256 (hex) and length in bytes, read anew from the disk."""
    digest, size, buffer = hashlib.sha256(), 0, memoryview(bytearray(CHUNK))
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer):
            digest.update(buffer[:count])
            size += count
    return digest.hexdigest(), size


def pieces(path: Path, start: int, length: int) -> Iterator[bytes]:
    """`length` bytes from `start`, in pieces of at most `CHUNK`."""
    with path.open("rb") as file:
        file.seek(start)
        while length > 0 and (piece := file.read(min(CHUNK, length))):
            length -= len(piece)
            yield piece


def sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path, root: Path) -> None:
    """Make a folder below `root` durable: a file in a folder that a power cut undoes is lost with it."""
    if folder.is_dir():
        return
    missing = [each for each in (folder, *folder.parents) if each.is_relative_to(root) and not each.is_dir()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in missing:
        sync_folder(each.parent)


@contextmanager
def draft_of(target: Path) -> Iterator[Path]:
    """A file beside `target` that becomes it when the block ends well, durable before it gets the name."""
    draft = target.parent / f".{target.name}.{uuid4().hex}"
    try:
        yield draft
        sync_file(draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def telling_full() -> Iterator[None]:
    """No room on the disk is something the caller is told about: 507, to be tried again."""
    try:
        yield
    except OSError as fault:
        if fault.errno in NO_SPACE:
            raise DiskFull(retry_after=60) from fault
        raise
