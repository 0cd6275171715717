"""Copies of an object store's files on the local disk, for those who need a path: pictures are decoded from files."""

import os
import time
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

from backend.media.problems import DiskFull
from backend.media.storage.base import SHA256, checked
from backend.media.storage.files import hash_file, telling_full

YOUNG = 60.0
"""Seconds for which a copy is left alone whatever the limit: whoever asked for its path is about to open it."""


class Cache:
    """At most about `limit` bytes below `root`; what was not used for longest goes first."""

    def __init__(self, root: Path, limit: int) -> None:
        self.root, self.limit = root, limit

    def find(self, sha256: str) -> Path | None:
        """The copy, if there is one; it counts as used."""
        path = self._path(sha256)
        try:
            os.utime(path)
        except FileNotFoundError:
            return None
        return path

    def take(self, file: Path, sha256: str) -> None:
        """Move a file in whose bytes have this hash; what does not fit is simply removed."""
        self._make()
        try:
            os.utime(file)
            file.replace(self._path(sha256))
        except OSError:
            file.unlink(missing_ok=True)
        self.trim()

    def fill(self, sha256: str, pieces: Iterable[bytes]) -> Path:
        """Write a copy. Raises `FileNotFoundError` when the bytes have another hash: such a file is as good as lost."""
        self._make()
        draft = self.root / f".{sha256}.{uuid4().hex}"
        try:
            with telling_full(), draft.open("wb") as file:
                for piece in pieces:
                    file.write(piece)
            if hash_file(draft)[0] != sha256:
                raise FileNotFoundError(f"{sha256} is damaged")
            draft.replace(self._path(sha256))
        except DiskFull:
            self.trim(0)  # the next one may find room
            raise
        finally:
            draft.unlink(missing_ok=True)
        self.trim()
        return self._path(sha256)

    def drop(self, sha256: str) -> None:
        self._path(sha256).unlink(missing_ok=True)

    def trim(self, limit: int | None = None) -> None:
        """Delete the copies that were not used for longest until the rest fit; also what a dead process left."""
        found = sorted(self._entries())
        over = sum(size for _, size, _ in found) - (self.limit if limit is None else limit)
        for used, size, path in found:
            if over <= 0 or time.time() - used < YOUNG:  # noqa: TID251 -- compared with times the system wrote
                return
            path.unlink(missing_ok=True)
            over -= size

    def _entries(self) -> Iterable[tuple[float, int, Path]]:
        self._make()
        for entry in os.scandir(self.root):
            try:
                stat = entry.stat()
            except FileNotFoundError:
                continue
            if SHA256.fullmatch(entry.name) or entry.name.startswith("."):
                yield stat.st_mtime, stat.st_size, Path(entry.path)

    def _make(self) -> None:
        with telling_full():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _path(self, sha256: str) -> Path:
        return self.root / checked(sha256)
