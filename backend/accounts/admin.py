"""System maintenance may look; changes go through services, where they are checked, audited and sent to phones."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from backend.accounts.models import County, Device, RoleAssignment, User

if TYPE_CHECKING:  # generic only in its stubs
    ModelAdmin = admin.ModelAdmin[Model]
else:
    ModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    """Lists and details without any button that changes something."""

    list_select_related = True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(County)
class CountyAdmin(ReadOnlyAdmin):
    list_display = ("name", "code", "issuer", "number_prefix")


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ("username", "name", "county", "is_active", "disabled_at")
    list_filter = ("county", "is_active")
    search_fields = ("username", "name")
    exclude = ("password",)


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(ReadOnlyAdmin):
    list_display = ("user", "role", "starts_at", "ends_at")
    list_filter = ("role",)
    search_fields = ("user__username",)


@admin.register(Device)
class DeviceAdmin(ReadOnlyAdmin):
    list_display = ("name", "platform", "user", "seen_at", "revoked_at")
    search_fields = ("user__username",)
