"""Issue numbers."""

from django.db import models

ALL_YEARS = 0


class BulletinNumber(models.Model):
    """The last number given out in one county in one year, or over all years (`year` 0).

    Its rows are locked while numbers are taken. A number belongs to its issue for good: a withdrawn one is not reused.
    """

    county_id = models.BigIntegerField()
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "期号序列"
        constraints = [models.UniqueConstraint(fields=["county_id", "year"], name="bulletin_number_series")]

    def __str__(self) -> str:
        return f"{self.year or '总'}: {self.last}"
