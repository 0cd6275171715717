"""People and what they may be."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from backend.accounts.models.county import County
from backend.accounts.roles import Role
from backend.core import clock


class UserManager(BaseUserManager["User"]):
    def create_superuser(self, username: str, password: str, **fields: Any) -> "User":
        """A system maintainer for the Django admin; belongs to no county."""
        user = self.model(username=username, name=fields.pop("name", username), is_staff=True, is_superuser=True)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person's account in one county. Only system maintainers belong to none."""

    journal_kind = "user"

    username = models.CharField("账号", max_length=40, unique=True)
    name = models.CharField("称呼", max_length=40)
    phone = models.CharField("电话", max_length=20, blank=True)
    county = models.ForeignKey(County, on_delete=models.PROTECT, null=True, related_name="users")
    is_active = models.BooleanField("启用", default=True)
    disabled_at = models.DateTimeField(null=True, editable=False)
    pages_ended_at = models.DateTimeField(null=True, editable=False)
    """When the person last signed out from a page: tickets of pages that were given out before are over."""
    is_staff = models.BooleanField("系统维护", default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "人员"

    def __str__(self) -> str:
        return self.name

    @property
    def journal_id(self) -> str:
        return str(self.pk)

    @property
    def scope(self) -> str:
        return f"user:{self.pk}"


class RoleAssignment(models.Model):
    """A role held from `starts_at` until `ends_at`; dated, so that deputies and past work stay explainable."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_assignments")
    role = models.CharField("角色", max_length=24, choices=Role.choices)
    starts_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "角色任期"
        indexes = [models.Index(fields=["role"], name="role_by_name")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"


class StartCode(models.Model):
    """A one-time code with which a new person, or one whose password was reset, sets a password."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="start_codes")
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.user_id}"
