"""Phones and their sign-ins."""

from django.db import models

from backend.accounts.models.user import User
from backend.core import clock


class Device(models.Model):
    """A phone (or desk browser) as it named itself at sign-in. It belongs to one person for good."""

    journal_kind = "device"

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    name = models.CharField("名称", max_length=80, blank=True)
    platform = models.CharField("平台", max_length=40, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(default=clock.now)
    revoked_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "设备"

    def __str__(self) -> str:
        return self.name or str(self.pk)

    @property
    def journal_id(self) -> str:
        return str(self.pk)


class DeviceSession(models.Model):
    """One sign-in of a device; its refresh tokens are numbered, and `counter` is the newest number given out.

    The newest token and the one before it are good: a phone that lost the answer to a refresh asks again with the
    token it has and gets the same answer (protocol, Transport). An older token means a copy is in use: the whole
    session ends.
    """

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="sessions")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="device_sessions")
    secret = models.BinaryField(max_length=32)
    counter = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id}@{self.device_id}"
