"""Years of the working calendar that were added after the product was shipped, or corrected."""

from typing import Any

from django.db import models

from backend.core import clock


class CalendarYear(models.Model):
    """One year's holidays and exchanged weekends, of the whole country; `table` as in `registry/calendars/*.json`."""

    journal_kind = "calendar_year"

    year = models.PositiveSmallIntegerField("年份", unique=True)
    table = models.JSONField("放假和调休")
    added_at = models.DateTimeField("录入时间", default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "节假日安排"

    def __str__(self) -> str:
        return str(self.year)

    @property
    def journal_id(self) -> str:
        return str(self.year)

    def journal_document(self) -> dict[str, Any]:
        return dict(self.table)
