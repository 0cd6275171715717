"""Who had the original of a file."""

from django.db import models


class Purpose(models.TextChoices):
    VIEWED = "viewed", "查看"
    EXPORTED = "exported", "导出"


class Access(models.Model):
    """That a person was sent the original: once per person, file, purpose and day (in China), at the first time.

    Rows are added and never changed. They name the file by its hash and outlive it.
    """

    journal_kind = "blob"

    county_id = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    user_id = models.BigIntegerField()
    user_name = models.CharField(max_length=80)
    device_id = models.UUIDField(null=True)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    day = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sha256", "county_id", "user_id", "purpose", "day"], name="media_access_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.user_id} {self.purpose} {self.sha256[:8]}"

    @property
    def journal_id(self) -> str:
        """The audit trail names the file."""
        return self.sha256
