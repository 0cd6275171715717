"""Small registries, by which the rooms above take part without media knowing them.

Readers say who may see a blob; listeners hear that promised bytes have arrived; captions are what previews have written
on them, and viewers tell as which evidence somebody sees a blob. Keepers say which blobs a room still needs
(`services.removal`); what ends after a time is in `terms`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Protocol

from backend.core.actor import Actor
from backend.media.rules.captions import Caption

Reader = Callable[[Actor, str], bool]
Captioner = Callable[[Collection[str]], Mapping[str, Caption]]
Viewer = Callable[[Actor, str], Iterable[str]]
Keeper = Callable[[Collection[str]], Iterable[str]]


class Listener(Protocol):
    """Hears that the bytes of an evidence were re-hashed."""

    def __call__(self, *, evidence_id: str, sha256: str, intact: bool, facts: dict[str, Any]) -> None: ...


_readers: list[Reader] = []
_listeners: list[Listener] = []
_captioners: list[Captioner] = []
_viewers: list[Viewer] = []
_keepers: list[Keeper] = []


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


def caption(fn: Captioner) -> Captioner:
    """Declare `fn(evidence ids) -> {evidence id: Caption}` for those that the room knows."""
    if fn not in _captioners:
        _captioners.append(fn)
    return fn


def viewer(fn: Viewer) -> Viewer:
    """Declare `fn(actor, sha256) -> evidence ids` of that content that the actor may see, the best first.

    The same bytes may be the evidence of several people; a preview tells of one of them.
    """
    if fn not in _viewers:
        _viewers.append(fn)
    return fn


def keeper(fn: Keeper) -> Keeper:
    """Declare `fn(hashes) -> those of them that the room still needs`.

    Every room that names blobs must: what no keeper needs is deleted after a grace time. It is asked inside the
    transaction that deletes, for up to 500 hashes at once.
    """
    if fn not in _keepers:
        _keepers.append(fn)
    return fn


def needed(hashes: Collection[str]) -> set[str]:
    """Those of `hashes` that any room still needs."""
    return {sha256 for keeps in _keepers for sha256 in keeps(hashes)}


def captions(evidence_ids: Collection[str]) -> dict[str, Caption]:
    """What the rooms above know of these evidence ids."""
    return {key: found for tell in _captioners for key, found in tell(evidence_ids).items()}


def seen_as(actor: Actor, sha256: str) -> list[str]:
    """The evidence ids as which `actor` sees the blob."""
    return [evidence_id for tell in _viewers for evidence_id in tell(actor, sha256)]


def may_read(actor: Actor, sha256: str) -> bool:
    """Whether any room lets `actor` see the blob."""
    return any(allows(actor, sha256) for allows in _readers)


def tell_received(*, evidence_id: str, sha256: str, intact: bool, facts: dict[str, Any]) -> None:
    for hear in _listeners:
        hear(evidence_id=evidence_id, sha256=sha256, intact=intact, facts=facts)
