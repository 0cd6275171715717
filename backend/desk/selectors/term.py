"""The demonstration term counted again from the rows, without the statistics that bulletins are made of."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from backend.bulletins.models import Bulletin
from backend.core import clock, codec
from backend.desk.rules.term import HALVES, HOMEWORK_MEANS, Half
from backend.inspections.models import Evidence, Finding, Visit, VisitRound
from backend.notices.models import FindingReport, NoticeFinding, RectificationNotice
from backend.registry.models import Target, TargetKind


@dataclass(frozen=True, slots=True)
class Counted:
    """What the rows say of one half-month; percentages rounded to whole numbers, None of nothing."""

    visits: int
    coverage: int | None
    findings: int
    grades: dict[str, int]
    on_spot: int
    on_time: int | None
    homework: dict[int, float]


def wanted(half: Half) -> Counted:
    """What the table of the term says of it; of homework it names the means of the term."""
    grades = {severity.value: number for severity, number in half.grades().items()}
    means = {grade: float(mean) for grade, mean in HOMEWORK_MEANS.items()}
    return Counted(half.visits, half.coverage, half.findings, grades, half.on_spot, half.on_time, means)


def counted(county_id: int, half: Half) -> Counted:
    """One look at every row of the half-month."""
    first, last = clock.midnight(half.start), clock.midnight(half.end + dt.timedelta(days=1))
    rounds = list(_rounds(county_id, first, last))
    found = Finding.objects.filter(visit__in=[row.visit_id for row in rounds]).values_list(
        "severity", "rectified_on_spot"
    )
    severities = Counter(severity for severity, _ in found)
    return Counted(
        visits=len(rounds),
        coverage=_coverage(county_id, clock.midnight(half.start.replace(day=1)), last),
        findings=len(found),
        grades=dict(severities),
        on_spot=sum(fixed for _, fixed in found),
        on_time=_on_time(county_id, first, last),
        homework=_homework(rounds),
    )


def _rounds(county_id: int, first: dt.datetime, last: dt.datetime) -> Iterable[VisitRound]:
    rows = VisitRound.objects.filter(
        visit__county_id=county_id, round=1, submitted_at__gte=first, submitted_at__lt=last
    )
    return rows.exclude(visit__state="cancelled")


def _coverage(county_id: int, first: dt.datetime, last: dt.datetime) -> int | None:
    """Distinct active units, any track, from the first of the month."""
    units = Target.objects.filter(county_id=county_id, is_active=True).exclude(kind=TargetKind.SUSPECTED_SITE)
    scope = set(units.values_list("pk", flat=True))
    valid = Visit.objects.filter(
        county_id=county_id, counts_for_coverage=True, submitted_at__gte=first, submitted_at__lt=last
    )
    return _percent(len(scope & set(valid.values_list("target_id", flat=True))), len(scope))


def _on_time(county_id: int, first: dt.datetime, last: dt.datetime) -> int | None:
    """Of the findings of notices closed then: reported by the deadline that held."""
    closed = FindingReport.objects.filter(
        item__county_id=county_id, decision="closed", decided_at__gte=first, decided_at__lt=last
    )
    pairs = list(closed.values_list("due_on", "report__received_at"))
    return _percent(sum(due_on is None or clock.local_date(at) <= due_on for due_on, at in pairs), len(pairs))


def _homework(rounds: Iterable[VisitRound]) -> dict[int, float]:
    sums: dict[int, list[float]] = {}
    for row in rounds:
        for key, answer in row.content["answers"].items():
            code, _, grade = key.partition("#")
            if code in ("ZY-07", "ZY-08"):
                sums.setdefault(int(grade), []).append(answer["value"])
    return {grade: round(sum(values) / len(values), 1) for grade, values in sorted(sums.items())}


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


def printed(county_id: int, half: Half) -> dict[str, Any]:
    """The same figures as the signed bulletin of the half-month froze them; empty without one."""
    issue = Bulletin.objects.filter(county_id=county_id, period_start=half.start).exclude(state="withdrawn").first()
    if issue is None:
        return {}
    figures = {key: figure["value"] for key, figure in issue.facts["figures"].items()}
    return figures | {"number": issue.issue_number, "state": issue.state}


def digest(county_id: int) -> str:
    """SHA-256 of what the term put into the county, without ids: the same seed gives the same, on any engine."""
    whole = hashlib.sha256()
    for part in (_visits, _findings, _evidence, _notices, _issues):
        for line in sorted(codec.dumps(row) for row in part(county_id)):
            whole.update(line + b"\n")
    return whole.hexdigest()


def _visits(county_id: int) -> Iterator[list[Any]]:
    rows = VisitRound.objects.filter(visit__county_id=county_id).select_related("visit__target", "visit__assignment")
    for row in rows.iterator(200):
        visit, answers = row.visit, row.content["answers"]
        values = {key: _plain(answer["value"]) for key, answer in sorted(answers.items())}
        about = [visit.target.name, visit.target.kind, visit.track, visit.plan_month, visit.state, row.score]
        yield ["visit", *about, visit.assignment.scheduled_on, row.submitted_at, visit.approved_at, values]


def _plain(value: Any) -> Any:
    """Ids of evidence are drawn anew every time: how many there are says enough."""
    return len(value) if isinstance(value, list) and value and len(str(value[0])) == 36 else value


def _findings(county_id: int) -> Iterator[list[Any]]:
    names = ("target__name", "item_code", "severity", "state", "text", "rectified_on_spot", "recorded_at", "closed_at")
    for row in Finding.objects.filter(county_id=county_id).values_list(*names):
        yield ["finding", *row]


def _evidence(county_id: int) -> Iterator[list[Any]]:
    for row in Evidence.objects.filter(county_id=county_id).values_list("sha256", "kind", "state", "taken_at"):
        yield ["evidence", *row]


def _notices(county_id: int) -> Iterator[list[Any]]:
    names = ("number", "state", "issued_at", "acknowledged_at", "due_on", "closed_at", "close_number")
    for row in RectificationNotice.objects.filter(county_id=county_id).values_list(*names):
        yield ["notice", *row]
    for line in NoticeFinding.objects.filter(county_id=county_id).values_list("notice__number", "number", "due_on"):
        yield ["line", *line]


def _issues(county_id: int) -> Iterator[list[Any]]:
    for issue in Bulletin.objects.filter(county_id=county_id):
        figures = {key: figure["value"] for key, figure in sorted(issue.facts["figures"].items())}
        yield ["bulletin", issue.period_start, issue.issue_number, issue.state, issue.pdf_pages, figures]


def faults(county_id: int) -> list[str]:
    """Where the rows or the bulletins say something else than the table; empty when the term is as it must be."""
    return [line for half in HALVES for line in _faults(county_id, half)]


def _faults(county_id: int, half: Half) -> Iterator[str]:
    must, rows, paper = wanted(half), counted(county_id, half), printed(county_id, half)
    for name in ("visits", "coverage", "findings", "grades", "on_spot", "on_time", "homework"):
        if getattr(must, name) != getattr(rows, name):
            yield f"{half.start}：{name} 应为 {getattr(must, name)}，实为 {getattr(rows, name)}"
    told = {
        "visits": must.visits,
        "findings": must.findings,
        "findings.on_spot": must.on_spot,
        **{f"findings.severity.{severity}": number for severity, number in must.grades.items()},
        **{f"homework.grade.{grade}": mean for grade, mean in must.homework.items()},
    }
    for key, value in told.items():
        if paper.get(key) != value:
            yield f"{half.start}：半月报 {key} 应为 {value}，实为 {paper.get(key)}"
    for key, share in (("coverage.rate", must.coverage), ("rectification.on_time.rate", must.on_time)):
        figure = paper.get(key)
        # The bulletin rounds to tenths: 94.5 there may be the 94.55 that is 95 here.
        if (figure is None) != (share is None) or abs((figure or 0) - (share or 0)) > 0.55:
            yield f"{half.start}：半月报 {key} 应为 {share}%，实为 {figure}"
