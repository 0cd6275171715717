"""How far a compiling or signing is, for whoever waits for it.

Each step is a row committed at once, between the transactions of the work itself: it holds no lock while figures are
read or papers printed, and what it says is never relied on.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from backend.bulletins.models import BulletinWork
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Problem
from backend.journal.writing import write


@contextmanager
def working(*, actor: Actor, period_start: dt.date, what: str, steps: Sequence[str]) -> Iterator[Callable[[], None]]:
    """Tell of the work inside; the function given goes on to the next step. A fault ends it and is told."""
    key: dict[str, Any] = {"county_id": actor.county_id, "period_start": period_start}
    done = 0

    def tell(**values: Any) -> None:
        with write(actor=actor):
            BulletinWork.objects.filter(**key).update(moved_at=clock.now(), **values)

    def go_on() -> None:
        nonlocal done
        done += 1
        tell(step=steps[done], done=done)

    now = clock.now()
    begun: dict[str, Any] = {"what": what, "step": steps[0], "done": 0, "steps": len(steps), "started_by": actor.name}
    with write(actor=actor):
        BulletinWork.objects.update_or_create(
            **key, defaults=begun | {"started_at": now, "moved_at": now, "ended_at": None, "fault": ""}
        )
    try:
        yield go_on
    except Exception as fault:
        tell(ended_at=clock.now(), fault=fault.detail[:200] if isinstance(fault, Problem) else "处理时出错，请重试。")
        raise
    tell(ended_at=clock.now(), done=len(steps))
