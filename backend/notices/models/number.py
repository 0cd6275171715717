"""Document numbers."""

from django.db import models


class NumberSeries(models.Model):
    """The last number given out in one county, of one kind, in one year. Its row is locked while a number is taken.

    A number is bound to its paper for good: that of a withdrawn paper is never used again.
    """

    county_id = models.BigIntegerField()
    kind = models.CharField(max_length=24)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "文号序列"
        constraints = [models.UniqueConstraint(fields=["county_id", "kind", "year"], name="number_series_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"
