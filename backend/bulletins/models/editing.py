"""How the words of a draft came about: every version of them, and what was remarked on them."""

from django.db import models

from backend.bulletins.models.bulletin import Bulletin
from backend.core import clock
from backend.journal.models import Journaled


class BulletinTextVersion(models.Model):
    """The words after one change, whole, with who changed which parts. Rows are added and never changed."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, related_name="text_versions")
    number = models.PositiveIntegerField()
    texts = models.JSONField()
    parts = models.JSONField()
    """Names of the parts that this version changed."""
    author_id = models.BigIntegerField(null=True)
    author_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulletin", "number"], name="bulletin_text_version")]

    def __str__(self) -> str:
        return f"{self.bulletin_id} t{self.number}"


class BulletinComment(Journaled):
    """A remark on one part of a draft; it is settled, never changed or taken away."""

    journal_kind = "bulletin_comment"

    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, related_name="comments")
    part = models.CharField(max_length=24, blank=True)
    text = models.CharField(max_length=1000)
    author_id = models.BigIntegerField(null=True)
    author_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [models.Index(fields=["bulletin", "id"], name="bulletin_comment_order")]

    def __str__(self) -> str:
        return self.text[:20]
