"""Districts, stations, departments: the dimensions a county is grouped by."""

from django.db import models

from backend.journal.models import Journaled


class Place(Journaled):
    """A district, station or department: a code, and a name that imports find it by; both unique in the county."""

    code = models.CharField("编码", max_length=32)
    name = models.CharField("名称", max_length=80)
    closed_at = models.DateTimeField("停用时间", null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class AreaStation(Place):
    """片区督导站."""

    journal_kind = "area_station"

    class Meta:
        verbose_name = verbose_name_plural = "片区督导站"
        constraints = [models.UniqueConstraint(fields=["county_id", "code"], name="station_code")]


class SchoolDistrict(Place):
    """学区; `station` watches over it."""

    journal_kind = "school_district"

    station = models.ForeignKey(AreaStation, on_delete=models.PROTECT, null=True, blank=True, related_name="districts")

    class Meta:
        verbose_name = verbose_name_plural = "学区"
        constraints = [models.UniqueConstraint(fields=["county_id", "code"], name="district_code")]


class Department(Place):
    """包片科室."""

    journal_kind = "department"

    class Meta:
        verbose_name = verbose_name_plural = "包片科室"
        constraints = [models.UniqueConstraint(fields=["county_id", "code"], name="department_code")]
