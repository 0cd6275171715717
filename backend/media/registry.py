"""Two small registries, by which the rooms above take part without media knowing them.

Readers say who may see a blob; listeners hear that promised bytes have arrived.
"""

from collections.abc import Callable
from typing import Any, Protocol

from backend.core.actor import Actor

Reader = Callable[[Actor, str], bool]


class Listener(Protocol):
    """Hears that the bytes of an evidence were re-hashed."""

    def __call__(self, *, evidence_id: str, sha256: str, intact: bool, facts: dict[str, Any]) -> None: ...


_readers: list[Reader] = []
_listeners: list[Listener] = []


def reader(fn: Reader) -> Reader:
    """Declare `fn(actor, sha256) -> bool`; any True lets the actor read the blob."""
    if fn not in _readers:
        _readers.append(fn)
    return fn


def on_received(fn: Listener) -> Listener:
    """Declare a listener. It is called inside the transaction that books the receipt, with

    `sha256`: what the evidence declared (compare it with the evidence's own: the same id may be claimed twice),
    `intact`: whether the stored bytes have that hash and the declared size (invariant I11),
    `facts`: `owner_id`, `filetype` (by the bytes, or None), `type_mismatch`, and for images `width`, `height`,
    `orientation`, `taken_at` (ISO 8601), `lng`, `lat` (WGS 84) where the file says so.

    It may be called again for the same bytes and must not mind; an exception undoes the receipt, which is tried again.
    """
    if fn not in _listeners:
        _listeners.append(fn)
    return fn


def may_read(actor: Actor, sha256: str) -> bool:
    """Whether any room lets `actor` see the blob."""
    return any(allows(actor, sha256) for allows in _readers)


def tell_received(*, evidence_id: str, sha256: str, intact: bool, facts: dict[str, Any]) -> None:
    for hear in _listeners:
        hear(evidence_id=evidence_id, sha256=sha256, intact=intact, facts=facts)
