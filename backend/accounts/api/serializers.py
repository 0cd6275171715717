"""Bodies of the account endpoints."""

from typing import Any

from rest_framework import serializers

from backend.accounts.models import Device, User
from backend.accounts.roles import Role


class DeviceIn(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="UUID that the device made for itself and keeps.")
    name = serializers.CharField(max_length=80, allow_blank=True, default="")
    platform = serializers.CharField(max_length=40, allow_blank=True, default="")


class LoginIn(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=40)
    password = serializers.CharField(max_length=128, trim_whitespace=False)
    code = serializers.CharField(
        max_length=20,
        required=False,
        default="",
        allow_blank=True,
        help_text="Of people with a second step (RFC 6238).",
    )
    device = DeviceIn()


class PersonOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    username = serializers.CharField()
    name = serializers.CharField()
    county = serializers.IntegerField()
    county_name = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))


class TokensOut(serializers.Serializer[Any]):
    access = serializers.CharField(help_text="Bearer token, 10 minutes.")
    refresh = serializers.CharField(help_text="Good until the token that replaces it has been used once.")


class LoginOut(TokensOut):
    user = PersonOut()
    device = serializers.UUIDField()


class RefreshIn(serializers.Serializer[Any]):
    refresh = serializers.CharField(max_length=200)


class StartIn(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=40)
    code = serializers.CharField(max_length=20)
    password = serializers.CharField(max_length=128, trim_whitespace=False)


class PasswordIn(serializers.Serializer[Any]):
    old = serializers.CharField(max_length=128, trim_whitespace=False)
    new = serializers.CharField(max_length=128, trim_whitespace=False)


class UserIn(serializers.Serializer[Any]):
    username = serializers.RegexField(r"^[A-Za-z0-9_.-]{3,40}$")
    name = serializers.CharField(max_length=40)
    phone = serializers.CharField(max_length=20, allow_blank=True, default="")
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices), allow_empty=False)


class RolesIn(serializers.Serializer[Any]):
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices), allow_empty=False)


class UserOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    username = serializers.CharField()
    name = serializers.CharField()
    phone = serializers.CharField(allow_blank=True)
    active = serializers.BooleanField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))


class NewUserOut(UserOut):
    start_code = serializers.CharField(help_text="One-time code, 7 days; shown once.")


class StartCodeOut(serializers.Serializer[Any]):
    start_code = serializers.CharField(help_text="One-time code, 7 days; shown once.")


class DeviceOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    user = serializers.IntegerField()
    user_name = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    platform = serializers.CharField(allow_blank=True)
    seen_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)


def person(user: User, roles: frozenset[str]) -> dict[str, Any]:
    county = user.county
    return {
        "id": user.pk,
        "username": user.username,
        "name": user.name,
        "county": user.county_id,
        "county_name": county.name if county else "",
        "roles": sorted(roles),
    }


def account(user: User, roles: frozenset[str]) -> dict[str, Any]:
    return {
        "id": user.pk,
        "username": user.username,
        "name": user.name,
        "phone": user.phone,
        "active": user.is_active,
        "roles": sorted(roles),
    }


def device(row: Device) -> dict[str, Any]:
    return {
        "id": row.pk,
        "user": row.user_id,
        "user_name": row.user.name,
        "name": row.name,
        "platform": row.platform,
        "seen_at": row.seen_at,
        "revoked_at": row.revoked_at,
    }
