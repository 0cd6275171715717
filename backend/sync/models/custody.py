"""Custody: every operation a phone ever handed in, verbatim (protocol, Push)."""

from django.db import models


class Operation(models.Model):
    """One operation as it arrived. Written once, never changed; what became of it is a `Verdict`.

    `chain` is SHA-256 over the chain value of the device's operation before it and this body.
    `device_at` is the device's own words for its time; `offset_ms` its clock minus ours as it measured it.
    """

    id = models.UUIDField(primary_key=True)
    county_id = models.BigIntegerField(db_index=True)
    user_id = models.BigIntegerField()
    device_id = models.UUIDField()
    n = models.BigIntegerField()
    kind = models.CharField(max_length=32)
    verb = models.CharField(max_length=32)
    object_id = models.CharField(max_length=64)
    schema = models.PositiveIntegerField()
    device_at = models.CharField(max_length=40)
    offset_ms = models.BigIntegerField(null=True)
    received_at = models.DateTimeField()
    body = models.TextField()
    chain = models.CharField(max_length=64)
    fault = models.CharField(max_length=200, blank=True, default="")
    """What was wrong with its form when it came: it was handed in under another device's name, or cannot be read."""
    deposited = models.BooleanField(default=False)
    """Handed in by a revoked device or disabled user: kept, and quarantined."""

    class Meta:
        indexes = [
            models.Index(fields=["device_id", "n"], name="operation_by_device"),
            models.Index(fields=["received_at"], name="operation_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}.{self.verb} {self.pk}"

    @property
    def name(self) -> str:
        return f"{self.kind}.{self.verb}"


class StrayOperation(models.Model):
    """An operation whose id was already taken by another one: kept too, never answered with the stored result.

    `adopted` is the id under which it lies on the reviewers' desk, None until the sweeper has put it there.
    """

    operation_id = models.UUIDField(db_index=True)
    county_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    device_id = models.UUIDField()
    received_at = models.DateTimeField()
    body = models.TextField()
    digest = models.CharField(max_length=64)
    adopted = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operation_id", "device_id", "digest"], name="stray_kept_once"),
        ]
        indexes = [
            models.Index(fields=["received_at"], name="stray_not_adopted", condition=models.Q(adopted__isnull=True)),
        ]

    def __str__(self) -> str:
        return str(self.operation_id)


class DeviceLog(models.Model):
    """Per device: the end of its chain, and up to where its numbers are complete. Locked while it pushes.

    Up to `settled` every number has a final status for certain; the truth may be further on.
    """

    device_id = models.UUIDField(primary_key=True)
    county_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    chain = models.CharField(max_length=64, default="")
    have = models.BigIntegerField(default=0)
    top = models.BigIntegerField(default=0)
    settled = models.BigIntegerField(default=0)
    pushed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.device_id)
