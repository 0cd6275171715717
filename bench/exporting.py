"""How long the whole ledger takes as a file, and how much memory: 100,000 findings of 12,500 notices, on both engines.

`python -m bench.exporting` prints a line for either file type and engine. The rows are made by bulk inserts; the file
is made piece by piece as the view makes it, and thrown away.
"""

import datetime as dt
import gc
import resource
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

import django
import msgspec

from bench.stand import on_both, open_county
from bench.table import Line

NOTICES, EACH = 12_500, 8
MOST_SECONDS = 30.0
MOST_GROWTH = 32.0
"""Megabytes by which the process may grow from a tenth of the ledger to all of it."""

BATCH = 2000
ISSUED = dt.datetime(2026, 9, 1, 4, 0, tzinfo=dt.UTC)


def lines() -> Iterator[Line]:
    """Of both engines, for the table of ratios."""
    return on_both("bench.exporting")


def measure() -> Iterator[Line]:
    """In this process, whose database is empty."""
    from django.db import connection

    from backend.core import sheets
    from backend.core.actor import system
    from backend.notices.selectors import ledger

    engine = open_county()
    actor = system(fill())
    rows = ledger.lines(actor)
    headings = list(ledger.HEADINGS.values())
    makers: dict[str, Callable[[Any], Iterator[bytes]]] = {
        "CSV": lambda chosen: sheets.csv_pieces(headings, ledger.cells(ledger.every(chosen))),
        "XLSX": lambda chosen: sheets.xlsx_pieces("台账", headings, ledger.cells(ledger.every(chosen))),
    }
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for kind, make in makers.items():
        drain(make(rows.filter(notice__number_serial__lte=NOTICES // 10)))
        before = peak()
        began, computed = time.monotonic(), time.process_time()
        size = drain(make(rows))
        seconds, computed = time.monotonic() - began, time.process_time() - computed
        grown = peak() - before
        told = f"{seconds:.1f} s ({computed:.1f} s computed here), {size / 2**20:.0f} MB, process grew {grown:.0f} MB"
        what = f"ledger of {NOTICES * EACH:,} findings as {kind}, {engine}"
        must = f"< {MOST_SECONDS:.0f} s, ≤ {MOST_GROWTH:.0f} MB"
        yield Line(what, told, must, seconds < MOST_SECONDS and grown <= MOST_GROWTH)


def drain(pieces: Iterator[bytes]) -> int:
    gc.collect()
    return sum(map(len, pieces))


def peak() -> float:
    """The most that this process has ever held, MB (Linux)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fill() -> int:
    """The rows; the county's id."""
    from backend.accounts.models import County
    from backend.core.actor import system
    from backend.journal.writing import write
    from backend.notices.models import Reminder

    county = County.objects.get().pk
    with write(actor=system(county)):
        notices = list(_notices(county))
        _findings(county, notices)
        _create(Reminder, (Reminder(notice=row, due_on=row.due_on, step="催办") for row in notices[::3]))
    return county


def _notices(county: int) -> Iterator[Any]:
    from backend.inspections.models import Assignment, Visit
    from backend.notices.models import RectificationNotice
    from backend.registry.models import Target

    targets = list(Target.objects.filter(county_id=county, team__isnull=False).select_related("team"))
    leaders: dict[Any, int] = {}
    for row in targets:
        if row.team and row.team_id not in leaders:
            leaders[row.team_id] = row.team.memberships.get(is_leader=True).user_id
    common = {"county_id": county}
    assignments, visits, notices = [], [], []
    for at, target in zip(range(NOTICES), (targets[n % len(targets)] for n in count()), strict=False):
        began = ISSUED + dt.timedelta(minutes=at)
        trip = {"target": target, "track": "department", "kind": "routine", "plan_month": f"{began:%Y-%m}"} | common
        assignments.append(
            Assignment(
                **trip,
                team=target.team,
                scheduled_on=began.date(),
                leader_id=leaders[target.team_id],
                reveal_at=began,
            )
        )
        visits.append(Visit(**trip, assignment=assignments[-1], mode="open", state="approved", started_at=began))
        notices.append(_notice(visits[-1], at + 1, began))
    for model, rows in ((Assignment, assignments), (Visit, visits), (RectificationNotice, notices)):
        _create(model, iter(rows))
    return iter(notices)


def _notice(visit: Any, serial: int, at: dt.datetime) -> Any:
    from backend.notices.models import RectificationNotice

    return RectificationNotice(
        county_id=visit.county_id,
        visit=visit,
        target=visit.target,
        state="rectifying",
        inspected_on=at.date(),
        team_name=visit.assignment.team.name,
        mode="明察",
        source="经常性督导",
        subject="作业管理、课后服务、“五项管理”落实情况",
        responsible="校长",
        drafted_at=at,
        number=f"演督整〔2026〕{serial}号",
        number_year=2026,
        number_serial=serial,
        issued_at=at,
        due_on=at.date() + dt.timedelta(days=15),
    )


FACT = "随机抽取四年级二班书面作业二十份，其中{}份未标注预计完成时间，教室外公示栏停留在上一周，与教师口述不一致。"
MEASURE = "组织全体任课教师学习作业管理规定，明确每日公示责任人，由年级组长逐日检查并登记，教务处每周抽查通报一次。"


def _findings(county: int, notices: list[Any]) -> None:
    from backend.inspections.models import Finding
    from backend.notices.models import FindingReport, NoticeFinding, RectificationReport

    def findings() -> Iterator[tuple[Any, Any]]:
        for notice in notices:
            for number in range(1, EACH + 1):
                text = FACT.format(number)
                about = {"template_code": "ZY", "item_code": f"ZY-{number:02d}", "text": text, "severity": "moderate"}
                own = Finding(
                    county_id=county,
                    visit_id=notice.visit_id,
                    target_id=notice.target_id,
                    number=number,
                    base_severity="moderate",
                    due_days=15,
                    state="reported" if number % 2 else "rectifying",
                    **about,
                )
                basis = ["《中小学作业管理办法（演示）》第四条", "《课后服务工作指引（演示）》第七条"]
                listed = NoticeFinding(
                    county_id=county,
                    notice=notice,
                    finding=own,
                    number=number,
                    legal_basis=basis,
                    due_days=15,
                    due_on=notice.due_on,
                    **about,
                )
                yield own, listed

    made = findings()
    reports = [RectificationReport(county_id=county, notice=row, round=1, author_id=1) for row in notices]
    of = {row.notice_id: row for row in reports}
    _create(RectificationReport, iter(reports))
    while batch := list(islice(made, BATCH)):
        Finding.objects.bulk_create([own for own, _ in batch])
        NoticeFinding.objects.bulk_create([listed for _, listed in batch])
        FindingReport.objects.bulk_create([_part(row, of[row.notice_id]) for _, row in batch if row.number % 2])


def _part(item: Any, report: Any) -> Any:
    from backend.notices.models import FindingReport

    return FindingReport(
        report=report,
        item=item,
        cause="对公示要求掌握不够。",
        measure=MEASURE,
        responsible_role="教务主任",
        finished_on=item.due_on,
        result="已全部公示。",
        due_on=item.due_on,
    )


def _create(model: Any, rows: Iterator[Any]) -> None:
    while batch := list(islice(rows, BATCH)):
        model.objects.bulk_create(batch)


def main() -> None:
    """With a file name: measure here, and write the lines into it; without: on a stand of each engine, and print."""
    if len(sys.argv) > 1:
        django.setup()
        Path(sys.argv[1]).write_bytes(msgspec.json.encode(list(measure())))
        return
    for line in lines():
        print(*line.cells(), sep=" | ", flush=True)


if __name__ == "__main__":
    main()
