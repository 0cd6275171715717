"""Who may call an endpoint, as far as an actor alone can tell.

What a caller sees inside it is the selectors' business.
"""

from typing import Any, ClassVar

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from backend.core.actor import Actor
from backend.core.errors import Forbidden, Unauthorized


def actor_of(request: Request) -> Actor:
    """The caller. Raises `Unauthorized` when nobody is signed in."""
    if not isinstance(request.user, Actor):
        raise Unauthorized()
    return request.user


class MayDeposit(BasePermission):
    """Anybody signed in, also with a revoked device or closed account."""

    def has_permission(self, request: Request, view: Any) -> bool:
        actor_of(request)
        return True


class SignedIn(BasePermission):
    """Anybody signed in whose device and account are open."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if actor_of(request).deposit_only:
            raise Forbidden("deposit_only", "此设备或账号已停用，只能继续上交未发送的工作。")
        return True


class WithRole(SignedIn):
    """Signed in and holding one of `roles`."""

    roles: ClassVar[frozenset[str]] = frozenset()

    def has_permission(self, request: Request, view: Any) -> bool:
        return super().has_permission(request, view) and actor_of(request).has(*self.roles)
