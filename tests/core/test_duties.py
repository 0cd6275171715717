"""Duties run beside requests, and beside one another."""

import logging
import threading
from collections.abc import Callable, Iterator

import pytest

from backend.core import duties
from backend.core.duties import Worker, duty, ending, wake
from backend.core.errors import Unavailable

SOON = 5.0


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Declares duties for one test only."""
    monkeypatch.setattr(duties, "duties", {})
    monkeypatch.setattr(duties, "_bells", {})

    def declare(name: str, run: Callable[[], object], every: float = 3600.0) -> None:
        duty(name, every=every)(run)

    return declare


@pytest.fixture
def working(declared: Callable[..., None]) -> Iterator[Callable[[], Worker]]:
    started: list[Worker] = []

    def start() -> Worker:
        started.append(Worker())
        started[0].start()
        return started[0]

    yield start
    for worker in started:
        worker.stop()


def test_a_long_duty_does_not_hold_up_another(declared, working):
    end, first, second = threading.Event(), threading.Event(), threading.Event()
    declared("long", lambda: end.wait(60))
    declared("message", lambda: second.set() if first.is_set() else first.set())
    working()
    try:
        assert first.wait(SOON)
        wake("message")
        assert second.wait(SOON)
    finally:
        end.set()


def test_a_duty_that_fails_runs_again(declared, working, caplog):
    again, calls = threading.Event(), []

    def failing() -> None:
        calls.append(1)
        if len(calls) == 2:
            again.set()
        raise RuntimeError("out of paper")

    declared("failing", failing, every=0.01)
    working()
    assert again.wait(SOON)
    assert "duty failing failed" in caplog.text


def test_a_stopped_worker_runs_nothing_more(declared, working):
    ran = threading.Event()
    declared("once", ran.set)
    worker = working()
    assert ran.wait(SOON)
    worker.stop()
    ran.clear()
    wake("once")
    assert not ran.wait(0.2)


def test_a_name_is_declared_once(declared):
    declared("one", int)
    with pytest.raises(ValueError, match="declared twice"):
        declared("one", int)


def test_a_duty_with_much_to_do_learns_that_the_worker_ends(declared, working):
    begun, left = threading.Event(), []

    def much() -> None:
        begun.set()
        while not ending():
            threading.Event().wait(0.01)
        left.append("the rest")

    declared("much", much)
    worker = working()
    assert begun.wait(SOON)
    assert not ending()
    worker.stop()
    assert left == ["the rest"]


@pytest.mark.django_db
def test_a_duty_whose_store_does_not_answer_says_so_in_one_line(declared, caplog):
    def waiting() -> None:
        raise Unavailable("storage_down", "文件存储暂时不可用。")

    with caplog.at_level(logging.WARNING):
        duties.run_once(duties.Duty("media.derive", 1.0, waiting))
    assert [(line.levelname, line.exc_info) for line in caplog.records] == [("WARNING", None)]
    assert caplog.records[0].getMessage() == "duty media.derive waits: storage_down: 文件存储暂时不可用。"
