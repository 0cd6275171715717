"""Annexes of the paper: the indicator form of 2021, and the list of schools."""

from collections.abc import Sequence
from typing import Any

from backend.bulletins.models import Bulletin
from backend.bulletins.rules.figures import NO_PREVIOUS, change
from backend.bulletins.rules.wording import MANAGEMENTS, Figures
from backend.core import clock
from backend.core.sheets import Cell as SheetCell
from backend.core.sheets import xlsx_pieces
from backend.documents.bulletin_data import Annex, Indicator, IndicatorForm, IndicatorGroup
from backend.documents.table_data import Cell, Column, TableData

Row = tuple[str, str, str]

INDICATORS: tuple[tuple[str, tuple[Row, ...]], ...] = (
    (
        "基本情况",
        (
            ("义务教育学校（所）", "registry.schools", ""),
            ("学科类培训机构（家）", "registry.institutions.subject", ""),
            ("非学科类培训机构（家）", "registry.institutions.non_subject", ""),
        ),
    ),
    (
        "作业管理",
        (
            ("测查书面作业时间（所次）", "homework.measured", ""),
            ("其中：各年级均未超过上限（所次）", "homework.within", "homework.within.rate"),
        ),
    ),
    (
        "课后服务",
        (
            ("检查课后服务时间（所次）", "after_school.checked", ""),
            ("其中：达到“5＋2”（所次）", "after_school.reached", "after_school.reached.rate"),
            ("现场清点实到学生（人）", "after_school.present", "after_school.participation"),
        ),
    ),
    (
        "五项管理",
        tuple(
            (f"{name}管理均符合要求（所次）", f"five.{code}.met", f"five.{code}.met.rate")
            for code, name in MANAGEMENTS.items()
        ),
    ),
    (
        "培训监管",
        (
            ("检查校外培训机构（家）", "institutions", ""),
            ("排查疑似无证培训点（处）", "suspected_sites", ""),
            ("预收费监管账户余额低于最低余额（个）", "accounts.low", ""),
        ),
    ),
    (
        "整改落实",
        (
            ("印发整改通知书（份）", "notices.issued", ""),
            ("问题销号（个）", "rectification.closed", ""),
            ("其中：按期（个）", "rectification.on_time", "rectification.on_time.rate"),
            ("截止时逾期（个）", "rectification.late", ""),
        ),
    ),
    ("举报处理", (("收到举报（件）", "tips.received", ""), ("办结举报（件）", "tips.closed", ""))),
)
"""Groups of rows: the name as printed, the figure of the count, the figure of the share."""

SCHOOL_COLUMNS = (Column("学校", 103), Column("次数", 22, "center"), Column("问题", 22, "center"))
SCHOOLS_A_ROW = 3
EMPTY = "　"
"""A cell without anything: nothing is missing there."""


def indicators(f: Figures, issuer: str) -> IndicatorForm:
    """Annex 1; a figure that the product does not have prints as missing."""
    groups = tuple(IndicatorGroup(name, tuple(_indicator(f, row) for row in rows)) for name, rows in INDICATORS)
    return IndicatorForm(groups, filled_by=issuer)


def _indicator(f: Figures, row: Row) -> Indicator:
    name, count, share = row
    value = f[count]["value"]
    return Indicator(name, None if value is None else int(value), f[share]["value"] if share else None)


SHEET_COLUMNS = ("类别", "序号", "指标", "数量", "占比（%）", "上期数量", "增减")
SHEET_WIDTHS = (14.0, 6.0, 44.0, 10.0, 10.0, 10.0, 10.0)
NO_DATA_HERE = "本期无数据"


def workbook(bulletin: Bulletin) -> bytes:
    """Annex 1 as a workbook, with the change against the last period, and who filled it in."""
    facts = bulletin.facts
    f = Figures(facts)
    flat = [(group, row) for group, rows in INDICATORS for row in rows]
    lines = [_line(f, at, group, row) for at, (group, row) in enumerate(flat, start=1)]
    foot = [
        (),
        ("填报单位（盖章）", None, facts["county"]["issuer"]),
        ("负责人（签字）", None, None),
        ("联系人及电话", None, None),
        (
            "统计时段",
            None,
            f"{bulletin.period.label}，数据截止{bulletin.cut_off.astimezone(clock.CHINA):%Y-%m-%d %H:%M}",
        ),
        ("内容摘要", None, bulletin.snapshot_hash),
    ]
    return b"".join(xlsx_pieces("双减工作进展情况统计表", SHEET_COLUMNS, [*lines, *foot], widths=SHEET_WIDTHS))


def _line(f: Figures, at: int, group: str, row: Row) -> tuple[SheetCell, ...]:
    name, count, share = row
    figure = f[count]
    value: SheetCell = NO_DATA_HERE if figure["value"] is None else figure["value"]
    percent: SheetCell = (NO_DATA_HERE if f[share]["value"] is None else f[share]["value"]) if share else None
    before: SheetCell = NO_PREVIOUS if figure["previous"] is None else figure["previous"]
    return group, at, name, value, percent, before, change(figure)


def schools(visited: Sequence[dict[str, Any]]) -> tuple[Annex, ...]:
    """The schools visited in the period, three in a row; nothing when there were none."""
    if not visited:
        return ()
    cells = [(one["name"], one["visits"], one["findings"]) for one in visited]
    table = TableData(
        f"本期督查的学校（{len(visited)}所，从左到右、从上到下）",
        SCHOOL_COLUMNS * SCHOOLS_A_ROW,
        side_by_side(cells, SCHOOLS_A_ROW),
        compact=True,
    )
    return (Annex("本期督查学校名单", (table,)),)


def side_by_side(cells: Sequence[tuple[Cell, ...]], across: int) -> tuple[tuple[Cell, ...], ...]:
    """`across` units in a row, read from left to right; the last row is filled up with empty cells."""
    return tuple(
        tuple(cell for one in cells[at : at + across] for cell in one)
        + (EMPTY,) * (len(cells[0]) * (across - len(cells[at : at + across])))
        for at in range(0, len(cells), across)
    )
