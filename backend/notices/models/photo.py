"""Photos of a visit in the annex of a notice."""

from django.db import models

from backend.inspections.models import EvidenceCopy
from backend.notices.models.notice import NoticeFinding


class NoticePhoto(models.Model):
    """That a copy was printed as proof of a finding, under `number`. Chosen anew each time a notice is signed."""

    item = models.ForeignKey(NoticeFinding, on_delete=models.CASCADE, related_name="photos")
    copy = models.ForeignKey(EvidenceCopy, on_delete=models.PROTECT, related_name="noticed")
    number = models.PositiveSmallIntegerField("证据编号")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="notice_photo_number")]

    def __str__(self) -> str:
        return f"{self.item_id} 证据{self.number}"
