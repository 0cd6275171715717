"""Keeping which team is in charge of which target, from which day to which.

The dated terms are the record. `Target.team` and `Target.station` say who is in charge today: they follow a term that
begins (here, or by the duty on its day), and terms follow them where a list or a form sets them (`follow`).
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid
from backend.journal.writing import Change, write
from backend.registry.models import Target, TargetKind, Team, TeamInCharge, Track
from backend.registry.selectors import responsibility as selectors
from backend.registry.services.authority import found, locked, only_office

Key = tuple[uuid.UUID, str]


@dataclass(frozen=True, slots=True)
class NewTerm:
    """`team_id` is in charge of `target_id` from `starts_on` (None: today) on; its track says on which track."""

    target_id: uuid.UUID
    team_id: uuid.UUID
    starts_on: dt.date | None = None
    reason: str = ""


def assign(*, actor: Actor, term: NewTerm) -> TeamInCharge:
    """Another team takes a target over; the term that stands then ends with that day.

    Raises `Forbidden`, `NotFound`, `Invalid` with `reason_missing`, `backdated` (before this month: its coverage is
    told already) or `track_mismatch` (stations visit schools only), `Conflict` with `team_closed`, `target_closed` or
    `responsibility_overlaps` (another term begins on that day or later: end it first).
    """
    only_office(actor)
    with write(actor=actor) as change:
        target, team = locked(Target, actor, term.target_id), found(Team, actor, term.team_id)
        assert team is not None
        day = term.starts_on or clock.today()
        _check(target, team, day, term.reason)
        standing = _making_room(change, target, team, day)
        if standing is not None:
            return standing
        row = _begin(change, target, team, day, reason=term.reason)
        _stand(change, target, team.track)
    return row


def end(*, actor: Actor, term_id: int, ends_on: dt.date | None = None, reason: str) -> TeamInCharge:
    """A term ends on `ends_on` (default today), the first day without it; one that had not begun by then is taken back.

    Raises `Forbidden`, `NotFound`, `Invalid` with `reason_missing` or `backdated`, `Conflict(responsibility_ended)`.
    """
    only_office(actor)
    with write(actor=actor) as change:
        target = locked(Target, actor, selectors.term(actor.county_id, term_id).target_id)
        row, day = selectors.term(actor.county_id, term_id), ends_on or clock.today()
        _check_day(day, reason)
        if row.ends_on is not None and row.ends_on <= day:
            raise Conflict("responsibility_ended", "该任期在此之前已经结束。")
        _end(change, target, row, day, reason)
        _stand(change, target, row.track)
    return row


def follow(change: Change, targets: Iterable[Target], *, since: dt.date | None = None) -> None:
    """Inside the caller's `write()`: from `since` (default today) the terms say what stands on the targets.

    A school belongs to its department's team and to the crew of its station, an institution to its department's team,
    what is closed to nobody. A crew of the right station that was assigned before stays.
    """
    rows, day = list(targets), since or clock.today()
    if not rows:
        return
    standing, crews = _standing([row.pk for row in rows]), _crews(rows[0].county_id)
    begun: list[TeamInCharge] = []
    for target in rows:
        for track, wanted in _wanted(target, crews).items():
            begun += _follow_one(change, target, track, wanted, standing[target.pk, track], day)
    TeamInCharge.objects.bulk_create(begun, batch_size=500)


def turn_over(*, actor: Actor) -> int:
    """Let the targets say who is in charge today, where the day of a term has come; how many changed."""
    with write(actor=actor) as change:
        return sum(_stand(change, locked(Target, actor, pk), track) for pk, track in selectors.due(actor.county_id))


def _check(target: Target, team: Team, day: dt.date, reason: str) -> None:
    _check_day(day, reason)
    if team.closed_at is not None:
        raise Conflict("team_closed", f"“{team.name}”已撤销。")
    if not target.is_active:
        raise Conflict("target_closed", f"“{target.name}”已不在检查范围内。")
    if team.track == Track.STATION and target.kind != TargetKind.SCHOOL:
        raise Invalid("track_mismatch", "督导站只负责学校，培训机构由科室轨道的督查组负责。")


def _check_day(day: dt.date, reason: str) -> None:
    if not reason.strip():
        raise Invalid("reason_missing", "调整负责督查组须写明理由。", path="reason", msg="调整负责督查组须写明理由。")
    if day < clock.today().replace(day=1):
        raise Invalid("backdated", "不能追溯到本月以前：以往月份的覆盖情况已经统计。")


def _making_room(change: Change, target: Target, team: Team, day: dt.date) -> TeamInCharge | None:
    """End what stands on `day`. The term itself, if it is this team's already."""
    rows = TeamInCharge.objects.filter(target=target, track=team.track).select_related("team")
    for row in rows.order_by("starts_on"):
        if row.ends_on is not None and row.ends_on <= day:
            continue
        if row.team_id == team.pk and row.starts_on <= day:
            return row
        if row.starts_on >= day:
            text = f"“{row.team.name}”自{row.starts_on:%Y年%m月%d日}起负责“{target.name}”，任期不能重叠，请先结束它。"
            raise Conflict("responsibility_overlaps", text)
        _end(change, target, row, day, "")
    return None


def _begin(change: Change, target: Target, team: Team, day: dt.date, *, reason: str) -> TeamInCharge:
    row = TeamInCharge.objects.create(target=target, team=team, track=team.track, starts_on=day, reason=reason)
    change.log("target.team_assigned", target, team=team.code, track=team.track, since=day.isoformat(), reason=reason)
    return row


def _end(change: Change, target: Target, row: TeamInCharge, day: dt.date, reason: str) -> None:
    """One that would hold on no day at all is taken away; the audit trail keeps that it was there."""
    if row.starts_on >= day:
        row.delete()
        change.log("target.team_withdrawn", target, team=str(row.team_id), track=row.track, reason=reason)
        return
    row.ends_on, row.reason = day, reason or row.reason
    row.save(update_fields=["ends_on", "reason"])
    change.log("target.team_ended", target, team=str(row.team_id), track=row.track, on=day.isoformat(), reason=reason)


def _stand(change: Change, target: Target, track: str) -> bool:
    """What stands on the target is who is in charge of it today; whether that changed."""
    team_id = selectors.in_charge(target.pk, track)
    if track == Track.DEPARTMENT:
        changed, target.team_id = target.team_id != team_id, team_id
        target.save(update_fields=["team"])
        return changed
    team = Team.objects.get(pk=team_id) if team_id else None
    if team is None or team.station_id in (None, target.station_id):
        return False
    target.station_id = team.station_id
    target.save(update_fields=["station"])
    return True


def _crews(county_id: int) -> dict[uuid.UUID, list[uuid.UUID]]:
    """By station its open crews, in the order of their codes."""
    found: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    rows = Team.objects.filter(county_id=county_id, track=Track.STATION, closed_at=None, station__isnull=False)
    for station, team in rows.order_by("code").values_list("station_id", "pk"):
        found[station].append(team)
    return found


def _wanted(target: Target, crews: dict[uuid.UUID, list[uuid.UUID]]) -> dict[str, list[uuid.UUID]]:
    """By track the teams that fit what stands on the target, the likeliest first."""
    if not target.is_active or target.kind == TargetKind.SUSPECTED_SITE:
        return {Track.DEPARTMENT: [], Track.STATION: []}
    of_station = crews.get(target.station_id, []) if target.station_id and target.kind == TargetKind.SCHOOL else []
    return {Track.DEPARTMENT: [target.team_id] if target.team_id else [], Track.STATION: of_station}


def _standing(target_ids: list[uuid.UUID]) -> dict[Key, list[TeamInCharge]]:
    found: dict[Key, list[TeamInCharge]] = defaultdict(list)
    for row in TeamInCharge.objects.filter(target__in=target_ids).order_by("starts_on"):
        found[row.target_id, row.track].append(row)
    return found


def _follow_one(
    change: Change, target: Target, track: str, wanted: list[uuid.UUID], rows: list[TeamInCharge], day: dt.date
) -> list[TeamInCharge]:
    """End what no longer fits; the term that begins, if one does. Coming terms stay unless nobody is wanted."""
    later = None
    for row in rows:
        if row.ends_on is not None and row.ends_on <= day:
            continue
        if row.starts_on > day and wanted:
            later = later or row
        elif row.team_id in wanted:
            return []
        else:
            _end(change, target, row, day, "")
    if not wanted:
        return []
    if rows:
        change.log("target.team_assigned", target, team=str(wanted[0]), track=track, since=day.isoformat())
    ends_on = later.starts_on if later else None
    return [TeamInCharge(target=target, team_id=wanted[0], track=track, starts_on=day, ends_on=ends_on)]
