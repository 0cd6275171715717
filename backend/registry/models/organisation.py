"""Districts, stations, departments: the dimensions a county is grouped by."""

from django.db import models

from backend.journal.models import Journaled


class _Named(Journaled):
    """Something with a code that imports find it by, and a name; both unique in the county."""

    code = models.CharField("编码", max_length=32)
    name = models.CharField("名称", max_length=80)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class SchoolDistrict(_Named):
    """学区."""

    journal_kind = "school_district"

    class Meta:
        verbose_name = verbose_name_plural = "学区"
        constraints = [models.UniqueConstraint(fields=["county_id", "code"], name="district_code")]


class AreaStation(_Named):
    """片区督导站."""

    journal_kind = "area_station"

    class Meta:
        verbose_name = verbose_name_plural = "片区督导站"
        constraints = [models.UniqueConstraint(fields=["county_id", "code"], name="station_code")]


class Department(_Named):
    """包片科室."""

    journal_kind = "department"

    class Meta:
        verbose_name = verbose_name_plural = "包片科室"
        constraints = [models.UniqueConstraint(fields=["county_id", "code"], name="department_code")]
