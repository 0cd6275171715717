"""Work that the product does by itself, beside requests.

A room declares its duties in `tasks.py` (found by autodiscovery):

    @duty("notices.deliver", every=1.0)
    def deliver() -> None: ...

The embedded server runs them in one thread (`Worker`); larger set-ups run `manage.py worker` beside the web
processes. Every duty must be safe to run twice at once and to be killed anywhere: it claims rows, it holds no state.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import close_old_connections

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Duty:
    """`run` is called every `every` seconds, and at once when somebody wakes it."""

    name: str
    every: float
    run: Callable[[], object]


duties: dict[str, Duty] = {}
_awake: set[str] = set()
_bell = threading.Event()


def duty(name: str, *, every: float) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Declare a duty; `every` in seconds."""

    def declare(run: Callable[[], object]) -> Callable[[], object]:
        if name in duties:
            raise ValueError(f"duty {name} is declared twice")
        duties[name] = Duty(name, every, run)
        return run

    return declare


def wake(name: str) -> None:
    """Let this process's worker, if it has one, run the duty now instead of at its next turn."""
    _awake.add(name)
    _bell.set()


class Worker:
    """One thread that runs every duty in its turn."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="dudao-worker", daemon=True)
        self._due: dict[str, float] = {}

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        self._stopping.set()
        _bell.set()
        self._thread.join(timeout)

    def _loop(self) -> None:
        while not self._stopping.is_set():
            self._round()
            _bell.wait(0.2)
            _bell.clear()

    def _round(self) -> None:
        for each in list(duties.values()):
            now = time.monotonic()
            if each.name in _awake or now >= self._due.get(each.name, 0.0):
                _awake.discard(each.name)
                self._due[each.name] = now + each.every
                run_once(each)


def run_once(each: Duty) -> None:
    """Run one duty; a failure is logged and does not stop the others."""
    close_old_connections()
    try:
        each.run()
    except Exception:
        log.exception("duty %s failed", each.name)
    finally:
        close_old_connections()
