"""The second step of signing in at a desk: an authenticator that the person set up themselves."""

from django.db import models

from backend.accounts.models.user import User
from backend.core import clock


def no_codes() -> list[str]:
    return []


class SecondStep(models.Model):
    """`sealed` is the secret, encrypted with a key derived from the server's: it is shown once, while it is set up.

    It counts from `confirmed_at` on, when the first code of it was typed. `used_step` is the newest step whose code was
    used: a code is good once. `recovery` holds hashes of the codes that are left.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="second_step")
    sealed = models.BinaryField()
    begun_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True)
    used_step = models.BigIntegerField(default=0)
    recovery = models.JSONField(default=no_codes)

    class Meta:
        verbose_name = verbose_name_plural = "二次验证"

    def __str__(self) -> str:
        return f"{self.user_id}"
