"""Annexes of the paper: the indicator form of 2021, and the list of serious findings."""

from collections.abc import Sequence
from typing import Any

from backend.bulletins.rules.wording import Figures
from backend.documents.bulletin_data import Annex, Indicator, IndicatorForm, IndicatorGroup
from backend.documents.table_data import Column, TableData

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
        "培训监管",
        (
            ("检查校外培训机构（家）", "institutions", ""),
            ("排查疑似无证培训点（处）", "suspected_sites", ""),
            ("预收费监管账户余额低于最低余额（个）", "accounts.low", ""),
        ),
    ),
    ("举报处理", (("收到举报（件）", "tips.received", ""), ("办结举报（件）", "tips.closed", ""))),
)
"""Groups of rows: the name as printed, the figure of the count, the figure of the share."""

SERIOUS_COLUMNS = (
    Column("序号", 0.9, "center"),
    Column("单位", 2.8),
    Column("问题", 4.6),
    Column("级别", 1.6, "center"),
    Column("状态", 1.6, "center"),
)


def indicators(f: Figures, issuer: str) -> IndicatorForm:
    """Annex 1; a figure that the product does not have prints as missing."""
    groups = tuple(IndicatorGroup(name, tuple(_indicator(f, row) for row in rows)) for name, rows in INDICATORS)
    return IndicatorForm(groups, filled_by=issuer)


def _indicator(f: Figures, row: Row) -> Indicator:
    name, count, share = row
    value = f[count]["value"]
    return Indicator(name, None if value is None else int(value), f[share]["value"] if share else None)


def serious(cases: Sequence[dict[str, Any]]) -> tuple[Annex, ...]:
    """Every serious finding and veto of the period by name; nothing when there is none."""
    if not cases:
        return ()
    rows = tuple(
        (at, one["place"], one["text"], one["severity"], one["state"]) for at, one in enumerate(cases, start=1)
    )
    table = TableData("严重问题和一票否决事项", SERIOUS_COLUMNS, rows, compact=True)
    return (Annex("严重问题和一票否决事项清单", (table,)),)
