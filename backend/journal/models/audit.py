"""The audit trail: append-only."""

from typing import Any

from django.db import models


class AuditLine(models.Model):
    """Who did what to what, when, from which device. Lines are added and never touched again."""

    county_id = models.BigIntegerField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    device_id = models.UUIDField(null=True)
    verb = models.CharField(max_length=64)
    kind = models.CharField(max_length=32)
    object_id = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "object_id"], name="audit_by_object"),
            models.Index(fields=["county_id", "id"], name="audit_by_county"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.actor_name} {self.verb}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("an audit line is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("an audit line is never deleted")


class AuditChain(models.Model):
    """The end of a county's chain of sealed lines; locked while a batch is sealed."""

    county_id = models.BigIntegerField(primary_key=True)
    root = models.CharField(max_length=64, default="")
    length = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.county_id}: {self.root[:12]}"


class AuditSeal(models.Model):
    """One sealed batch: `root` is the hash of its last line, and so stands for every line of the county before it."""

    county_id = models.BigIntegerField()
    root = models.CharField(max_length=64)
    length = models.BigIntegerField()
    """Lines sealed in the county up to and with this batch."""
    sealed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["county_id", "sealed_at"], name="seal_by_time")]

    def __str__(self) -> str:
        return f"{self.county_id}: {self.length}"


class SealedLine(models.Model):
    """The place of a line in its county's chain; the line itself is never touched."""

    line = models.OneToOneField(AuditLine, on_delete=models.PROTECT, primary_key=True, related_name="sealed")
    county_id = models.BigIntegerField()
    place = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county_id", "place"], name="sealed_place_once")]

    def __str__(self) -> str:
        return f"{self.county_id}: {self.place}"
