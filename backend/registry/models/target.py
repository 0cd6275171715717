"""What is inspected: schools, training institutions, suspected sites."""

from typing import Any

from django.conf import settings
from django.db import models

from backend.core import clock
from backend.journal.models import Journaled
from backend.registry.models.organisation import AreaStation, SchoolDistrict
from backend.registry.models.team import Team


class TargetKind(models.TextChoices):
    SCHOOL = "school", "学校"
    INSTITUTION = "institution", "培训机构"
    SUSPECTED_SITE = "suspected_site", "疑似无证点"


class Stage(models.TextChoices):
    PRIMARY = "primary", "小学"
    JUNIOR = "junior", "初中"
    NINE_YEAR = "nine_year", "九年一贯制"
    COMPLETE_JUNIOR = "complete_junior", "完全中学初中部"
    SPECIAL = "special", "特殊教育学校"


class InstitutionClass(models.TextChoices):
    SUBJECT = "subject", "学科类"
    NON_SUBJECT = "non_subject", "非学科类"
    UNLICENSED = "unlicensed", "无证点"


GRADES: dict[str, tuple[int, int]] = {
    Stage.PRIMARY: (1, 6),
    Stage.JUNIOR: (7, 9),
    Stage.NINE_YEAR: (1, 9),
    Stage.COMPLETE_JUNIOR: (7, 9),
    Stage.SPECIAL: (1, 9),
}
"""First and last grade taught at each stage."""


class Target(Journaled):
    """One inspected unit. `team` is the department-track team in charge today, `station` the area station.

    Who was in charge on another day: `TeamInCharge`.
    """

    journal_kind = "target"

    code = models.CharField("编码", max_length=32)
    name = models.CharField("名称", max_length=120)
    kind = models.CharField("类型", max_length=16, choices=TargetKind.choices)
    stage = models.CharField("学段", max_length=16, choices=Stage.choices, blank=True)
    institution_class = models.CharField("机构类别", max_length=16, choices=InstitutionClass.choices, blank=True)
    category = models.CharField("细类", max_length=40, blank=True)
    status = models.CharField("状态", max_length=40, blank=True)
    is_active = models.BooleanField("在检查范围内", default=True)
    closed_on = models.DateField("退出检查日期", null=True, blank=True, editable=False)
    """Since when it is not inspected; None while it is, and for those that never were."""
    district = models.ForeignKey(SchoolDistrict, on_delete=models.PROTECT, null=True, blank=True)
    station = models.ForeignKey(AreaStation, on_delete=models.PROTECT, null=True, blank=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="targets")
    students = models.PositiveIntegerField("学生数", null=True, blank=True)
    participants = models.PositiveIntegerField("参加课后服务人数", null=True, blank=True)
    classes = models.PositiveIntegerField("班级数", null=True, blank=True)
    unconsumed_prepaid = models.PositiveBigIntegerField("未消课预收款（元）", null=True, blank=True)
    minimum_balance = models.PositiveBigIntegerField("最低余额（元）", null=True, blank=True)
    escrow_balance = models.PositiveBigIntegerField("监管账户余额（元）", null=True, blank=True)
    longitude = models.FloatField("经度", null=True, blank=True)
    latitude = models.FloatField("纬度", null=True, blank=True)
    datum = models.CharField("坐标系", max_length=8, default="wgs84")
    address = models.CharField("地址", max_length=200, blank=True)
    phone = models.CharField("电话", max_length=20, blank=True)
    directions = models.CharField("怎么去", max_length=500, blank=True, default="")
    """How a crew gets there, in the office's words: the card of the task shows it without a network."""
    reported_by = models.BigIntegerField(null=True, editable=False)
    """For suspected sites: who reported it."""

    class Meta:
        verbose_name = verbose_name_plural = "检查对象"
        constraints = [models.UniqueConstraint(fields=["county_id", "code"], name="target_code")]
        indexes = [models.Index(fields=["county_id", "kind"], name="target_by_kind")]

    def __str__(self) -> str:
        return self.name

    @property
    def type_code(self) -> str:
        """The checklist's word for this kind of target: a stage, an institution class, or `suspected`."""
        if self.kind == TargetKind.SUSPECTED_SITE:
            return "suspected"
        return self.stage or self.institution_class

    @property
    def grades(self) -> list[int]:
        """The grades taught, empty for institutions and sites."""
        if self.stage not in GRADES:
            return []
        first, last = GRADES[self.stage]
        return list(range(first, last + 1))

    @property
    def scope(self) -> str:
        """Where its findings and history live for crews assigned to it."""
        return f"target:{self.pk}"

    @property
    def journal_scope(self) -> str:
        """Cards are county knowledge; a suspected site is known to its reporter and the office only."""
        if self.kind == TargetKind.SUSPECTED_SITE:
            return self.scope
        return f"county:{self.county_id}"

    def journal_document(self) -> dict[str, Any]:
        """The target card: nothing derived from visits."""
        return {
            "code": self.code,
            "name": self.name,
            "kind": self.kind,
            "type": self.type_code,
            "category": self.category,
            "status": self.status,
            "active": self.is_active,
            "grades": self.grades,
            "district": self.district.name if self.district else "",
            "students": self.students,
            "classes": self.classes,
            "location": self.location,
            "address": self.address,
            "phone": self.phone,
            **({"directions": self.directions} if self.directions else {}),
        }

    @property
    def location(self) -> dict[str, Any] | None:
        """Degrees and their datum, as on the wire; None when not known."""
        if self.longitude is None or self.latitude is None:
            return None
        return {"lng": self.longitude, "lat": self.latitude, "datum": self.datum}


class TargetContact(models.Model):
    """`user` acts for `target` (liaison, head, contact) from `starts_at` until `ends_at`."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="contacts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="targets")
    post = models.CharField("职务", max_length=40, blank=True)
    starts_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "单位联系人"

    def __str__(self) -> str:
        return f"{self.user_id}@{self.target_id}"
