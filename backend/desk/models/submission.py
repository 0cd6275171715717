"""A form that was sent: so that a double click, or a reload after a lost answer, does a thing once."""

from django.conf import settings
from django.db import models

from backend.core import clock


class Submission(models.Model):
    """One rendered form, claimed by the first request that sends it.

    `token` was drawn when the page was made. `ended_at` is empty while the work is under way, and stays so when a
    process was killed in the middle of it; `address` and `said` are what the reader is led to and told then.
    """

    token = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    begun_at = models.DateTimeField(default=clock.now, db_index=True)
    ended_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=400, blank=True)
    said = models.CharField(max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "已提交的表单"

    def __str__(self) -> str:
        return str(self.token)
