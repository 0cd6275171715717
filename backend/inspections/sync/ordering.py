"""Older words of a device never undo its newer ones."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from backend.inspections.services import field
from backend.sync.registry import Command, Outcome

Handler = Callable[[Command[Any]], Outcome]


def in_order(handler: Handler) -> Handler:
    """An older word of the same device that arrives late changes nothing and is told `merged` (protocol, I3)."""

    @wraps(handler)
    def handle(command: Command[Any]) -> Outcome:
        try:
            return handler(command)
        except field.Outdated as late:
            return Outcome(late.visit, "merged")

    return handle
