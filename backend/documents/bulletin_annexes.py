"""Annexes of the bulletin: indicator form, ledger extract, further lists."""

from collections.abc import Sequence

from backend.documents.bulletin_chapters import has_late_annex, late_table
from backend.documents.bulletin_data import Bulletin, Indicator, IndicatorForm, IndicatorGroup
from backend.documents.canvas import draw_text
from backend.documents.composer import Composer
from backend.documents.fonts import Face
from backend.documents.full_width import FullWidth
from backend.documents.grid import SIZE_SMALL_4, TYPE_WIDTH
from backend.documents.press import Press
from backend.documents.table_data import Cell, Column, TableData
from backend.documents.tables import chinese_table
from backend.documents.wording import day_of

INDICATOR_COLUMNS = (
    Column("类别", 1.6, "center"), Column("序号", 0.7, "center"), Column("指标", 5.2), Column("数量", 1.1, "right"),
    Column("占比", 1.1, "right"),
)  # fmt: skip
LEDGER_COLUMNS = (
    Column("序号", 24, "center"),
    Column("单位、文号", 122),
    Column("问题", 190),
    Column("级别、状态", 54, "center"),
    Column("时限、销号", 52, "center", unbroken=True),
)

BRIEF = 5
"""Rows: an annex of so few does not have a page of its own where the annex before it leaves room."""


def add_annexes(composer: Composer, data: Bulletin) -> None:
    """Add the annexes that the issue has."""
    if data.indicator_form:
        _indicators(composer, data.indicator_form)
    for annex in data.annexes:
        composer.annex(annex.title, brief=sum(len(table.rows) for table in annex.tables) <= BRIEF)
        composer.paragraphs(annex.paragraphs)
        for table in annex.tables:
            composer.table(table)
        if not annex.tables and not annex.paragraphs:
            composer.missing()
    if data.ledger or has_late_annex(data):
        _ledger(composer, data)


def _indicators(composer: Composer, form: IndicatorForm) -> None:
    """Annex 1 in the shape of the forms of 2021: groups with count and share, and the line of who filled it."""
    composer.annex("“双减”工作进展情况统计表")
    lines = (
        f"填报单位（盖章）：{form.filled_by}",
        f"负责人（签字）：{form.responsible}",
        f"联系人及电话：{form.contact}",
    )
    composer.story.add(FormLine(composer.press, lines))
    rows = _indicator_rows(form.groups)
    groups, white = _shared_rows(form.groups), composer.white
    grid = chinese_table(composer.press, INDICATOR_COLUMNS, rows, compact=True, white=white, groups=groups)
    composer.story.add(grid, minimum=grid.kept_with_caption(composer.story.width))


class FormLine(FullWidth):
    """The head line of a form: the first part at the left, the others below it side by side, with room for a hand."""

    def __init__(self, press: Press, parts: tuple[str, str, str]) -> None:
        super().__init__(press, 42.0)
        self.parts = parts

    def paint(self) -> None:
        """Draw two lines."""
        for text, x, y in zip(self.parts, (0.0, 0.0, TYPE_WIDTH / 2), (26.0, 8.0, 8.0), strict=True):
            draw_text(self.canv, self.press, x, y, text, Face.SONG, SIZE_SMALL_4)


def _indicator_rows(groups: Sequence[IndicatorGroup]) -> list[tuple[Cell, ...]]:
    pairs = [(group, indicator) for group in groups for indicator in group.indicators]
    return [(group.name, at, item.name, item.count, _percent(item)) for at, (group, item) in enumerate(pairs, start=1)]


def _percent(indicator: Indicator) -> str | None:
    return None if indicator.share is None else f"{indicator.share:.1f}%"


def _shared_rows(groups: Sequence[IndicatorGroup]) -> list[tuple[int, int]]:
    """First and last row of every group of more than one, counted from 1."""
    found, row = [], 1
    for group in groups:
        last = row + len(group.indicators) - 1
        if row < last:
            found.append((row, last))
        row = last + 1
    return found


def _ledger(composer: Composer, data: Bulletin) -> None:
    composer.annex("整改台账（摘录）", brief=not has_late_annex(data) and len(data.ledger) <= BRIEF)
    if has_late_annex(data):
        composer.table(late_table(data))
    if data.ledger:
        composer.table(_ledger_table(data))


def _ledger_table(data: Bulletin) -> TableData:
    year = data.period_end.year
    rows = tuple(
        (
            at, f"{row.unit}\n{row.document_number}".strip(), row.finding, f"{row.severity}\n{row.state}",
            "\n".join(day_of(day, year) if day else "—" for day in (row.due_date, row.closed_on)),
        )
        for at, row in enumerate(data.ledger, start=1)
    )  # fmt: skip
    return TableData(
        "本期新增和销号的严重问题、一票否决事项", LEDGER_COLUMNS, rows, note=data.ledger_note, compact=True
    )
