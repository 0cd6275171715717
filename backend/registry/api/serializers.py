"""Bodies and queries of districts, stations, departments, teams and imports."""

from typing import Any

from rest_framework import serializers

from backend.core.fields import InstantField
from backend.registry.models import Headship, Membership, Place, SchoolDistrict, Team, Track
from backend.registry.models.target import TargetContact
from backend.registry.rules.places import CODE
from backend.registry.rules.sheets import SHEETS


def code_field() -> serializers.RegexField:
    return serializers.RegexField(rf"^{CODE.pattern}\Z", help_text="Unique in the county; imports find by it.")


class RefOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class PlaceOut(RefOut):
    code = serializers.CharField()
    closed_at = serializers.DateTimeField(allow_null=True)


class DistrictOut(PlaceOut):
    station = RefOut(allow_null=True, help_text="The area station that watches over it.")


class PlaceIn(serializers.Serializer[Any]):
    code = code_field()
    name = serializers.CharField(max_length=80)


class DistrictIn(PlaceIn):
    station_id = serializers.UUIDField(allow_null=True, default=None)


class PlacePatch(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80)


class DistrictPatch(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80, required=False)
    station_id = serializers.UUIDField(allow_null=True, required=False)


class PlacesQuery(serializers.Serializer[Any]):
    q = serializers.CharField(max_length=80, required=False, allow_blank=True, help_text="Part of name or code.")
    open = serializers.BooleanField(required=False, help_text="true: without closed ones; false: only those.")


class TeamsQuery(PlacesQuery):
    track = serializers.ChoiceField(choices=Track.choices, required=False)


class MemberOut(serializers.Serializer[Any]):
    membership = serializers.IntegerField()
    user = serializers.IntegerField()
    name = serializers.CharField()
    is_leader = serializers.BooleanField()
    card_number = serializers.CharField(allow_blank=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)


class TeamOut(PlaceOut):
    track = serializers.ChoiceField(choices=Track.choices)
    department = RefOut(allow_null=True)
    station = RefOut(allow_null=True)
    members = MemberOut(many=True, help_text="Those of today, leader first.")


class TeamIn(PlaceIn):
    track = serializers.ChoiceField(choices=Track.choices)
    department_id = serializers.UUIDField(allow_null=True, default=None)
    station_id = serializers.UUIDField(allow_null=True, default=None)


class TeamPatch(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80, required=False)
    department_id = serializers.UUIDField(allow_null=True, required=False)
    station_id = serializers.UUIDField(allow_null=True, required=False)


class TermIn(serializers.Serializer[Any]):
    user_id = serializers.IntegerField(min_value=1, max_value=2**53)
    starts_at = InstantField(allow_null=True, default=None, help_text="Default: now.")
    ends_at = InstantField(allow_null=True, default=None, help_text="Default: open.")


class MemberIn(TermIn):
    is_leader = serializers.BooleanField(default=False)
    card_number = serializers.CharField(max_length=40, allow_blank=True, default="")


class LeaderIn(serializers.Serializer[Any]):
    user_id = serializers.IntegerField(min_value=1, max_value=2**53, help_text="A member of the team.")


class HeadIn(serializers.Serializer[Any]):
    user_id = serializers.IntegerField(
        min_value=1, max_value=2**53, help_text="Somebody with the role department_head."
    )


class HeadOut(serializers.Serializer[Any]):
    user = serializers.IntegerField(allow_null=True, help_text="null: nobody.")
    name = serializers.CharField(allow_blank=True)
    starts_at = serializers.DateTimeField(allow_null=True)


class EndIn(serializers.Serializer[Any]):
    at = InstantField(allow_null=True, default=None, help_text="Default: now.")


class ContactIn(TermIn):
    post = serializers.CharField(max_length=40, allow_blank=True, default="")


class ContactOut(serializers.Serializer[Any]):
    contact = serializers.IntegerField()
    user = serializers.IntegerField()
    name = serializers.CharField()
    phone = serializers.CharField(allow_blank=True)
    post = serializers.CharField(allow_blank=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)


class ContactsOut(serializers.Serializer[Any]):
    items = ContactOut(many=True)


class ImportQuery(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=sorted(SHEETS))
    dry_run = serializers.BooleanField(default=False, help_text="Only check the file.")


class CsvFileIn(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="CSV in UTF-8 (with or without BOM) or GBK, at most 4 MB and 10,000 rows.")


class FaultOut(serializers.Serializer[Any]):
    row = serializers.IntegerField(help_text="As in the spreadsheet; the header is row 1.")
    column = serializers.CharField(allow_blank=True, help_text="Name in the header; empty for the whole row.")
    reason = serializers.CharField(help_text="In Chinese.")


class ImportOut(serializers.Serializer[Any]):
    """With any error nothing is written, and all three counts are 0."""

    rows = serializers.IntegerField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    errors = FaultOut(many=True)  # type: ignore[assignment]  # the metaclass takes fields out of the class


def place(row: Place) -> dict[str, Any]:
    return {"id": row.pk, "name": row.name, "code": row.code, "closed_at": row.closed_at}


def district(row: SchoolDistrict) -> dict[str, Any]:
    return place(row) | {"station": ref(row.station)}


def ref(row: Place | Team | None) -> dict[str, Any] | None:
    return {"id": row.pk, "name": row.name} if row else None


def team(row: Team) -> dict[str, Any]:
    """`row` as from `selectors.teams.with_members`."""
    return {
        "id": row.pk,
        "name": row.name,
        "code": row.code,
        "closed_at": row.closed_at,
        "track": row.track,
        "department": ref(row.department),
        "station": ref(row.station),
        "members": [member(each) for each in row.memberships.all()],
    }


def head(row: Headship | None) -> dict[str, Any]:
    if row is None:
        return {"user": None, "name": "", "starts_at": None}
    return {"user": row.user_id, "name": row.user.name, "starts_at": row.starts_at}


def member(row: Membership) -> dict[str, Any]:
    return {
        "membership": row.pk,
        "user": row.user_id,
        "name": row.user.name,
        "is_leader": row.is_leader,
        "card_number": row.card_number,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
    }


def contact(row: TargetContact) -> dict[str, Any]:
    return {
        "contact": row.pk,
        "user": row.user_id,
        "name": row.user.name,
        "phone": row.user.phone,
        "post": row.post,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
    }
