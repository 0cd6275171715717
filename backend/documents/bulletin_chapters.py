"""The chapters of the bulletin, in their order."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from backend.documents.bulletin_data import Bulletin, TypicalCase
from backend.documents.charts import (
    BarChart,
    BarItem,
    LimitChart,
    LimitItem,
    LineChart,
    LinePoint,
    StackedChart,
    StackedItem,
)
from backend.documents.charts.bars import LIMIT_HEIGHT
from backend.documents.composer import Composer, is_empty
from backend.documents.fonts import Face
from backend.documents.grid import TYPE_WIDTH
from backend.documents.table_data import Column, TableData
from backend.documents.wording import day_of, moment, period, sentence

T = TypeVar("T")
MOST_BARS = 26
MOST_BARS_BESIDE, LONGEST_BESIDE, MOST_GRADES_BESIDE = 12, 16, 9
"""Bars, characters of a name, and grades that two charts side by side can show."""
BARS_BESIDE, HOMEWORK_BESIDE, LEAST_BESIDE = 180.0, 252.0, 140.0
"""Points: widths of two charts side by side, and the least height of the second."""
CATEGORIES, HOMEWORK = "发现问题分类统计（个）", "各年级平均每日书面作业时间"
MOST_LATE = 15
"""Findings past their term that the chapter lists; of more it lists the `LONGEST_LATE`, and an annex all."""
LONGEST_LATE = 10


def inspection(composer: Composer, data: Bulletin) -> None:
    """一、督查开展情况: text, table by team, coverage by day against the target."""
    composer.chapter("督查开展情况")
    if is_empty(data.inspection) and not data.teams and not data.coverage:
        composer.missing()
        return
    composer.section(data.inspection)
    if "teams" not in data.left_out:
        composer.table(_team_table(data))
    if "coverage" not in data.left_out:
        _coverage(composer, data)


def _coverage(composer: Composer, data: Bulletin) -> None:
    if any(point.actual is not None for point in data.coverage):
        points = [
            LinePoint(f"{point.day.month}.{point.day.day}", point.actual, point.target) for point in data.coverage
        ]
        composer.chart("每日累计覆盖率与目标", LineChart(composer.press, points, ("累计覆盖率", "目标")), _source(data))
    else:
        composer.missing("每日累计覆盖率")


def in_school(composer: Composer, data: Bulletin) -> None:
    """二、校内减负情况: findings by category and homework by grade in charts, then the parts of school life."""
    composer.chapter("校内减负情况")
    if is_empty(data.in_school) and not data.findings_by_category and not data.homework:
        composer.missing()
        return
    composer.paragraphs(data.in_school.paragraphs)
    _school_charts(composer, data)
    composer.parts(data.in_school)


def _school_charts(composer: Composer, data: Bulletin) -> None:
    bars = [BarItem(item.name, item.count) for item in data.findings_by_category]
    measured = any(grade.minutes is not None for grade in data.homework)
    if measured and _beside(data):
        left = BarChart(composer.press, bars, width=BARS_BESIDE, least=LEAST_BESIDE)
        right = _homework_chart(composer, data, (HOMEWORK_BESIDE, left.height))
        composer.charts((CATEGORIES, left), (HOMEWORK, right), note=_source(data) + _samples(data))
        return
    for part, title in _parts(bars, CATEGORIES):
        composer.chart(title, BarChart(composer.press, part), _source(data))
    if not bars:
        composer.missing("发现问题分类")
    if measured:
        composer.chart(HOMEWORK, _homework_chart(composer, data), _source(data) + _samples(data))
    else:
        composer.missing("各年级书面作业时间")


def _beside(data: Bulletin) -> bool:
    """Whether both charts are legible at less than the whole width."""
    names = [item.name for item in data.findings_by_category]
    few = 0 < len(names) <= MOST_BARS_BESIDE and len(data.homework) <= MOST_GRADES_BESIDE
    return few and max(map(len, names)) <= LONGEST_BESIDE


def _homework_chart(
    composer: Composer, data: Bulletin, size: tuple[float, float] = (TYPE_WIDTH, LIMIT_HEIGHT)
) -> LimitChart:
    items = [LimitItem(grade.grade, grade.minutes, grade.limit) for grade in data.homework]
    return LimitChart(composer.press, items, ("未超上限", "超过上限", "上限"), "分钟", size)


def _samples(data: Bulletin) -> str:
    samples = [grade.samples for grade in data.homework if grade.samples and grade.minutes is not None]
    return f"作业样本{sum(samples)}份。" if samples else ""


def out_of_school(composer: Composer, data: Bulletin) -> None:
    """三、校外治理情况: text and the chapter's own tables."""
    composer.chapter("校外治理情况")
    if is_empty(data.out_of_school):
        composer.missing()
    composer.section(data.out_of_school)


def cases(composer: Composer, data: Bulletin) -> None:
    """四、典型问题与好的做法."""
    composer.chapter("典型问题与好的做法")
    composer.subsection("典型问题")
    _cases(composer, data.cases)
    composer.subsection("好的做法")
    _cases(composer, data.good_practices)


def _cases(composer: Composer, items: Sequence[TypicalCase]) -> None:
    if not items:
        composer.missing()
    for number, case in enumerate(items, start=1):
        basis = f"依据：{case.legal_basis}" if case.legal_basis else ""
        marks = "；".join(part for part in (basis, case.severity and f"级别：{case.severity}") if part)
        state = f"办理情况：{sentence(case.state)}" if case.state else ""
        text = sentence(case.fact) + (f"（{marks}。）" if marks else "") + state
        composer.spans((f"{number}. ", Face.BODY), (f"{case.place}。", Face.KAI), (text, Face.BODY))
        composer.photos(case.photos)


def rectification(composer: Composer, data: Bulletin) -> None:
    """五、整改台账: text, table and chart by district, list of the late."""
    composer.chapter("整改台账")
    if is_empty(data.rectification) and not data.districts and not data.late_items:
        composer.missing()
        return
    composer.section(data.rectification)
    if "districts" not in data.left_out:
        _districts(composer, data)
    if "late" not in data.left_out:
        _late(composer, data)


def has_late_annex(data: Bulletin) -> bool:
    """Whether the list of the late is too long for the chapter."""
    return len(data.late_items) > MOST_LATE and "late" not in data.left_out


def _late(composer: Composer, data: Bulletin) -> None:
    if not has_late_annex(data):
        composer.table(late_table(data))
        return
    number = 1 + bool(data.indicator_form) + len(data.annexes)
    note = f"逾期未完成整改的共{len(data.late_items)}个，全部列在附件{number}。"
    longest = replace(data, late_items=data.late_items[:LONGEST_LATE])
    composer.table(replace(late_table(longest), title=f"逾期时间最长的{LONGEST_LATE}个问题", note=note))


def _districts(composer: Composer, data: Bulletin) -> None:
    table, labels = _district_table(data), ("已销号", "整改中", "逾期")
    items = [StackedItem(row.name, (row.closed, row.open_in_time, row.late)) for row in data.districts]
    if items and composer.table_with_bars(table, items, labels):
        return
    composer.table(table)
    if any(sum(item.parts) for item in items):
        for part, title in _parts(items, "各学区问题整改情况（个）"):
            composer.chart(title, StackedChart(composer.press, part, labels), _source(data))


def tips(composer: Composer, data: Bulletin) -> None:
    """六、举报办理情况."""
    composer.chapter("举报办理情况")
    if data.tips is None and is_empty(data.tip_section):
        composer.missing()
        return
    composer.section(data.tip_section)
    if data.tips is None:
        return
    columns = tuple(Column(title, align="center") for title in ("收到", "受理", "办结", "属实"))
    counts = (data.tips.received, data.tips.accepted, data.tips.closed, data.tips.verified)
    composer.table(TableData("举报办理统计（件）", columns, (counts,)))
    if data.tips.by_category:
        listed = "、".join(f"{item.name}{item.count}件" for item in data.tips.by_category)
        composer.paragraphs([f"按举报内容分：{listed}。"])


def next_steps(composer: Composer, data: Bulletin) -> None:
    """七、下步安排."""
    composer.chapter("下步安排")
    if is_empty(data.next_steps):
        composer.missing()
    composer.section(data.next_steps)


def _parts(items: Sequence[T], title: str) -> list[tuple[Sequence[T], str]]:
    """Cut a long list of bars into charts that fit a page; the later ones are marked （续）."""
    starts = range(0, len(items), MOST_BARS)
    return [(items[start : start + MOST_BARS], title + ("（续）" if start else "")) for start in starts]


def _source(data: Bulletin) -> str:
    cut = f"，截止{moment(data.data_cut)}" if data.data_cut else ""
    return f"数据来源：督查系统，{period(data.period_start, data.period_end)}{cut}。"


def _team_table(data: Bulletin) -> TableData:
    columns = (
        Column("督查组", 2.2), Column("应查", 1), Column("已查", 1), Column("覆盖率", 1.3, "right"),
        Column("照片", 1), Column("问题", 1), Column("平均得分", 1.3),
    )  # fmt: skip
    rows = tuple(
        (
            row.name,
            row.assigned,
            row.visited,
            _share(row.visited, row.assigned),
            row.photos,
            row.findings,
            row.average_score,
        )
        for row in data.teams
    )
    return TableData("各督查组工作情况", columns, rows, compact=True)


def _share(part: int, whole: int) -> str | None:
    return f"{part / whole * 100:.1f}%" if whole else None


def _district_table(data: Bulletin) -> TableData:
    columns = (
        Column("学区", 2.1), Column("新增", 1), Column("已销号", 1.3), Column("整改中", 1.3), Column("逾期", 1),
        Column("反弹", 1),
    )  # fmt: skip
    rows = tuple((row.name, row.new, row.closed, row.open_in_time, row.late, row.reopened) for row in data.districts)
    return TableData("各学区整改台账（个）", columns, rows)


def late_table(data: Bulletin) -> TableData:
    columns = (
        Column("序号", 24, "center"),
        Column("单位、文号", 122),
        Column("问题", 190),
        Column("时限", 46, "center", unbroken=True),
        Column("逾期天数", 30, "center"),
        Column("督办", 30, "center", unbroken=True),
    )
    rows = tuple(
        (
            at,
            f"{item.unit}\n{item.document_number}".strip(),
            item.finding,
            day_of(item.due_date, data.period_end.year),
            item.days_late,
            item.step,
        )
        for at, item in enumerate(data.late_items, start=1)
    )
    return TableData("逾期未完成整改清单", columns, rows, compact=True)


ALL: tuple[Callable[[Composer, Bulletin], None], ...] = (
    inspection, in_school, out_of_school, cases, rectification, tips, next_steps,
)  # fmt: skip
