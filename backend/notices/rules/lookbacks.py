"""Looking again at what was closed (回头看, workflow.md section 8): whom, and what a look may lead to. Pure.

A month's sample is drawn from what was closed thirty days before or longer and lay in no earlier sample's pool: every
close-out has its chance once. The draw is that of docs/drawing.md, section 7, so that anybody can draw again.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from backend.core import clock
from backend.inspections.rules.randomness import ALGORITHM, Stream

REST = dt.timedelta(days=30)
"""How long a closed problem is left alone (product default of the workflow)."""

LEAST_PERCENT, USUAL_PERCENT, MOST_PERCENT = 10, 15, 20
"""Of the pool, in whole numbers rounded up."""

OPENS = dt.time(8, 30)
"""When the month's sample is drawn on its first working day (China)."""

STREAM = "look-back"


class Look(StrEnum):
    """What a look found; `WAITING` before it."""

    WAITING = "waiting"
    HELD = "held"
    MOSTLY = "mostly"
    FAILED = "failed"
    RELAPSED = "relapsed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from a result: `reopens` the finding under its old number, `reason` whether one must be given."""

    label: str
    reopens: bool
    reason: bool


OUTCOMES: dict[str, Outcome] = {
    Look.HELD: Outcome("已整改", reopens=False, reason=False),
    Look.MOSTLY: Outcome("基本整改", reopens=False, reason=True),
    Look.FAILED: Outcome("未整改", reopens=True, reason=True),
    Look.RELAPSED: Outcome("反弹", reopens=True, reason=True),
}

LABELS: dict[str, str] = {Look.WAITING: "待回头看"} | {key: one.label for key, one in OUTCOMES.items()}


def closed_before(today: dt.date) -> dt.datetime:
    """What was closed before this instant has rested long enough today."""
    return clock.midnight(today - REST + dt.timedelta(days=1))


def size(pool: int, percent: int) -> int:
    """How many of a pool are drawn: rounded up, so that a small pool is looked at too."""
    return -(-pool * percent // 100)


def drawn(seed: str, pool: Sequence[str], count: int) -> list[str]:
    """`count` of the pool, in the order drawn. `seed`: 64 hex digits."""
    stream, left = Stream(seed, STREAM), list(pool)
    return [left.pop(stream.below(len(left))) for _ in range(count)]


def digest(month: str, percent: int, pool: Sequence[str]) -> str:
    """SHA-256 of what is drawn from, as canonical JSON."""
    said = {"algorithm": ALGORITHM, "month": month, "percent": percent, "pool": list(pool), "purpose": "look-back"}
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
