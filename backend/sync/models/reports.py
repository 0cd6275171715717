"""What phones tell of themselves, and how often they had to be sent a scope again (protocol, Server duties)."""

from django.db import models


class DeviceReport(models.Model):
    """Work that a phone still holds, in its own words; written only when it says something new.

    `oldest_ms` is the phone's reckoning; `unsent_since` is ours: when it first told of unsent work after having none.
    """

    device_id = models.UUIDField(primary_key=True)
    county_id = models.BigIntegerField(db_index=True)
    user_id = models.BigIntegerField()
    ops = models.BigIntegerField(default=0)
    uploads = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    oldest_ms = models.BigIntegerField(null=True)
    unsent_since = models.DateTimeField(null=True)
    told_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.device_id)


class ResetCause(models.TextChoices):
    SUM = "sum"
    FLOOR = "floor"


class ScopeReset(models.Model):
    """How often in a day a device got a scope again: because its sum differed, or the floor had risen above it."""

    device_id = models.UUIDField()
    county_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    scope = models.CharField(max_length=80)
    cause = models.CharField(max_length=8, choices=ResetCause.choices)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device_id", "scope", "cause", "day"], name="reset_counted_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.scope}: {self.cause} {self.count}"
