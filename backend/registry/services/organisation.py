"""Keeping districts, stations and departments."""

import uuid
from typing import TypedDict, TypeVar, Unpack

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict
from backend.journal.writing import Change, write
from backend.registry.models import AreaStation, Department, Place, SchoolDistrict, Target, Team
from backend.registry.services.authority import found, locked, only_office, unique_code
from backend.registry.services.headships import end_of

P = TypeVar("P", bound=Place)


def create(model: type[P], *, actor: Actor, code: str, name: str) -> P:
    """A new district, station or department of the county.

    Raises `Forbidden`, `Conflict(code_taken)`, `Conflict(name_taken)`: imports find places by their names.
    """
    only_office(actor)
    with unique_code(code), write(actor=actor) as change:
        _check_name(model, actor, name)
        row = model(county_id=actor.county_id, code=code, name=name)
        row.save()
        change.log(f"{model.journal_kind}.created", row, code=code, name=name)
    return row


def create_district(*, actor: Actor, code: str, name: str, station_id: uuid.UUID | None = None) -> SchoolDistrict:
    """A new district, watched over by a station. Raises like `create`, and `NotFound` (station)."""
    with write(actor=actor):
        row = create(SchoolDistrict, actor=actor, code=code, name=name)
        return assign_station(actor=actor, district_id=row.pk, station_id=station_id)


class DistrictFields(TypedDict, total=False):
    """What can be changed of a district."""

    name: str
    station_id: uuid.UUID | None


def change_district(*, actor: Actor, place_id: uuid.UUID, **fields: Unpack[DistrictFields]) -> SchoolDistrict:
    """Another name, another station, or both. Raises `NotFound`, `Conflict(name_taken)`."""
    only_office(actor)
    with write(actor=actor):
        row = locked(SchoolDistrict, actor, place_id)
        if "name" in fields:
            row = rename(SchoolDistrict, actor=actor, place_id=place_id, name=fields["name"])
        if "station_id" in fields:
            row = assign_station(actor=actor, district_id=place_id, station_id=fields["station_id"])
    return row


def rename(model: type[P], *, actor: Actor, place_id: uuid.UUID, name: str) -> P:
    """Another name; the cards of a renamed district's targets follow. Raises `NotFound`, `Conflict(name_taken)`."""
    only_office(actor)
    with write(actor=actor) as change:
        row = locked(model, actor, place_id)
        before, row.name = row.name, name
        if before != name:
            _check_name(model, actor, name)
            row.save(update_fields=["name"])
            change.log(f"{model.journal_kind}.renamed", row, before=before, after=name)
            _put_cards(change, row)
    return row


def assign_station(*, actor: Actor, district_id: uuid.UUID, station_id: uuid.UUID | None) -> SchoolDistrict:
    """Which station watches over a district. Raises `NotFound`."""
    only_office(actor)
    with write(actor=actor) as change:
        row = locked(SchoolDistrict, actor, district_id)
        station = found(AreaStation, actor, station_id)
        if row.station_id != station_id:
            row.station = station
            row.save(update_fields=["station"])
            change.log("school_district.station_assigned", row, station=station.name if station else "")
    return row


def close(model: type[P], *, actor: Actor, place_id: uuid.UUID) -> P:
    """No longer in use, but kept for history; repeating it does no harm.

    Raises `NotFound`, `Conflict(in_use)` while active targets or open teams belong to it.
    """
    only_office(actor)
    with write(actor=actor) as change:
        row = locked(model, actor, place_id)
        if row.closed_at is None:
            if _in_use(row):
                raise Conflict("in_use", f"“{row.name}”仍有在用的检查对象、学区或督查组，不能停用。")
            row.closed_at = clock.now()
            row.save(update_fields=["closed_at"])
            if isinstance(row, Department):
                end_of(change, row)
            change.log(f"{model.journal_kind}.closed", row)
    return row


def _check_name(model: type[P], actor: Actor, name: str) -> None:
    if model._default_manager.filter(county_id=actor.county_id, name=name, closed_at__isnull=True).exists():
        raise Conflict("name_taken", f"名称“{name}”已被使用。")


def _in_use(row: Place) -> bool:
    active = Target.objects.filter(is_active=True)
    open_teams = Team.objects.filter(closed_at__isnull=True)
    match row:
        case SchoolDistrict():
            return active.filter(district=row).exists()
        case AreaStation():
            open_districts = row.districts.filter(closed_at__isnull=True)
            return (
                active.filter(station=row).exists()
                or open_teams.filter(station=row).exists()
                or open_districts.exists()
            )
        case Department():
            return open_teams.filter(department=row).exists()
    raise TypeError(type(row))


def _put_cards(change: Change, row: Place) -> None:
    if isinstance(row, SchoolDistrict):
        for target in Target.objects.filter(district=row).select_related("district"):
            change.put(target)
