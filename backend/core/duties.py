"""Work that the product does by itself, beside requests.

A room declares its duties in `tasks.py` (found by autodiscovery):

    @duty("notices.deliver", every=1.0)
    def deliver() -> None: ...

The embedded server runs them in a `Worker`, each in a thread of its own; larger set-ups run `manage.py worker` beside
the web processes. Every duty must be safe to run twice at once and to be killed anywhere: it claims rows, it holds no
state.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import close_old_connections

from backend.core.errors import Unavailable

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Duty:
    """`run` is called every `every` seconds, and at once when somebody wakes it."""

    name: str
    every: float
    run: Callable[[], object]


duties: dict[str, Duty] = {}
_bells: dict[str, threading.Event] = {}
_ending = threading.Event()


def duty(name: str, *, every: float) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Declare a duty; `every` in seconds."""

    def declare(run: Callable[[], object]) -> Callable[[], object]:
        if name in duties:
            raise ValueError(f"duty {name} is declared twice")
        duties[name], _bells[name] = Duty(name, every, run), threading.Event()
        return run

    return declare


def wake(name: str) -> None:
    """Let this process's worker, if it has one, run the duty now instead of at its next turn."""
    _bells[name].set()


def ending() -> bool:
    """Whether the worker is being stopped: a duty with much to do asks between two pieces, and leaves the rest."""
    return _ending.is_set()


class Worker:
    """One thread for each duty: hundreds of photos to be made smaller must not hold up a message to a school."""

    def __init__(self) -> None:
        self._threads = [
            threading.Thread(target=self._loop, args=(each,), name=f"dudao-{each.name}", daemon=True)
            for each in duties.values()
        ]

    def start(self) -> None:
        _ending.clear()
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """Let each finish what it is at; those that need longer than `timeout` seconds are left behind."""
        _ending.set()
        for bell in _bells.values():
            bell.set()
        until = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _loop(self, each: Duty) -> None:
        bell = _bells[each.name]
        while not ending():
            bell.clear()
            run_once(each)
            if not ending():
                bell.wait(each.every)


def run_once(each: Duty) -> None:
    """Run one duty; a failure is logged and does not stop the others."""
    close_old_connections()
    try:
        each.run()
    except Unavailable as fault:
        log.warning("duty %s waits: %s", each.name, fault)
    except Exception:
        log.exception("duty %s failed", each.name)
    finally:
        close_old_connections()
