"""What reached a visit after its round was submitted, kept beside it."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from backend.core import clock, codec
from backend.core.ids import uuid7
from backend.inspections.models.template import MAX_DOCUMENT_BYTES

ROOM = MAX_DOCUMENT_BYTES - 1024
"""Bytes up to which addenda may fill the visit's document; its `rev` and the names around them need the rest."""


class VisitAddendum(models.Model):
    """One operation that a reviewer put beside the submitted `round`, word for word (protocol, Review).

    It changes neither the round's content nor its hash. `data` is the JSON text as the phone sent it: what no rule has
    looked at may hold values that a database column of JSON would give back changed. `device_at` is the device's own
    words for its time.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.ForeignKey("inspections.Visit", on_delete=models.PROTECT, related_name="addenda")
    operation = models.UUIDField("操作编号", unique=True)
    round = models.PositiveSmallIntegerField("轮次")
    kind = models.CharField("种类", max_length=32)
    verb = models.CharField("动作", max_length=32)
    data = models.TextField("内容")
    author_id = models.BigIntegerField("作者")
    device_at = models.CharField("设备时间", max_length=40, blank=True)
    received_at = models.DateTimeField("收到时间")
    accepted_by = models.BigIntegerField("采纳人")
    reason = models.CharField("采纳理由", max_length=500, blank=True)
    at = models.DateTimeField("采纳时间", default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "补录"
        indexes = [models.Index(fields=["visit", "id"], name="addendum_by_visit")]

    def __str__(self) -> str:
        return f"{self.kind}.{self.verb} {self.operation}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("an addendum is never changed")
        super().save(*args, **kwargs)

    def as_json(self) -> dict[str, Any]:
        """As in the visit's document and view."""
        return {
            "id": str(self.pk),
            "op": str(self.operation),
            "round": self.round,
            "kind": self.kind,
            "verb": self.verb,
            "data": self.content(),
            "by": self.author_id,
            "device_at": self.device_at,
            "received_at": self.received_at,
            "accepted_by": self.accepted_by,
            "reason": self.reason,
            "at": self.at,
        }

    def content(self) -> Any:
        """`data` as JSON; as the text it is where it is none, or none that can be written out again."""
        try:
            return codec.loads(codec.dumps(codec.loads(self.data)))
        except (ValueError, TypeError, RecursionError):
            return self.data


def with_addenda(document: dict[str, Any], rows: Iterable[VisitAddendum]) -> dict[str, Any]:
    """The visit's document with as many of its addenda, oldest first, as fit into it.

    A visit must always fit into one document (protocol, Documents): an addendum too large for it is shown with `data`
    null, and one for which there is no room at all only in the visit's view.
    """
    size = len(codec.dumps(document))
    shown = []
    for row in rows:
        entry = row.as_json()
        if size + len(codec.dumps(entry)) > ROOM:
            entry["data"] = None
        size += len(codec.dumps(entry)) + 1
        if size > ROOM:
            break
        shown.append(entry)
    return document | {"addenda": shown}
