"""Bodies and queries of targets."""

from typing import Any

from rest_framework import serializers

from backend.core.fields import FiniteField
from backend.registry.api.serializers import RefOut, code_field, ref
from backend.registry.models import InstitutionClass, Stage, Target, TargetKind
from backend.registry.rules.places import DATUMS
from backend.registry.rules.sheets import MOST_PEOPLE, MOST_YUAN


class TargetsQuery(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=TargetKind.choices, required=False)
    stage = serializers.ChoiceField(choices=Stage.choices, required=False)
    institution_class = serializers.ChoiceField(choices=InstitutionClass.choices, required=False)
    district = serializers.UUIDField(required=False)
    station = serializers.UUIDField(required=False)
    team = serializers.UUIDField(required=False)
    active = serializers.BooleanField(required=False, help_text="Whether in inspection.")
    q = serializers.CharField(max_length=80, required=False, allow_blank=True, help_text="Part of name or code.")


class LocationOut(serializers.Serializer[Any]):
    lng = serializers.FloatField(help_text="Degrees.")
    lat = serializers.FloatField(help_text="Degrees.")
    datum = serializers.ChoiceField(choices=DATUMS)


class UnitTargetOut(serializers.Serializer[Any]):
    """What a unit sees of itself: not who inspects it."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=TargetKind.choices)
    stage = serializers.ChoiceField(choices=Stage.choices, allow_blank=True)
    institution_class = serializers.ChoiceField(choices=InstitutionClass.choices, allow_blank=True)
    category = serializers.CharField(allow_blank=True)
    status = serializers.CharField(allow_blank=True)
    active = serializers.BooleanField()
    district = RefOut(allow_null=True)
    students = serializers.IntegerField(allow_null=True)
    participants = serializers.IntegerField(allow_null=True)
    classes = serializers.IntegerField(allow_null=True)
    address = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)


class TargetOut(UnitTargetOut):
    station = RefOut(allow_null=True)
    team = RefOut(allow_null=True, help_text="Of the department track.")
    directions = serializers.CharField(allow_blank=True, help_text="How a crew gets there; not shown to the unit.")
    grades = serializers.ListField(child=serializers.IntegerField(), help_text="Taught, 1–9.")
    location = LocationOut(allow_null=True)
    unconsumed_prepaid = serializers.IntegerField(allow_null=True, help_text="Yuan.")
    minimum_balance = serializers.IntegerField(allow_null=True, help_text="Yuan.")
    escrow_balance = serializers.IntegerField(allow_null=True, help_text="Yuan.")


def people_field() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=MOST_PEOPLE, allow_null=True, required=False)


def yuan_field() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=MOST_YUAN, allow_null=True, required=False)


class TargetPatch(serializers.Serializer[Any]):
    """What is not named stays as it is."""

    name = serializers.CharField(max_length=120, required=False)
    stage = serializers.ChoiceField(choices=Stage.choices, allow_blank=True, required=False)
    institution_class = serializers.ChoiceField(choices=InstitutionClass.choices, allow_blank=True, required=False)
    category = serializers.CharField(max_length=40, allow_blank=True, required=False)
    status = serializers.CharField(max_length=40, allow_blank=True, required=False)
    district_id = serializers.UUIDField(allow_null=True, required=False)
    station_id = serializers.UUIDField(allow_null=True, required=False)
    team_id = serializers.UUIDField(allow_null=True, required=False)
    students = people_field()
    participants = people_field()
    classes = people_field()
    unconsumed_prepaid = yuan_field()
    minimum_balance = yuan_field()
    escrow_balance = yuan_field()
    longitude = FiniteField(min_value=-180, max_value=180, allow_null=True, required=False)
    latitude = FiniteField(min_value=-90, max_value=90, allow_null=True, required=False)
    datum = serializers.ChoiceField(choices=DATUMS, required=False)
    address = serializers.CharField(max_length=200, allow_blank=True, required=False)
    phone = serializers.CharField(max_length=20, allow_blank=True, required=False)
    directions = serializers.CharField(max_length=500, allow_blank=True, required=False)


class TargetIn(TargetPatch):
    code = code_field()
    name = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(choices=TargetKind.choices)


class CloseIn(serializers.Serializer[Any]):
    status = serializers.CharField(max_length=40, help_text="Why, for example 已停办.")


class ReopenIn(serializers.Serializer[Any]):
    status = serializers.CharField(max_length=40, allow_blank=True, default="")


def unit_target(row: Target) -> dict[str, Any]:
    return {
        "id": row.pk,
        "code": row.code,
        "name": row.name,
        "kind": row.kind,
        "stage": row.stage,
        "institution_class": row.institution_class,
        "category": row.category,
        "status": row.status,
        "active": row.is_active,
        "district": ref(row.district),
        "students": row.students,
        "participants": row.participants,
        "classes": row.classes,
        "address": row.address,
        "phone": row.phone,
    }


def target(row: Target) -> dict[str, Any]:
    return unit_target(row) | {
        "station": ref(row.station),
        "team": ref(row.team),
        "directions": row.directions,
        "grades": row.grades,
        "location": row.location,
        "unconsumed_prepaid": row.unconsumed_prepaid,
        "minimum_balance": row.minimum_balance,
        "escrow_balance": row.escrow_balance,
    }
