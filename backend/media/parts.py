"""The part file of an upload, open for one writer at a time over all processes of the server."""

import errno
import fcntl
import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from backend.media.problems import DiskFull, Locked

NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Part:
    """A part file with an exclusive `flock`: the lock ends with this object, or with the process, however it ends."""

    def __init__(self, path: Path) -> None:
        """Open and lock. Raises `Locked` when another request writes, `FileNotFoundError` when there is no part."""
        self.path = path
        self._guard = threading.Lock()
        self._handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise Locked() from None

    @staticmethod
    def create(path: Path) -> None:
        """Make an empty part. Raises `DiskFull`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        except OSError as fault:
            raise _told(fault) from fault

    @property
    def size(self) -> int:
        """Bytes in the file."""
        return os.fstat(self._handle).st_size

    def append(self, data: bytes, at: int) -> None:
        """Write at `at`. Raises `DiskFull`; what fitted is in the file."""
        rest = memoryview(data)
        try:
            with self._guard:
                while rest:
                    count = os.pwrite(self._handle, rest, at)
                    rest, at = rest[count:], at + count
        except OSError as fault:
            raise _told(fault) from fault

    def cut(self, size: int) -> None:
        """Throw away everything after the first `size` bytes."""
        with self._guard:
            os.ftruncate(self._handle, size)

    def sync(self) -> None:
        try:
            os.fsync(self._handle)
        except OSError as fault:
            raise _told(fault) from fault

    def close(self) -> None:
        """Give up the lock. Waits for a write under way in another thread: a closed number is soon another file's."""
        with self._guard:
            handle, self._handle = self._handle, -1
            if handle >= 0:
                os.close(handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _told(fault: OSError) -> Exception:
    return DiskFull(retry_after=60) if fault.errno in NO_SPACE else fault
