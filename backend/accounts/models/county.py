"""The tenant."""

from django.db import models


class County(models.Model):
    """One county (or city district) whose data nobody of another county can see.

    `issuer` signs its papers, `number_prefix` begins its document numbers (云督整〔2026〕17号 begins with 云).
    """

    journal_kind = "county"

    code = models.SlugField(max_length=32, unique=True)
    name = models.CharField("名称", max_length=40)
    issuer = models.CharField("发文机关", max_length=80)
    number_prefix = models.CharField("机关代字", max_length=8)

    class Meta:
        verbose_name = verbose_name_plural = "县（区）"

    def __str__(self) -> str:
        return self.name

    @property
    def journal_id(self) -> str:
        return str(self.pk)

    @property
    def scope(self) -> str:
        return f"county:{self.pk}"
