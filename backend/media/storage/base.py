"""What the product asks of the place where blobs lie; each kind of it is a module beside this one."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

CHUNK = 256 * 1024
"""Bytes read at once: memory per download and per hash is bounded by this."""

SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Storage(Protocol):
    """Files under their SHA-256. Every verb may be repeated: the same hash is the same file.

    A full disk is `DiskFull`, an object store that does not answer `StorageDown`; after either, nothing is lost that
    the caller still has, and the verb may be called again.
    """

    def put(self, data: bytes) -> str:
        """Store bytes durably; their hash."""
        ...

    def adopt(self, file: Path, sha256: str) -> None:
        """Move a finished local file in; the caller has verified that its bytes have this hash.

        The local file goes last: a crash leaves it, or the whole file here, or both.
        """
        ...

    def size(self, sha256: str) -> int | None:
        """Length in bytes, None when there is no such file."""
        ...

    def chunks(self, sha256: str, start: int, length: int) -> Iterator[bytes]:
        """The bytes from `start`, `length` of them, in pieces. Raises `FileNotFoundError` at once."""
        ...

    def local(self, sha256: str) -> Path:
        """A local path to read the file from, now and not later. Raises `FileNotFoundError`."""
        ...

    def hashes(self) -> Iterator[str]:
        """The names of all files."""
        ...

    def delete(self, sha256: str) -> None:
        """Remove the file, and every copy of it on this machine; nothing happens when there is none.

        Only `services.removal` calls it, which knows that nobody needs the bytes.
        """
        ...

    def tidy(self) -> None:
        """Remove what processes that died left half written."""
        ...


def checked(sha256: str) -> str:
    """Raises `ValueError` for anything but 64 hex digits: no name from outside reaches a store."""
    if not SHA256.fullmatch(sha256):
        raise ValueError("not a SHA-256")
    return sha256


def digest(store: Storage, sha256: str) -> tuple[str, int]:
    """SHA-256 (hex) and length of what really lies under a name, never of a copy. Raises `FileNotFoundError`."""
    found, size = hashlib.sha256(), 0
    for piece in store.chunks(sha256, 0, store.size(sha256) or 0):
        found.update(piece)
        size += len(piece)
    return found.hexdigest(), size
