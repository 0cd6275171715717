"""The one clock of the product.

All business time comes from here, so that a day can be played and a rule about deadlines can be tested.
Instants are aware datetimes in UTC; dates are dates in the county (China has one zone and no summer time).
"""

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")

_shift = dt.timedelta(0)
_fixed: dt.datetime | None = None


def now() -> dt.datetime:
    """The present instant, aware, UTC."""
    if _fixed is not None:
        return _fixed
    return dt.datetime.now(dt.UTC) + _shift


def now_ms() -> int:
    """The present instant in milliseconds since 1970-01-01T00:00Z."""
    return to_ms(now())


def to_ms(instant: dt.datetime) -> int:
    return int(instant.timestamp() * 1000)


def from_ms(stamp: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(stamp / 1000, dt.UTC)


def today() -> dt.date:
    """The present date in China."""
    return local_date(now())


def local_date(instant: dt.datetime) -> dt.date:
    return instant.astimezone(CHINA).date()


def midnight(day: dt.date) -> dt.datetime:
    """The instant at which `day` begins in China."""
    return dt.datetime.combine(day, dt.time(), CHINA).astimezone(dt.UTC)


def set_start(instant: dt.datetime) -> None:
    """Let the clock run on from `instant`: for a played day, never in an ordinary deployment."""
    global _shift
    _shift = instant - dt.datetime.now(dt.UTC)


def start_from_environment() -> None:
    """Apply DUDAO_CLOCK (an ISO 8601 instant with offset) if it is set; `make day` uses it."""
    if text := os.environ.get("DUDAO_CLOCK"):
        set_start(dt.datetime.fromisoformat(text).astimezone(dt.UTC))


@contextmanager
def fixed(instant: dt.datetime) -> Iterator["Hand"]:
    """Hold the clock at `instant`; the yielded hand moves it. For tests and for loading history."""
    global _fixed
    before, _fixed = _fixed, instant.astimezone(dt.UTC)
    try:
        yield Hand()
    finally:
        _fixed = before


class Hand:
    """Moves a fixed clock."""

    def move(self, **delta: float) -> dt.datetime:
        """Forward by a timedelta's keywords (`days=1, minutes=5`); the new instant."""
        return self.set(now() + dt.timedelta(**delta))

    def set(self, instant: dt.datetime) -> dt.datetime:
        global _fixed
        _fixed = instant.astimezone(dt.UTC)
        return _fixed
