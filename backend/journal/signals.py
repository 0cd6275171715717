"""One signal, between two rooms that must not know each other: heard by `sync.live`."""

from django.dispatch import Signal

changes_committed = Signal()
"""Sent after commit with `county_id: int`, `scopes: tuple[str, ...]`, `told: bool` (the outbox has something)."""
