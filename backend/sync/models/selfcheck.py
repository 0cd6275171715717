"""What a phone can do, as it found out itself (phone.md, 本机自检)."""

from django.db import models


class Health(models.TextChoices):
    """`bad`: work with this phone is not safe or not possible so; `weak`: something is missing that has a way round."""

    GOOD = "good"
    WEAK = "weak"
    BAD = "bad"
    UNKNOWN = "unknown"


class SelfCheck(models.Model):
    """The last self-check of a device, in its own words; only the newest is kept. `failing` counts the bad ones.

    Times in it are the phone's; `told_at` is ours.
    """

    device_id = models.UUIDField(primary_key=True)
    county_id = models.BigIntegerField(db_index=True)
    user_id = models.BigIntegerField()
    app = models.CharField(max_length=40, blank=True)
    system = models.CharField(max_length=200, blank=True)
    checks = models.JSONField(default=list)
    failing = models.PositiveSmallIntegerField(default=0)
    told_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.device_id)
