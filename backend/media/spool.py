"""Lines that are kept at once, whoever holds the database, and booked later: by several processes, for several.

A line is appended to a file under a shared lock, which costs microseconds. Who books takes the file away under another
name and waits for those who are still writing in it; they find out and write to the next one.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

NAME = "waiting"


class Spool:
    """One folder. What lies in it survives the death of the process; a power cut may take the last seconds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / NAME

    def add(self, line: bytes) -> None:
        """Keep a line (no line break in it). Raises `OSError`."""
        while not self._append(line + b"\n"):
            pass

    def _append(self, data: bytes) -> bool:
        """False when the file was taken away before this process had its lock."""
        with _opened(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, fcntl.LOCK_SH) as handle:
            if handle is None or not _is(handle, self._file):
                return False
            os.write(handle, data)
        return True

    def lines(self) -> list[bytes]:
        """What is not booked yet."""
        found: list[bytes] = []
        for path in [*self._taken(), self._file]:
            try:
                found += path.read_bytes().splitlines()
            except FileNotFoundError:  # booked meanwhile
                continue
        return found

    @contextmanager
    def taken(self) -> Iterator[list[bytes]]:
        """All lines that nobody else is booking; they are forgotten when the block ends well, and come again if not."""
        with _everything(self._take_away()) as files:
            yield [line for path in files for line in path.read_bytes().splitlines()]
            for path in files:
                path.unlink()

    def _take_away(self) -> list[Path]:
        with suppress(FileNotFoundError):
            self._file.rename(self.folder / f"{NAME}.{uuid4().hex}")
        return self._taken()

    def _taken(self) -> list[Path]:
        return sorted(self.folder.glob(f"{NAME}.*"))


@contextmanager
def _everything(paths: list[Path]) -> Iterator[list[Path]]:
    """Those of `paths` that nobody else works on, locked. Writers hold theirs for microseconds: they are waited for."""
    handles: dict[Path, int] = {}
    try:
        for path in paths:
            handle = _lock(path)
            if handle is not None:
                handles[path] = handle
        yield list(handles)
    finally:
        for handle in handles.values():
            os.close(handle)


def _lock(path: Path) -> int | None:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    fcntl.flock(handle, fcntl.LOCK_EX)
    if _is(handle, path):
        return handle
    os.close(handle)  # booked by another process while this one waited
    return None


@contextmanager
def _opened(path: Path, flags: int, lock: int) -> Iterator[int | None]:
    try:
        handle = os.open(path, flags | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield None
        return
    try:
        fcntl.flock(handle, lock)
        yield handle
    finally:
        os.close(handle)


def _is(handle: int, path: Path) -> bool:
    """Whether the open file is the one that has this name now."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
