"""Who heads a department, from when until when: with it the department's teams are in their care."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from backend.core import clock
from backend.registry.models.organisation import Department


class Headship(models.Model):
    """`user` heads `department` from `starts_at` until `ends_at` (None: open). A department has one head at a time."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="headships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="headships")
    starts_at = models.DateTimeField("开始时间", default=clock.now)
    ends_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "科室负责人任期"
        constraints = [
            models.UniqueConstraint(fields=["department"], condition=Q(ends_at=None), name="headship_one_open"),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=models.F("starts_at")), name="headship_not_backwards"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}@{self.department_id}"
