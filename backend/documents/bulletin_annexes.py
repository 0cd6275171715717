"""Annexes of the bulletin: indicator form, ledger extract, further lists."""

from collections.abc import Sequence
from dataclasses import replace

from reportlab.platypus import TableStyle

from backend.documents.bulletin_data import Bulletin, Indicator, IndicatorForm, IndicatorGroup
from backend.documents.composer import SMALL, Composer
from backend.documents.paragraph import ChineseParagraph
from backend.documents.table_data import Cell, Column, TableData
from backend.documents.tables import chinese_table
from backend.documents.wording import chinese_date

INDICATOR_COLUMNS = (
    Column("类别", 1.6, "center"), Column("序号", 0.7, "center"), Column("指标", 5.2), Column("数量", 1.1, "right"),
    Column("占比", 1.1, "right"),
)  # fmt: skip
LEDGER_COLUMNS = (
    Column("序号", 0.7, "center"), Column("文号", 1.7), Column("单位", 2.3), Column("问题", 3.6),
    Column("级别", 0.8, "center"), Column("整改时限", 1.4), Column("状态", 1.1, "center"), Column("销号日期", 1.4),
)  # fmt: skip


def add_annexes(composer: Composer, data: Bulletin) -> None:
    """Add the annexes that the issue has, each on a new page."""
    if data.indicator_form:
        _indicators(composer, data.indicator_form)
    if data.ledger:
        _ledger(composer, data)
    for annex in data.annexes:
        composer.annex(annex.title)
        composer.paragraphs(annex.paragraphs)
        for table in annex.tables:
            composer.table(table)
        if not annex.tables and not annex.paragraphs:
            composer.missing()


def _indicators(composer: Composer, form: IndicatorForm) -> None:
    """Annex 1 in the shape of the forms of 2021: groups with count and share, and the line of who filled it."""
    composer.annex("“双减”工作进展情况统计表")
    blank = "　" * 6
    line = (
        f"填报单位（盖章）：{form.filled_by or blank}　负责人（签字）：{form.responsible or blank}"
        f"　联系人及电话：{form.contact or blank}"
    )
    composer.story.add(ChineseParagraph(composer.press, line, replace(SMALL, space_after=4)))
    rows = _indicator_rows(form.groups)
    grid = chinese_table(composer.press, INDICATOR_COLUMNS, rows)
    grid.setStyle(TableStyle(_group_spans(form.groups)))
    composer.story.add(grid, minimum=120)


def _indicator_rows(groups: Sequence[IndicatorGroup]) -> list[tuple[Cell, ...]]:
    pairs = [(group, indicator) for group in groups for indicator in group.indicators]
    return [(group.name, at, item.name, item.count, _percent(item)) for at, (group, item) in enumerate(pairs, start=1)]


def _percent(indicator: Indicator) -> str | None:
    return None if indicator.share is None else f"{indicator.share:.1f}%"


def _group_spans(groups: Sequence[IndicatorGroup]) -> list[tuple[str, tuple[int, int], tuple[int, int]]]:
    spans, row = [], 1
    for group in groups:
        last = row + len(group.indicators) - 1
        if last > row:
            spans.append(("SPAN", (0, row), (0, last)))
        row = last + 1
    return spans


def _ledger(composer: Composer, data: Bulletin) -> None:
    composer.annex("问题整改台账（摘录）")
    rows = tuple(
        (
            at, row.document_number, row.unit, row.finding, row.severity,
            chinese_date(row.due_date) if row.due_date else None, row.state,
            chinese_date(row.closed_on) if row.closed_on else None,
        )
        for at, row in enumerate(data.ledger, start=1)
    )  # fmt: skip
    composer.table(TableData("问题整改台账", LEDGER_COLUMNS, rows))
