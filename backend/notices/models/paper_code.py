"""The short codes on papers, by which anybody may ask whether a paper is genuine."""

from django.db import models

from backend.core import clock


class PaperCode(models.Model):
    """One code of one version of one paper of any room (`subject_kind`, `subject_id` as in the journal).

    It is taken before the paper is printed, because it stands on it, and means nothing until `issued_at`, when the
    paper of `sha256` exists. A higher `version` replaces a lower one; `withdrawn_at` says that the paper is void.
    """

    county_id = models.BigIntegerField(editable=False)
    code = models.CharField("校验码", max_length=16, unique=True, editable=False)
    subject_kind = models.CharField(max_length=32, editable=False)
    subject_id = models.CharField(max_length=64, editable=False)
    version = models.PositiveSmallIntegerField("版次", default=1, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    taken_at = models.DateTimeField(default=clock.now, editable=False)
    issued_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "文书校验码"
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "version"], name="paper_code_once"),
        ]

    def __str__(self) -> str:
        return self.code
