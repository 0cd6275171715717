"""Tables whose Chinese cells wrap, with the header row on every page."""

from collections.abc import Sequence
from dataclasses import replace

from reportlab.lib.colors import black
from reportlab.platypus import Flowable, Table

from backend.documents.fonts import Face
from backend.documents.grid import GREY, SHADE, SIZE_5, SIZE_SMALL_4, SIZE_SMALL_5, TYPE_HEIGHT, TYPE_WIDTH
from backend.documents.paper import Story
from backend.documents.paragraph import ChineseParagraph, Style
from backend.documents.press import Press
from backend.documents.table_data import Cell, Column, TableData

NO_DATA = "本期无数据"
CAPTION = Style(Face.HEI, SIZE_SMALL_4, 20, align="center", space_before=8, space_after=3, balanced=True)
NOTE = Style(Face.SONG, SIZE_SMALL_5, 13, align="left", space_before=3, color=GREY)
CELL = Style(Face.SONG, SIZE_5, 15, align="left")
HEAD = Style(Face.HEI, SIZE_5, 15, align="center")
PADDING_X, PADDING_Y = 4.0, 3.5
TALL_ROW = TYPE_HEIGHT / 3


def cell_text(value: Cell, decimals: int = 1) -> str:
    """Return how a value is printed: 「—」 for none, ``decimals`` for floats."""
    if value is None or value == "":
        return "—"
    return f"{value:.{decimals}f}" if isinstance(value, float) else str(value)


def add_table(story: Story, press: Press, data: TableData, number: int) -> None:
    """Add 「表N title」, the table and its note to ``story``; the caption stays with the first rows."""
    story.head(ChineseParagraph(press, f"表{number}　{data.title}", CAPTION))
    grid = chinese_table(press, data.columns, data.rows)
    story.add(grid, minimum=first_rows_height(grid, story.width))
    if data.note:
        story.add(ChineseParagraph(press, data.note, NOTE))
    story.space(8)


def first_rows_height(grid: Table, width: float, rows: int = 3) -> float:
    """Height in points of the header and the first rows, which must stay with the caption."""
    grid.wrap(width, TYPE_HEIGHT)
    heights = grid._rowHeights
    wanted = heights[:] if len(heights) <= rows + 1 else heights[:rows]
    return float(min(sum(wanted), TYPE_HEIGHT / 2))


def chinese_table(
    press: Press, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], width: float = TYPE_WIDTH
) -> Table:
    """Return a ruled table ``width`` points wide; no rows gives one line 「本期无数据」."""
    body = [[_cell(press, value, column) for value, column in zip(row, columns, strict=True)] for row in rows]
    header = [ChineseParagraph(press, column.title, HEAD) for column in columns]
    empty = [ChineseParagraph(press, NO_DATA, replace(CELL, align="center")), *[""] * (len(columns) - 1)]
    lines: list[list[Flowable | str]] = [list(header), *(list(row) for row in body)] if body else [list(header), empty]
    widths = column_widths(columns, [header, *body], width)
    tall = any(max(len(p.lines_for(w - 2 * PADDING_X)) for p, w in zip(r, widths, strict=True)) * 15 > TALL_ROW for r in body)
    grid = Table(lines, colWidths=widths, repeatRows=1, splitInRow=40 if tall else 0, style=[*RULES, *_spans(bool(body))])
    grid.hAlign = "CENTER"
    return grid


RULES: list[tuple[object, ...]] = [
    ("GRID", (0, 0), (-1, -1), 0.5, black),
    ("BOX", (0, 0), (-1, -1), 1, black),
    ("BACKGROUND", (0, 0), (-1, 0), SHADE),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("LEFTPADDING", (0, 0), (-1, -1), PADDING_X),
    ("RIGHTPADDING", (0, 0), (-1, -1), PADDING_X),
    ("TOPPADDING", (0, 0), (-1, -1), PADDING_Y),
    ("BOTTOMPADDING", (0, 0), (-1, -1), PADDING_Y),
]


def _spans(filled: bool) -> list[tuple[object, ...]]:
    return [] if filled else [("SPAN", (0, 1), (-1, 1))]


def _cell(press: Press, value: Cell, column: Column) -> ChineseParagraph:
    align = "right" if isinstance(value, int | float) and column.align == "left" else column.align
    return ChineseParagraph(press, cell_text(value, column.decimals), replace(CELL, align=align))


def column_widths(columns: Sequence[Column], rows: Sequence[Sequence[ChineseParagraph]], width: float) -> list[float]:
    """Share ``width`` by the columns' weights, then widen those whose longest word or number would not fit."""
    total = sum(column.width for column in columns)
    shares = [column.width / total * width for column in columns]
    least = [max(row[at].minimum_width() for row in rows) + 2 * PADDING_X + 0.5 for at in range(len(columns))]
    least = [min(need, width / 2) for need in least]
    if sum(least) >= width:
        return [width / len(columns)] * len(columns)
    short = sum(max(0.0, need - share) for need, share in zip(least, shares, strict=True))
    spare = sum(max(0.0, share - need) for need, share in zip(least, shares, strict=True))
    factor = short / spare if spare else 0.0
    return [
        need if share < need else share - (share - need) * factor for need, share in zip(least, shares, strict=True)
    ]
