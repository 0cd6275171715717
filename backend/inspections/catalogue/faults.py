"""What is wrong with a template: every fault with its place, a stable code and a sentence for the office."""

from typing import Any, NamedTuple


class Fault(NamedTuple):
    """One thing to put right. ``row`` counts the items from 0 (None: the head), ``item`` is the item's code as given,
    ``text`` the reason in English for developers, ``message_zh`` for people."""

    row: int | None
    item: str
    field: str
    code: str
    text: str
    message_zh: str

    def as_json(self) -> dict[str, Any]:
        """As the API tells it."""
        return {
            "row": None if self.row is None else self.row + 1,
            "item": self.item,
            "field": self.field,
            "code": self.code,
            "message": self.message_zh,
        }


class CatalogueError(ValueError):
    """A template or policy list that must not be used; the message names file, item and reason."""

    def __init__(self, message: str, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults
