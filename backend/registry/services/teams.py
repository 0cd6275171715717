"""Keeping the teams of both tracks."""

import datetime as dt
import uuid
from typing import TypedDict, Unpack

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid
from backend.journal.writing import Change, write
from backend.registry.models import BEGINNING, AreaStation, Department, Membership, Target, TargetKind, Team, Track
from backend.registry.services.authority import found, locked, only_office, unique_code
from backend.registry.services.memberships import end_now
from backend.registry.services.responsibility import follow


class TeamFields(TypedDict, total=False):
    """What can be changed of a team."""

    name: str
    department_id: uuid.UUID | None
    station_id: uuid.UUID | None


def create_team(*, actor: Actor, code: str, track: str, **fields: Unpack[TeamFields]) -> Team:
    """A new team of the county.

    Raises `Forbidden`, `NotFound`, `Conflict(code_taken)`, `Invalid(track_mismatch)`: a department's team belongs to
    a department, a station's crew to a station, so that the two tracks stay independent.
    """
    only_office(actor)
    with unique_code(code), write(actor=actor) as change:
        team = Team(county_id=actor.county_id, code=code, track=track)
        _apply(team, actor, fields)
        team.save()
        change.log("team.created", team, code=code, name=team.name, track=track)
        _tell_schools(change, team.station_id, since=BEGINNING)
    return team


def update_team(*, actor: Actor, team_id: uuid.UUID, **fields: Unpack[TeamFields]) -> Team:
    """Another name, department or station. Raises `NotFound`, `Invalid(track_mismatch)`."""
    only_office(actor)
    with write(actor=actor) as change:
        team = locked(Team, actor, team_id)
        before = team.station_id
        changed = _apply(team, actor, fields)
        if changed:
            team.save()
            change.log("team.changed", team, fields=changed)
        if "station" in changed:
            _tell_schools(change, before, team.station_id)
    return team


def close_team(*, actor: Actor, team_id: uuid.UUID) -> Team:
    """End a team: its memberships and its scope end now. Raises `NotFound`, `Conflict(in_use)` while it has targets."""
    only_office(actor)
    with write(actor=actor) as change:
        team = locked(Team, actor, team_id)
        if team.closed_at is None:
            if Target.objects.filter(team=team, is_active=True).exists():
                raise Conflict("in_use", f"“{team.name}”仍有负责的检查对象，不能撤销。")
            team.closed_at = clock.now()
            team.save(update_fields=["closed_at"])
            end_now(Membership.objects.filter(team=team))
            change.end_scope(team.scope)
            change.log("team.closed", team)
            _tell_schools(change, team.station_id)
    return team


def _tell_schools(change: Change, *station_ids: uuid.UUID | None, since: dt.date | None = None) -> None:
    """Crews of these stations came or went: their schools follow."""
    wanted = [pk for pk in station_ids if pk is not None]
    schools = Target.objects.select_for_update().filter(station__in=wanted, kind=TargetKind.SCHOOL).order_by("pk")
    follow(change, schools if wanted else [], since=since)


def _apply(team: Team, actor: Actor, fields: TeamFields) -> list[str]:
    before = (team.name, team.department_id, team.station_id)
    team.name = fields.get("name", team.name)
    if "department_id" in fields:
        team.department = found(Department, actor, fields["department_id"])
    if "station_id" in fields:
        team.station = found(AreaStation, actor, fields["station_id"])
    foreign = team.station_id if team.track == Track.DEPARTMENT else team.department_id
    if foreign is not None or (team.track == Track.STATION and team.station_id is None):
        raise Invalid("track_mismatch", "科室轨道的督查组只能隶属科室，督导站轨道的督查组必须隶属督导站。")
    after = (team.name, team.department_id, team.station_id)
    return [name for name, old, new in zip(("name", "department", "station"), before, after, strict=True) if old != new]
