"""What is known of targets that makes a draw of them likelier (`rules.draw_weights`).

Rooms above say what only they know: `counter` registers a part of the weight with who counts it.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable, Iterable

from django.db.models import Count

from backend.core import clock
from backend.inspections.models import Assignment, AssignmentState, Finding, FindingState, SeverityLevel, Visit
from backend.inspections.models.assignment import VisitKind
from backend.inspections.rules.draw_weights import TIP_DAYS, Standing

Counts = dict[uuid.UUID, int]
Teller = Callable[[int, dt.date], Counts]
"""Counts by target of one county as of a day."""

SETTLED = (FindingState.CLOSED, FindingState.WITHDRAWN, FindingState.REFERRED)

_tellers: dict[str, list[Teller]] = {}


def counter(part: str, teller: Teller) -> None:
    """`teller` counts for `part` (`overdue` or `tip`) what this room does not know. A second time changes nothing."""
    if teller not in _tellers.setdefault(part, []):
        _tellers[part].append(teller)


def standings(county_id: int, targets: Iterable[uuid.UUID], day: dt.date) -> dict[uuid.UUID, Standing]:
    """The standing of each of `targets` on `day`."""
    overdue, tips = _told("overdue", county_id, day), _told("tip", county_id, day) + _tip_checks(county_id, day)
    vetoes, visited = _open_vetoes(county_id), _visited_since(county_id, term_begins(day))
    return {
        target: Standing(overdue=overdue[target], veto=vetoes[target], tip=tips[target], visited=target in visited)
        for target in targets
    }


def term_begins(day: dt.date) -> dt.date:
    """The first day of the school term of `day`: 1 September, or 1 February (product default)."""
    if day.month >= 9:
        return dt.date(day.year, 9, 1)
    return dt.date(day.year, 2, 1) if day.month >= 2 else dt.date(day.year - 1, 9, 1)


def _told(part: str, county_id: int, day: dt.date) -> Counter[uuid.UUID]:
    found: Counter[uuid.UUID] = Counter()
    for teller in _tellers.get(part, ()):
        found.update(teller(county_id, day))
    return found


def _tip_checks(county_id: int, day: dt.date) -> Counter[uuid.UUID]:
    """Checks that tips led to, planned in the last 30 days."""
    since = clock.midnight(day - dt.timedelta(days=TIP_DAYS))
    rows = Assignment.objects.filter(county_id=county_id, kind=VisitKind.TIP_CHECK, created_at__gte=since)
    return _by_target(rows.exclude(state=AssignmentState.CANCELLED).values_list("target").annotate(n=Count("pk")))


def _open_vetoes(county_id: int) -> Counter[uuid.UUID]:
    rows = Finding.objects.filter(county_id=county_id, severity=SeverityLevel.VETO).exclude(state__in=SETTLED)
    return _by_target(rows.values_list("target").annotate(n=Count("pk")))


def _by_target(rows: Iterable[tuple[uuid.UUID, int]]) -> Counter[uuid.UUID]:
    return Counter(dict(rows))


def _visited_since(county_id: int, day: dt.date) -> set[uuid.UUID]:
    rows = Visit.objects.filter(county_id=county_id, submitted_at__gte=clock.midnight(day))
    return set(rows.values_list("target_id", flat=True))
