"""Evidence that is kept for a time: by which the rooms above tell `services.retention` what they hold.

`manage.py media retain` deletes bytes; the fact, its hash and an audit line stay.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from backend.core.actor import Actor

Holder = Callable[[Collection[str]], Iterable[str]]
Former = Callable[[Actor, str], bool]


@dataclass(frozen=True, slots=True)
class Due:
    """An evidence whose time is over. `size` in bytes; `ended_at`: when the visit or notice it belongs to ended."""

    id: str
    county_id: int
    kind: str
    sha256: str
    size: int
    ended_at: dt.datetime


class Retainer(Protocol):
    """A room's evidence of one sort. `label` is what the operator is told (Chinese)."""

    label: str

    def due(self, before: Mapping[str, dt.datetime]) -> Iterable[Due]:
        """By kind (photo, document, signature), what ended before the instant and still has its bytes."""
        ...

    def expire(self, ids: Collection[str]) -> None:
        """Note that the bytes of these are deleted, and write the audit lines; inside `journal.write()`."""
        ...


_retainers: list[Retainer] = []
_holders: dict[str, Holder] = {}
_former: list[Former] = []


def retainer(one: Retainer) -> Retainer:
    """Declare evidence that is kept for a time only."""
    if one not in _retainers:
        _retainers.append(one)
    return one


def retainers() -> list[Retainer]:
    return list(_retainers)


def holder(reason: str, fn: Holder) -> None:
    """Declare `fn(evidence ids) -> those that must stay although their time is over`, for `reason` (Chinese)."""
    _holders[reason] = fn


def held(ids: Collection[str]) -> dict[str, str]:
    """Of these evidence ids those that must stay, each with the first reason."""
    found: dict[str, str] = {}
    for reason, holds in _holders.items():
        found = {**dict.fromkeys(holds(ids), reason), **found}
    return found


def former(fn: Former) -> Former:
    """Declare `fn(actor, sha256) -> bool`: whether the actor may see a fact whose bytes were deleted at their time."""
    if fn not in _former:
        _former.append(fn)
    return fn


def was_deleted(actor: Actor, sha256: str) -> bool:
    """Whether any room says so."""
    return any(knew(actor, sha256) for knew in _former)
