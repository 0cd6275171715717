"""Keeping schools and institutions; suspected sites are reported from the field (`inspections`)."""

import uuid
from typing import Any, TypedDict, Unpack

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Invalid
from backend.journal.writing import write
from backend.registry.models import BEGINNING, AreaStation, SchoolDistrict, Target, TargetKind, Team, Track
from backend.registry.rules.places import in_china
from backend.registry.services.authority import found, locked, only_office, unique_code
from backend.registry.services.responsibility import follow


class TargetFields(TypedDict, total=False):
    """What can be said of a target. Counts in persons, classes; money in whole yuan; coordinates in degrees."""

    name: str
    stage: str
    institution_class: str
    category: str
    status: str
    district_id: uuid.UUID | None
    station_id: uuid.UUID | None
    team_id: uuid.UUID | None
    students: int | None
    participants: int | None
    classes: int | None
    unconsumed_prepaid: int | None
    minimum_balance: int | None
    escrow_balance: int | None
    longitude: float | None
    latitude: float | None
    datum: str
    address: str
    directions: str
    phone: str


LINKS = {"district_id": SchoolDistrict, "station_id": AreaStation, "team_id": Team}
IN_CHARGE = {"team_id", "station_id"}
"""What says who is in charge of a target."""


def create_target(*, actor: Actor, kind: str, code: str, **fields: Unpack[TargetFields]) -> Target:
    """A new school or institution of the county; its card goes to the phones.

    Raises `Forbidden`, `NotFound` (district, station, team), `Conflict(code_taken)`, `Invalid` (see `check_target`).
    """
    only_office(actor)
    with unique_code(code), write(actor=actor) as change:
        target = Target(county_id=actor.county_id, kind=kind, code=code)
        _apply(target, actor, fields)
        check_target(target)
        target.save()
        change.put(target)
        change.log("target.created", target, code=code, name=target.name)
        follow(change, [target], since=BEGINNING)
    return target


def update_target(*, actor: Actor, target_id: uuid.UUID, **fields: Unpack[TargetFields]) -> Target:
    """Change what is said of a target. Raises `NotFound`, `Invalid`."""
    only_office(actor)
    with write(actor=actor) as change:
        target = locked(Target, actor, target_id)
        changed = _apply(target, actor, fields)
        if changed:
            check_target(target)
            target.save()
            change.put(target)
            change.log("target.changed", target, fields=changed)
        if not IN_CHARGE.isdisjoint(changed):
            follow(change, [target])
    return target


def close_target(*, actor: Actor, target_id: uuid.UUID, status: str) -> Target:
    """Take a target out of inspection, `status` saying why (已停办, 已关停 …). Its people keep their open notices."""
    return _switch(actor, target_id, status, is_active=False)


def reopen_target(*, actor: Actor, target_id: uuid.UUID, status: str = "") -> Target:
    """Take a closed target into inspection again."""
    return _switch(actor, target_id, status, is_active=True)


def check_target(target: Target) -> None:
    """Raises `Invalid` with `kind` (stage and class must fit the kind), `coordinates`, `track_mismatch`."""
    fits = {
        TargetKind.SCHOOL: bool(target.stage) and not target.institution_class,
        TargetKind.INSTITUTION: bool(target.institution_class) and not target.stage,
        TargetKind.SUSPECTED_SITE: not target.stage and not target.institution_class,
    }
    if not fits.get(TargetKind(target.kind), False):
        raise Invalid("kind", "学校须填学段，培训机构须填机构类别，且不能混填。")
    if (target.longitude is None) != (target.latitude is None):
        raise Invalid("coordinates", "经度和纬度须同时填写。")
    if target.longitude is not None and target.latitude is not None and not in_china(target.longitude, target.latitude):
        raise Invalid("coordinates", "坐标不在中国境内，请检查经度和纬度是否颠倒。")
    if target.team is not None and target.team.track != Track.DEPARTMENT:
        raise Invalid("track_mismatch", "检查对象只能由科室轨道的督查组负责；督导站由所属片区确定。")


def _switch(actor: Actor, target_id: uuid.UUID, status: str, *, is_active: bool) -> Target:
    only_office(actor)
    with write(actor=actor) as change:
        target = locked(Target, actor, target_id)
        if target.is_active != is_active:
            target.is_active, target.status = is_active, status
            target.closed_on = None if is_active else clock.today()
            target.save(update_fields=["is_active", "status", "closed_on"])
            change.put(target)
            change.log("target.reopened" if is_active else "target.closed", target, status=status)
            follow(change, [target])
    return target


def _apply(target: Target, actor: Actor, fields: TargetFields) -> list[str]:
    """Set what differs; the names of what did."""
    wanted: dict[str, Any] = dict(fields)
    changed = [name for name, value in wanted.items() if getattr(target, name) != value]
    for name in changed:
        if name in LINKS:
            setattr(target, name.removesuffix("_id"), found(LINKS[name], actor, wanted[name]))
        else:
            setattr(target, name, wanted[name])
    return changed
