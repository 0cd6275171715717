"""How messages reach people beside the inbox: what they want, and what became of each message on each way."""

from django.db import models
from django.db.models import Q

from backend.core import clock
from backend.notices.models.inbox import InboxEntry


class Channel(models.TextChoices):
    EMAIL = "email", "电子邮件"
    GATEWAY = "gateway", "短信或企业微信"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "待发送"
    SENT = "sent", "已发送"
    FAILED = "failed", "发送失败"
    DROPPED = "dropped", "无需发送"


def no_words() -> list[str]:
    return []


class InboxPreference(models.Model):
    """What one person wants. Without a row: the inbox alone, at any hour.

    `channels`: second channels that are on. `quiet_kinds`: rooms of kinds (`bulletin`, `announcement` …) that come to
    the inbox only. Between `mute_from` and `mute_until` (times of day in China, also over midnight) nothing is sent;
    it goes out when they end.
    """

    user_id = models.BigIntegerField(primary_key=True)
    county_id = models.BigIntegerField(editable=False)
    channels = models.JSONField("第二渠道", default=no_words)
    email = models.EmailField("邮箱", max_length=120, blank=True)
    number = models.CharField("手机号或企业微信账号", max_length=64, blank=True)
    quiet_kinds = models.JSONField("仅收件箱提醒的类别", default=no_words)
    mute_from = models.TimeField("免打扰开始", null=True)
    mute_until = models.TimeField("免打扰结束", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "消息偏好"

    def __str__(self) -> str:
        return f"{self.user_id}"


class InboxDelivery(models.Model):
    """One message on one second channel. `due_at`: when it is to be sent, or tried again, or was claimed until."""

    entry = models.ForeignKey(InboxEntry, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices)
    state = models.CharField("状态", max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField("次数", default=0)
    due_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField("发送时间", null=True)
    fault = models.CharField("原因", max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "消息发送"
        constraints = [models.UniqueConstraint(fields=["entry", "channel"], name="delivery_once")]
        indexes = [models.Index(fields=["due_at"], name="delivery_due", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.channel} {self.state}"
