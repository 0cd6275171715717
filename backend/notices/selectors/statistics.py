"""Figures about notices for bulletins: what had reached us by a cut-off, every figure with the records behind it.

Only rows that are never changed are counted (steps of notices, reports with the deadline that held), so that a
period compiled again later says the same.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F, Q

from backend.core import clock
from backend.inspections.models import SeverityLevel
from backend.notices.models import Defence, Extension, FindingReport, NoticeFinding, NoticeTransition

STEPS = {
    "issue": "issued",
    "acknowledge": "acknowledged",
    "return": "returned",
    "close": "closed",
    "reopen": "reopened",
}
"""Which step of a notice is counted under which name."""

NOWHERE = "未分学区"


@dataclass(slots=True)
class Figure:
    """A count with the ids of the records that it counts."""

    ids: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.ids)

    def add(self, id: uuid.UUID) -> None:
        if str(id) not in self.ids:
            self.ids.append(str(id))

    def as_json(self) -> dict[str, object]:
        return {"count": self.count, "ids": sorted(self.ids)}


@dataclass(slots=True)
class NoticeFigures:
    """Notices: issued, acknowledged, returned, closed, reopened.

    Findings: reported on time; late, which is reported late or due and not reported.
    """

    issued: Figure = field(default_factory=Figure)
    acknowledged: Figure = field(default_factory=Figure)
    returned: Figure = field(default_factory=Figure)
    closed: Figure = field(default_factory=Figure)
    reopened: Figure = field(default_factory=Figure)
    on_time: Figure = field(default_factory=Figure)
    late: Figure = field(default_factory=Figure)

    def as_json(self) -> dict[str, object]:
        return {name: getattr(self, name).as_json() for name in self.__slots__}


@dataclass(slots=True)
class NoticeStatistics:
    """The county's figures and those of each school district by name."""

    county: NoticeFigures = field(default_factory=NoticeFigures)
    districts: dict[str, NoticeFigures] = field(default_factory=dict)

    def add(self, name: str, district: str | None, id: uuid.UUID) -> None:
        of_district = self.districts.setdefault(district or NOWHERE, NoticeFigures())
        for figures in (self.county, of_district):
            getattr(figures, name).add(id)


def of_period(*, county_id: int, since: dt.datetime, until: dt.datetime) -> NoticeStatistics:
    """What happened from `since` to before `until` (both by the time we received it); late ones as they stand then."""
    out = NoticeStatistics()
    for action, id, district in _steps(county_id, since, until):
        out.add(STEPS[action], district, id)
    for due_on, received_at, id, district in _reports(county_id, since, until):
        in_time = due_on is None or clock.local_date(received_at) <= due_on
        out.add("on_time" if in_time else "late", district, id)
    for id, district in _unreported(county_id, until):
        out.add("late", district, id)
    return out


def _steps(county_id: int, since: dt.datetime, until: dt.datetime) -> Iterable[tuple[str, uuid.UUID, str | None]]:
    rows = NoticeTransition.objects.filter(
        notice__county_id=county_id, action__in=STEPS, at__gte=since, at__lt=until
    ).order_by("pk")
    return rows.values_list("action", "notice_id", "notice__target__district__name")


def _reports(
    county_id: int, since: dt.datetime, until: dt.datetime
) -> Iterable[tuple[dt.date | None, dt.datetime, uuid.UUID, str | None]]:
    rows = FindingReport.objects.filter(
        report__county_id=county_id, report__received_at__gte=since, report__received_at__lt=until
    ).order_by("pk")
    return rows.values_list("due_on", "report__received_at", "item_id", "item__notice__target__district__name")


def _unreported(county_id: int, until: dt.datetime) -> Iterable[tuple[uuid.UUID, str | None]]:
    """Findings whose deadline ended before `until` without a report on it.

    It rests while a defence or a wish for more time waits for its answer.
    """
    answered = FindingReport.objects.filter(report__received_at__lt=until, due_on=F("item__due_on")).values("item_id")
    rows = NoticeFinding.objects.filter(
        Q(notice__withdrawn_at__isnull=True) | Q(notice__withdrawn_at__gte=until),
        county_id=county_id,
        notice__issued_at__lt=until,
        due_on__lt=clock.local_date(until),
    )
    unanswered = Q(answered_at__isnull=True) | Q(answered_at__gte=until)
    resting = Defence.objects.filter(unanswered, received_at__lt=until).values("notice_id")
    rows = rows.exclude(notice_id__in=resting)
    undecided = Q(decided_at__isnull=True) | Q(decided_at__gte=until)
    wished = Extension.objects.filter(undecided, requested_at__lt=until).values("notice_id")
    rows = rows.exclude(~Q(severity=SeverityLevel.VETO), notice_id__in=wished)
    return rows.exclude(pk__in=answered).order_by("pk").values_list("pk", "notice__target__district__name")
