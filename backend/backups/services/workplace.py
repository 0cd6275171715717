"""A place for files that must not outlive a run: on the disk of the database, which holds the same in plain anyway."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from django.conf import settings

PREFIX = ".backup-work-"


@contextmanager
def workplace() -> Iterator[Path]:
    """An empty folder for our eyes only, gone when the block ends."""
    folder = Path(settings.DATA_DIR) / f"{PREFIX}{uuid4().hex}"
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear() -> None:
    """Remove what runs left that were killed. The caller makes sure that no other run is under way."""
    for folder in Path(settings.DATA_DIR).glob(f"{PREFIX}*"):
        shutil.rmtree(folder, ignore_errors=True)
