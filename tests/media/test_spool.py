"""Lines of several processes, taken away by others: each exactly once."""

import multiprocessing
import time
from pathlib import Path

from backend.media.spool import Spool


def test_what_was_taken_and_not_finished_comes_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "new")
    spool.add(b"one")
    try:
        with spool.taken() as lines:
            assert lines == [b"one"]
            spool.add(b"two")
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    assert sorted(spool.lines()) == [b"one", b"two"]
    with spool.taken() as lines:
        assert sorted(lines) == [b"one", b"two"]
    assert spool.lines() == []


def _add(folder: str, name: int, count: int) -> None:
    spool = Spool(Path(folder))
    for number in range(count):
        spool.add(b"%d.%d" % (name, number))


def test_nothing_is_lost_or_doubled_between_writers_and_a_booker(tmp_path: Path) -> None:
    """Four processes write as fast as they can while this one takes away what is there."""
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_add, args=(str(tmp_path), name, 300)) for name in range(4)]
    for each in writers:
        each.start()
    spool, found = Spool(tmp_path), list[bytes]()
    while any(each.is_alive() for each in writers) or spool.lines():
        with spool.taken() as lines:
            found += lines
        time.sleep(0.001)
    assert sorted(found) == sorted(b"%d.%d" % (name, number) for name in range(4) for number in range(300))
    assert [*tmp_path.iterdir()] == []
