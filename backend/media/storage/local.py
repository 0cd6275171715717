"""Blobs in a folder of the local disk."""

import errno
import hashlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from backend.media.storage.base import SHA256, checked
from backend.media.storage.files import draft_of, make_folder, pieces, sync_file, sync_folder, telling_full

ABANDONED = 24 * 3600.0
"""Seconds after which a file that is still half written is nobody's."""


class LocalStorage:
    """`ab/cd/<sha256>` below one folder; a file appears under its name whole and durable, or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        if self.size(sha256) != len(data):
            with telling_full():
                self._write(data, sha256)
        return sha256

    def adopt(self, file: Path, sha256: str) -> None:
        with telling_full():
            self._adopt(file, self._path(sha256))

    def size(self, sha256: str) -> int | None:
        try:
            return self._path(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def chunks(self, sha256: str, start: int, length: int) -> Iterator[bytes]:
        return pieces(self.local(sha256), start, length)

    def local(self, sha256: str) -> Path:
        path = self._path(sha256)
        if not path.is_file():
            raise FileNotFoundError(sha256)
        return path

    def hashes(self) -> Iterator[str]:
        return (path.name for path in self.root.glob("??/??/*") if SHA256.fullmatch(path.name))

    def delete(self, sha256: str) -> None:
        """Not made durable: a file that a power cut brings back is one that no row names, and is found as such."""
        self._path(sha256).unlink(missing_ok=True)

    def tidy(self) -> None:
        for draft in self.root.glob("??/??/.*"):
            if time.time() - draft.stat().st_mtime > ABANDONED:  # noqa: TID251 -- compared with what the system wrote
                draft.unlink(missing_ok=True)

    def _write(self, data: bytes, sha256: str) -> None:
        target = self._path(sha256)
        make_folder(target.parent, self.root)
        with draft_of(target) as draft:
            draft.write_bytes(data)
        sync_folder(target.parent)

    def _adopt(self, file: Path, target: Path) -> None:
        make_folder(target.parent, self.root)
        sync_file(file)
        try:
            file.replace(target)
        except OSError as fault:
            if fault.errno != errno.EXDEV:
                raise
            self._copy(file, target)
        sync_folder(target.parent)  # should the old name come back after a power cut, the sweeper finds a stray file

    def _copy(self, file: Path, target: Path) -> None:
        """For blobs on another disk than uploads, where a file cannot simply change its name."""
        with draft_of(target) as draft:
            shutil.copyfile(file, draft)
        sync_folder(target.parent)
        file.unlink()

    def _path(self, sha256: str) -> Path:
        return self.root / checked(sha256)[:2] / sha256[2:4] / sha256
