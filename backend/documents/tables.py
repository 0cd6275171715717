"""Tables whose Chinese cells wrap, with the header row on every page."""

from collections.abc import Sequence
from dataclasses import replace

from backend.documents.fonts import Face
from backend.documents.grid import GREY, SIZE_5, SIZE_SMALL_4, SIZE_SMALL_5, TYPE_WIDTH
from backend.documents.layout.justifying import Align
from backend.documents.paper import Story
from backend.documents.paragraph import ChineseParagraph, Style
from backend.documents.press import Press
from backend.documents.ruled_table import RuledTable, Whole
from backend.documents.table_cells import PADDING_X, Cells, CellText, Laid, Row, laid_row
from backend.documents.table_data import Cell, Column, TableData

ALIGNS: tuple[Align, ...] = ("left", "center", "right")
NO_DATA = "本期无数据"
CAPTION = Style(Face.HEI, SIZE_SMALL_4, 20, align="center", space_before=8, space_after=3, balanced=True)
NOTE = Style(Face.SONG, SIZE_SMALL_5, 13, align="left", space_before=3, color=GREY)
CELL = Style(Face.SONG, SIZE_5, 15, align="left")
HEAD = Style(Face.HEI, SIZE_5, 15, align="center")
COMPACT_CELL = Style(Face.SONG, SIZE_SMALL_5, 12.5, align="left", space_before=-2)
COMPACT_HEAD = Style(Face.HEI, SIZE_SMALL_5, 12.5, align="center", space_before=-2)


def cell_text(value: Cell, decimals: int = 1) -> str:
    """Return how a value is printed: 「—」 for none, ``decimals`` for floats."""
    if value is None or value == "":
        return "—"
    return f"{value:.{decimals}f}" if isinstance(value, float) else str(value)


def add_table(story: Story, press: Press, data: TableData, number: int, *, white: float = 0.0) -> None:
    """Add 「表N title」, the table and its note to ``story``; the caption stays with the first rows."""
    story.head(ChineseParagraph(press, f"表{number}　{data.title}", CAPTION))
    grid = chinese_table(press, data.columns, data.rows, compact=data.compact, white=white)
    note = ChineseParagraph(press, data.note, NOTE) if data.note else None
    if note:
        grid.room_after = note.wrap(story.width, 0)[1] + NOTE.space_before + 1
    story.add(grid, minimum=grid.kept_with_caption(story.width) + grid.room_after)
    if note:
        story.flowables.append(note)
    story.space(8)


def chinese_table(
    press: Press,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    width: float = TYPE_WIDTH,
    *,
    compact: bool = False,
    white: float = 0.0,
    groups: Sequence[tuple[int, int]] = (),
) -> RuledTable:
    """Return a ruled table ``width`` points wide; no rows gives one line 「本期无数据」.

    ``groups`` are (first, last) numbers of rows, counted from 1, that share their first cell; a group that a page
    break divides shows it on both pages. ``white`` is how many points more than usual stand
    above and below the text of a cell.
    """
    cell, head = (COMPACT_CELL, COMPACT_HEAD) if compact else (CELL, HEAD)
    texts = tuple(
        tuple(
            (cell_text(value, column.decimals), _align(value, column))
            for value, column in zip(row, columns, strict=True)
        )
        for row in rows
    )
    key = (tuple(columns), texts, width, cell, head, tuple(groups))
    whole, laid = press.once(key, lambda: _laid(press, *key))
    if white:
        whole, laid = _with_white(whole, laid, white)
    return RuledTable(replace(whole, node=None), laid)


def _with_white(whole: Whole, rows: Sequence[Row], white: float) -> tuple[Whole, list[Row]]:
    """The same lines with more white above and below: cells that were one stay one."""
    known = {id(cell): cell for row in (whole.header, *rows) if row for cell in row.cells}
    styles = {id(cell.style): cell.style for cell in known.values()}
    more = {key: replace(style, space_before=style.space_before + white) for key, style in styles.items()}
    cells = {key: Laid(more[id(cell.style)], cell.lines) for key, cell in known.items()}

    def moved(row: Row) -> Row:
        return Row(row.number, tuple([cells[id(cell)] for cell in row.cells]), row.height + 2 * white, row.cut)

    return replace(whole, header=moved(whole.header) if whole.header else None), [moved(row) for row in rows]


def _laid(
    press: Press,
    columns: Sequence[Column],
    texts: Sequence[Sequence[tuple[str, Align]]],
    width: float,
    cell: Style,
    head: Style,
    groups: Sequence[tuple[int, int]],
) -> tuple[Whole, list[Row]]:
    """Lay out a table; a paper is tried in several settings, and most of its tables are the same in all."""
    cells, styles = Cells(press), {align: replace(cell, align=align) for align in ALIGNS}
    header = [cells.of(column.title, head) for column in columns]
    body = [[cells.of(text, styles[align]) for text, align in row] for row in texts]
    widths = column_widths(columns, [header, *body], width)
    shared = [(first, last, body[first - 1][0]) for first, last in groups]
    whole = Whole(press, tuple(widths), laid_row(0, header, widths), shared)
    shown = body or [[cells.of(NO_DATA, styles["center"])]]
    return whole, [laid_row(number, row, widths) for number, row in enumerate(shown, start=1)]


def form_table(
    press: Press, rows: Sequence[tuple[CellText, ...]], widths: Sequence[float], least: Sequence[float] = ()
) -> RuledTable:
    """Return a ruled form without a header; ``least`` are heights in points that the rows have at least."""
    heights = [*least, *[0.0] * (len(rows) - len(least))]
    laid = [
        laid_row(number, row, widths, height) for number, (row, height) in enumerate(zip(rows, heights, strict=True), 1)
    ]
    return RuledTable(Whole(press, tuple(widths), None), laid)


def _align(value: Cell, column: Column) -> Align:
    if value is None or value == "":
        return "center"
    return "right" if isinstance(value, int | float) and column.align == "left" else column.align


def column_widths(columns: Sequence[Column], rows: Sequence[Sequence[CellText]], width: float) -> list[float]:
    """Share ``width`` by the columns' weights, then widen those whose longest word, or whole cell, would not fit."""
    total = sum(column.width for column in columns)
    shares = [column.width / total * width for column in columns]
    parts = [list(dict.fromkeys(row[at] for row in rows)) for at in range(len(columns))]
    least = [min(_needed(column, part), width / 2) for column, part in zip(columns, parts, strict=True)]
    if sum(least) >= width:
        return [need / sum(least) * width for need in least]
    short = sum(max(0.0, need - share) for need, share in zip(least, shares, strict=True))
    spare = sum(max(0.0, share - need) for need, share in zip(least, shares, strict=True))
    factor = short / spare if spare else 0.0
    return [
        need if share < need else share - (share - need) * factor for need, share in zip(least, shares, strict=True)
    ]


def _needed(column: Column, cells: Sequence[CellText]) -> float:
    """Width in points below which a word (or, if unbroken, a cell) would be torn; a header may always wrap."""
    words = max(cell.minimum_width() for cell in cells)
    words = max(words, min(cells[0].natural_width(), 2 * cells[0].style.size))
    whole = max((cell.natural_width() for cell in cells[1:]), default=0.0) if column.unbroken else 0.0
    return max(words, whole) + 2 * PADDING_X + 0.5
