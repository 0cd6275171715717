"""What was noticed about an evidence: warnings for its reviewer, never refusals."""

from django.db import models

from backend.core import clock
from backend.inspections.models.evidence import Evidence


class FlagKind(models.TextChoices):
    """What is warned of; when, says `rules.integrity`."""

    TIME_GAP = "time_gap", "时间不符"
    CLOCK_SKEW = "clock_skew", "设备时钟偏差"
    PLACE_GAP = "place_gap", "位置不符"
    FAR_FROM_TARGET = "far_from_target", "远离检查对象"
    MOCK_LOCATION = "mock_location", "模拟定位"
    NO_PLACE = "no_place", "无位置信息"
    WRONG_TYPE = "wrong_type", "文件类型不符"
    UNREADABLE = "unreadable", "图片无法读取"
    DEVICE_GAP = "device_gap", "拍摄设备不符"
    EDITED = "edited", "疑经软件编辑"
    REUSED = "reused", "重复使用"
    LOOKALIKE = "lookalike", "疑似重复"


class EvidenceFlag(models.Model):
    """One warning. Rows are added and never changed; no document of a phone holds them, and no paper.

    `detail` are plain figures (seconds, metres, names of devices); `other` is the evidence it was compared with.
    """

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="flags", db_index=False)
    county_id = models.BigIntegerField()
    kind = models.CharField("提示", max_length=16, choices=FlagKind.choices)
    detail = models.JSONField(default=dict)
    other = models.ForeignKey(Evidence, on_delete=models.CASCADE, null=True, related_name="+")
    raised_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["evidence", "kind"], name="evidence_flagged_once")]
        indexes = [models.Index(fields=["county_id", "kind", "evidence"], name="flag_by_kind")]

    def __str__(self) -> str:
        return f"{self.evidence_id}: {self.kind}"
