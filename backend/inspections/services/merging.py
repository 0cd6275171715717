"""The merge policy of answers (protocol, Operations), pure.

| what arrives, compared with what is there                        | becomes                              |
|------------------------------------------------------------------|--------------------------------------|
| an older `n` of a device that sent a newer one for this key      | nothing (`outdated`, told `merged`)  |
| nothing is there yet                                             | revision 1 (`applied`)               |
| the same value and note                                          | nothing (`merged`)                   |
| a newer `n` of the device whose value is there                   | the next revision (`applied`)        |
| `base` equal to the present revision                             | the next revision (`applied`)        |
| anything else                                                    | a rival beside the value (`conflict`)|

A device has one word per key: what it sends replaces its own earlier rival. `settles` names rivals that the sender has
seen and decided against; they go. Nothing is ordered by any clock.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from backend.inspections.models.answer import RevisionFate

Rival = Mapping[str, Any]


class Present(Struct, frozen=True):
    """The register of one key."""

    value: Any
    note: str
    rev: int
    device: str | None
    rivals: tuple[Rival, ...] = ()


class Incoming(Struct, frozen=True):
    """One value on its way; `n` and `device` are None where it does not come from a phone's queue."""

    value: Any
    note: str = ""
    base: int = 0
    device: str | None = None
    n: int | None = None
    settles: frozenset[str] = frozenset()


class Merged(Struct, frozen=True):
    """What to do: `fate` of the value, and the rivals that remain without it."""

    fate: RevisionFate
    rivals: tuple[Rival, ...]

    @property
    def status(self) -> str:
        """As told to the phone."""
        return "merged" if self.fate == RevisionFate.OUTDATED else str(self.fate.value)


def merge(present: Present | None, incoming: Incoming, newest_n: int | None = None) -> Merged:
    """Decide; `newest_n` is the highest `n` this device has sent for this key, None if none."""
    rivals = present.rivals if present else ()
    if incoming.n is not None and newest_n is not None and incoming.n <= newest_n:
        return Merged(RevisionFate.OUTDATED, rivals)
    rivals = tuple(rival for rival in rivals if not _gives_way(rival, incoming))
    if present is None:
        return Merged(RevisionFate.APPLIED, rivals)
    if (present.value, present.note) == (incoming.value, incoming.note):
        return Merged(RevisionFate.MERGED, rivals)
    own = incoming.n is not None and incoming.device is not None and incoming.device == present.device
    if own or incoming.base == present.rev:
        return Merged(RevisionFate.APPLIED, rivals)
    return Merged(RevisionFate.CONFLICT, rivals)


def _gives_way(rival: Rival, incoming: Incoming) -> bool:
    mine = incoming.device is not None and rival["device"] == incoming.device
    return mine or rival["id"] in incoming.settles
