"""For what of a plan there are not people enough as things stand: the rule, and the targets by name.

By the same rules as before a draw (`rules.draw_limits`), over what each track is still to visit on the working days
that are left. It warns; the draw, the assignment and the release are where it is refused.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from backend.core import clock
from backend.core.errors import Conflict
from backend.inspections.models import InspectionPlan
from backend.inspections.rules.draw_limits import obstacles
from backend.inspections.rules.drawing import Impossible
from backend.inspections.rules.planning import working_days
from backend.inspections.selectors.draw_libraries import Assembled, Wanted, assemble, taken
from backend.inspections.selectors.plan_lines import Line
from backend.inspections.services.draw_requests import MOST_DAYS
from backend.inspections.services.draw_wording import worded
from backend.registry.models import Target, Team

MOST_NAMED = 200
"""So many targets of a rule are kept by name; `count` says how many there are."""


def of(plan: InspectionPlan, lines: Sequence[Line]) -> list[dict[str, Any]]:
    """`[{track, rule, text, count, targets [{id, name}]}]`, empty where every line could be visited."""
    days = _days(plan)
    return [one for track in plan.tracks for one in _of_track(plan, track, days, lines)]


def _of_track(
    plan: InspectionPlan, track: str, days: Sequence[dt.date], lines: Sequence[Line]
) -> Iterator[dict[str, Any]]:
    gone = taken(plan.county_id, plan.month, track)
    targets = [line.target for line in lines if line.track == track and line.target.pk not in gone]
    found, identities = _found(plan.county_id, Wanted(month=plan.month, track=track, days=days), targets)
    for told in worded(found, identities):
        named = told["targets"]
        yield {**told, "track": track, "count": len(named), "targets": named[:MOST_NAMED]}


def _found(
    county_id: int, wanted: Wanted, targets: Sequence[Target]
) -> tuple[list[Impossible], dict[str, dict[str, Any]]]:
    """What stands in the way, and whose the pseudonyms in it are."""
    if not targets:
        return [], {}
    try:
        known: Assembled = assemble(county_id, wanted, targets)
    except Conflict:
        named = {str(target.pk): str(target.pk) for target in targets}
        return [Impossible("no_days" if _has_teams(county_id, wanted) else "no_teams", list(named))], {"targets": named}
    return obstacles(known.lists), known.identities


def _has_teams(county_id: int, wanted: Wanted) -> bool:
    return Team.objects.filter(county_id=county_id, track=wanted.track, closed_at__isnull=True).exists()


def _days(plan: InspectionPlan) -> list[dt.date]:
    """The working days of the plan that are left after today."""
    off, on = ([dt.date.fromisoformat(day) for day in days] for days in (plan.holidays, plan.working_weekends))
    first = max(plan.starts_on, clock.today() + dt.timedelta(days=1))
    return working_days(first, plan.ends_on, off, on)[:MOST_DAYS]
