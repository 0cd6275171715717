"""The deployment's epoch and how far its backups reach."""

from django.db import models

from backend.core.lookup import find_one


class SyncState(models.Model):
    """One row. The epoch changes when the database was restored from a backup: a number, and a mark drawn by lot with
    it (none in the first life). `durable_at` is the received time up to which a backup or replica exists (None where
    none is configured)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    epoch = models.PositiveIntegerField(default=1)
    mark = models.CharField(max_length=16, default="", db_default="", blank=True)
    durable_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return epoch_name(self.epoch, self.mark)


class SweepMark(models.Model):
    """One row: how far back the sweeper has to look. Everything received before `judged_to` had a verdict when it last
    looked; `whole_at` is when it last looked at everything. None: never."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    judged_to = models.DateTimeField(null=True)
    whole_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.judged_to)


def epoch_name(number: int, mark: str) -> str:
    """As phones compare it."""
    return f"e{number}-{mark}" if mark else f"e{number}"


def state() -> SyncState:
    """The state; epoch e1 before anything was recorded. Every pull asks."""
    return find_one(SyncState, id=1) or SyncState()
