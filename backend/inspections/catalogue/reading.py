"""What was read from a file of a template: the document, and where each part of it stood in the file."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from backend.inspections.catalogue.faults import Fault

MAX_FILE = 1024 * 1024
"""Bytes of a file; a template itself stays below 64 KB."""

Place = tuple[int | None, str]
"""Item (from 0; None: the head) and field ("": the whole)."""


@dataclass(slots=True)
class Located:
    """A fault with its place in the file, such as ``第12行`` or ``条目!G7``; empty where the file has none."""

    fault: Fault
    place: str = ""

    def as_json(self) -> dict[str, Any]:
        """As the API tells it."""
        return {**self.fault.as_json(), "place": self.place}


@dataclass(slots=True)
class Reading:
    """``document`` is None where the file could not be read at all; ``faults`` are those of the file itself."""

    document: dict[str, Any] | None = None
    places: dict[Place, str] = field(default_factory=dict)
    faults: list[Located] = field(default_factory=list)

    def refuse(self, code: str, message_zh: str, place: str = "", row: int | None = None, name: str = "") -> None:
        """Note a fault of the file."""
        self.faults.append(Located(Fault(row, self.item_at(row), name, code, code, message_zh), place))

    def item_at(self, row: int | None) -> str:
        """The code of an item as given."""
        items = (self.document or {}).get("items")
        if row is None or not isinstance(items, list) or row >= len(items) or not isinstance(items[row], dict):
            return ""
        return str(items[row].get("code", ""))[:20]

    def located(self, faults: Iterable[Fault]) -> list[Located]:
        """Faults of the content with the place of the field, or else of the item."""
        return [Located(fault, self._place(fault)) for fault in faults]

    def _place(self, fault: Fault) -> str:
        return self.places.get((fault.row, fault.field)) or self.places.get((fault.row, ""), "")
