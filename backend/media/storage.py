"""Where blobs lie: by content address on the local disk.

`Storage` is all that the room asks of it; an object store can take its place behind the same few verbs.
"""

import errno
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from django.conf import settings

CHUNK = 256 * 1024
"""Bytes read at once: memory per download and per hash is bounded by this."""

SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Storage(Protocol):
    """Files under their SHA-256. Every verb may be repeated: the same hash is the same file."""

    def put(self, data: bytes) -> str:
        """Store bytes durably; their hash."""
        ...

    def adopt(self, file: Path, sha256: str) -> None:
        """Move a finished local file in; the caller has verified that its bytes have this hash."""
        ...

    def size(self, sha256: str) -> int | None:
        """Length in bytes, None when there is no such file."""
        ...

    def chunks(self, sha256: str, start: int, length: int) -> Iterator[bytes]:
        """The bytes from `start`, `length` of them, in pieces. Raises `FileNotFoundError` at once."""
        ...

    def local(self, sha256: str) -> Path:
        """A local path to read the file from. Raises `FileNotFoundError`."""
        ...

    def hashes(self) -> Iterator[str]:
        """The names of all files."""
        ...


class LocalStorage:
    """`ab/cd/<sha256>` below one folder; a file appears under its name whole and durable, or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        if self.size(sha256) != len(data):
            self._write(data, sha256)
        return sha256

    def adopt(self, file: Path, sha256: str) -> None:
        target = self._path(sha256)
        self._make_folder(target.parent)
        sync_file(file)
        try:
            file.replace(target)
        except OSError as fault:
            if fault.errno != errno.EXDEV:
                raise
            self._copy(file, target)
        sync_folder(target.parent)
        sync_folder(file.parent)

    def size(self, sha256: str) -> int | None:
        try:
            return self._path(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def chunks(self, sha256: str, start: int, length: int) -> Iterator[bytes]:
        path = self.local(sha256)
        return _pieces(path, start, length)

    def local(self, sha256: str) -> Path:
        path = self._path(sha256)
        if not path.is_file():
            raise FileNotFoundError(sha256)
        return path

    def hashes(self) -> Iterator[str]:
        return (path.name for path in self.root.glob("??/??/*") if SHA256.fullmatch(path.name))

    def _write(self, data: bytes, sha256: str) -> None:
        target = self._path(sha256)
        self._make_folder(target.parent)
        with _draft(target) as draft:
            draft.write_bytes(data)
        sync_folder(target.parent)

    def _copy(self, file: Path, target: Path) -> None:
        """For blobs on another disk than uploads, where a file cannot simply change its name."""
        with _draft(target) as draft:
            shutil.copyfile(file, draft)
        file.unlink()

    def _path(self, sha256: str) -> Path:
        """Raises `ValueError` for anything but 64 hex digits: no name from outside reaches the file system."""
        if not SHA256.fullmatch(sha256):
            raise ValueError("not a SHA-256")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def _make_folder(self, folder: Path) -> None:
        """Make the shard durable as well: a file in a folder that a power cut undoes is lost with it."""
        if folder.is_dir():
            return
        folder.mkdir(parents=True, exist_ok=True)
        for above in (folder.parent, self.root, self.root.parent):
            sync_folder(above)


def current() -> Storage:
    """The storage of this deployment."""
    return LocalStorage(Path(settings.BLOB_DIR))


def hash_file(path: Path) -> tuple[str, int]:
    """SHA-256 (hex) and length in bytes, read anew from the disk."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


def sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _draft(target: Path) -> Iterator[Path]:
    """A file beside `target` that becomes it when the block ends well, durable before it gets the name."""
    draft = target.parent / f".{target.name}.{uuid4().hex}"
    try:
        yield draft
        sync_file(draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _pieces(path: Path, start: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while length > 0 and (piece := file.read(min(CHUNK, length))):
            length -= len(piece)
            yield piece
