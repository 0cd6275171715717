"""Monthly coverage (workflow.md section 1.3): distinct targets validly visited among those in scope, by track and team.

A visit is valid when it was submitted and not cancelled, its crew arrived inside the geofence or gave a reason, all
mandatory items were answered, and it was signed or the refusal noted. The last round received by the cut-off counts.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from backend.core import clock
from backend.inspections.models import VisitRound
from backend.inspections.selectors.statistics import Window, rounds
from backend.registry.models import Target, TargetKind, Team, Track

Ids = set[uuid.UUID]


@dataclass(slots=True)
class Share:
    """Targets in scope, and those of them covered."""

    scope: Ids = field(default_factory=set)
    covered: Ids = field(default_factory=set)

    @property
    def percent(self) -> float | None:
        """0–100; None where nothing is in scope."""
        return 100 * len(self.covered) / len(self.scope) if self.scope else None


@dataclass(slots=True)
class TeamShare:
    team: Team
    share: Share


@dataclass(slots=True)
class Coverage:
    """One month: by track, by team, and what both tracks visited (双督查)."""

    month: str
    tracks: dict[str, Share]
    teams: list[TeamShare]
    both: Share


def coverage(county_id: int, month: str, *, cut_off: dt.datetime | None = None) -> Coverage:
    """Coverage of a month, `YYYY-MM`, as known at `cut_off` (default now)."""
    covered = _covered(rounds(county_id, _window(month, cut_off or clock.now())))
    targets = list(Target.objects.filter(county_id=county_id, is_active=True).exclude(kind=TargetKind.SUSPECTED_SITE))
    tracks = {str(track.value): _share(_in_scope(targets, track), covered[track.value]) for track in Track}
    twice = tracks[Track.DEPARTMENT].scope & tracks[Track.STATION].scope
    both = _share(twice, covered[Track.DEPARTMENT] & covered[Track.STATION])
    return Coverage(month, tracks, _by_team(county_id, targets, covered), both)


def _window(month: str, cut_off: dt.datetime) -> Window:
    first = dt.date.fromisoformat(f"{month}-01")
    after = (first + dt.timedelta(days=32)).replace(day=1)
    return Window(clock.midnight(first), clock.midnight(after), cut_off)


def _covered(rows: Iterable[VisitRound]) -> dict[str, Ids]:
    found: dict[str, Ids] = defaultdict(set)
    for row in rows:
        if row.counts_for_coverage:
            found[row.visit.track].add(row.visit.target_id)
    return found


def _in_scope(targets: Iterable[Target], track: Track) -> Ids:
    """The department track visits everything, the station track the schools of its stations."""
    if track == Track.DEPARTMENT:
        return {target.pk for target in targets}
    return {target.pk for target in targets if target.kind == TargetKind.SCHOOL and target.station_id}


def _share(scope: Ids, covered: Ids) -> Share:
    return Share(scope, covered & scope)


def _by_team(county_id: int, targets: list[Target], covered: dict[str, Ids]) -> list[TeamShare]:
    teams = Team.objects.filter(county_id=county_id).order_by("code")
    return [TeamShare(team, _share(_of_team(targets, team), covered[team.track])) for team in teams]


def _of_team(targets: Iterable[Target], team: Team) -> Ids:
    if team.track == Track.DEPARTMENT:
        return {target.pk for target in targets if target.team_id == team.pk}
    if team.station_id is None:
        return set()
    return {t.pk for t in targets if t.station_id == team.station_id and t.kind == TargetKind.SCHOOL}


def by_day(county_id: int, first: dt.date, last: dt.date, *, cut_off: dt.datetime) -> list[tuple[dt.date, Ids]]:
    """For every day from `first` to `last` the targets covered from `first` to the end of that day, either track."""
    window = Window(clock.midnight(first), clock.midnight(last + dt.timedelta(days=1)), cut_off)
    on: dict[dt.date, Ids] = defaultdict(set)
    for row in rounds(county_id, window):
        if row.counts_for_coverage:
            on[clock.local_date(row.submitted_at)].add(row.visit.target_id)
    so_far: Ids = set()
    days = []
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        so_far = so_far | on[day]
        days.append((day, so_far))
    return days
