"""A place for files that must not outlive a run: on the disk of the database, which holds the same in plain anyway."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from django.conf import settings

PREFIX = ".backup-work-"


@contextmanager
def workplace() -> Iterator[Path]:
    """An empty folder for our eyes only, gone when the block ends. What killed runs left is removed first."""
    clear()
    folder = Path(settings.DATA_DIR) / f"{PREFIX}{uuid4().hex}"
    folder.mkdir(mode=0o700, parents=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def clear() -> None:
    """Remove the folders of runs that have ended: the lock on a folder ends with the process that works in it."""
    for folder in Path(settings.DATA_DIR).glob(f"{PREFIX}*"):
        try:
            handle = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            pass
        finally:
            os.close(handle)
