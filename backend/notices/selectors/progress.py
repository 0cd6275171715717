"""What became of the findings that were issued in a span of days: by team, school district and checklist.

Every finding of a notice issued in the span counts once, as it stands now; what was withdrawn does not. The bulletin's
figures, by what happened in a period, are in `statistics`.

- `on_time`, `late`: by the last report and the deadline that held when it came; a finding that waits for its unit is
  late from the day after its deadline on, and `waiting` until then.
- `closed`: 销号 now. `reopened`: relapsed at least once, closed again or not.
- `median_days`: natural days from the issue of the notice to the close-out, of those that are closed; None without any.
"""

import datetime as dt
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import OuterRef, Subquery

from backend.core import clock
from backend.core.actor import Actor
from backend.inspections.models import FindingState
from backend.notices.models import FindingReport
from backend.notices.selectors import ledger

NOWHERE = "未分学区"


class Fate(NamedTuple):
    """What is read of one finding."""

    team: str
    district: str | None
    category: str
    state: str
    reopened: int
    issued_at: dt.datetime
    closed_at: dt.datetime | None
    due_on: dt.date | None
    reported_at: dt.datetime | None
    report_due_on: dt.date | None


@dataclass(slots=True)
class Tally:
    """Counts of findings; `days` of each that is closed."""

    issued: int = 0
    on_time: int = 0
    late: int = 0
    waiting: int = 0
    closed: int = 0
    reopened: int = 0
    days: list[int] = field(default_factory=list)

    def add(self, fate: Fate, today: dt.date) -> None:
        self.issued += 1
        setattr(self, (name := punctuality(fate, today)), getattr(self, name) + 1)
        self.reopened += fate.reopened > 0
        if fate.state == FindingState.CLOSED and fate.closed_at is not None:
            self.closed += 1
            self.days.append((clock.local_date(fate.closed_at) - clock.local_date(fate.issued_at)).days)

    def as_json(self) -> dict[str, Any]:
        counts = {name: getattr(self, name) for name in COUNTS}
        return counts | {"median_days": statistics.median(self.days) if self.days else None}


COUNTS = ("issued", "on_time", "late", "waiting", "closed", "reopened")


def punctuality(fate: Fate, today: dt.date) -> str:
    """`on_time`, `late` or `waiting`."""
    if fate.state in ledger.OPEN or fate.reported_at is None:
        overdue = fate.state in ledger.OPEN and fate.due_on is not None and fate.due_on < today
        return "late" if overdue else "waiting"
    in_time = fate.report_due_on is None or clock.local_date(fate.reported_at) <= fate.report_due_on
    return "on_time" if in_time else "late"


def of_span(actor: Actor, since: dt.date, until: dt.date) -> dict[str, Any]:
    """The figures of notices issued from `since` to `until`, both included: of the whole county and of its parts."""
    total, today = Tally(), clock.today()
    parts: dict[str, dict[str, Tally]] = {"teams": {}, "districts": {}, "categories": {}}
    for fate in _fates(actor, since, until):
        of = {"teams": fate.team, "districts": fate.district or NOWHERE, "categories": fate.category}
        for tally in (total, *(parts[by].setdefault(name, Tally()) for by, name in of.items())):
            tally.add(fate, today)
    return {"since": since, "until": until, "total": total.as_json()} | {
        by: _listed(found.items()) for by, found in parts.items()
    }


def _listed(found: Iterable[tuple[str, Tally]]) -> list[dict[str, Any]]:
    """In the order of names: nothing here ranks anybody."""
    return [{"name": name} | tally.as_json() for name, tally in sorted(found)]


def _fates(actor: Actor, since: dt.date, until: dt.date) -> Iterator[Fate]:
    last = FindingReport.objects.filter(item=OuterRef("pk")).order_by("-pk")
    rows = ledger.lines(actor).filter(
        notice__issued_at__gte=clock.midnight(since),
        notice__issued_at__lt=clock.midnight(until + dt.timedelta(days=1)),
        notice__withdrawn_at__isnull=True,
    )
    rows = rows.exclude(finding__state__in=(FindingState.WITHDRAWN, FindingState.REFERRED))
    values = rows.order_by("pk").values_list(
        *("notice__visit__assignment__team__name", "notice__target__district__name", "template_code"),
        *("finding__state", "finding__reopened", "notice__issued_at", "finding__closed_at", "due_on"),
        Subquery(last.values("report__received_at")[:1]),
        Subquery(last.values("due_on")[:1]),
    )
    return (Fate(*row) for row in values.iterator(ledger.BATCH))
