"""The deployment's epoch and how far its backups reach."""

from django.db import models

from backend.core.lookup import find_one


class SyncState(models.Model):
    """One row. The epoch changes when the database was restored from a backup; `durable_at` is the received time
    up to which a backup or replica exists (None where none is configured)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    epoch = models.PositiveIntegerField(default=1)
    durable_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"e{self.epoch}"


def state() -> SyncState:
    """The state; epoch e1 before anything was recorded. Every pull asks."""
    return find_one(SyncState, id=1) or SyncState()
