"""Tables whose Chinese cells wrap, with the header row on every page."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, cast

from reportlab.lib.colors import black
from reportlab.platypus import CondPageBreak, Flowable, Table

from backend.documents.fonts import Face
from backend.documents.grid import GREY, SHADE, SIZE_5, SIZE_SMALL_4, SIZE_SMALL_5, TYPE_HEIGHT, TYPE_WIDTH
from backend.documents.layout.justifying import Align
from backend.documents.paper import Story
from backend.documents.paragraph import ChineseParagraph, Style
from backend.documents.press import Press
from backend.documents.table_data import Cell, Column, TableData
from backend.documents.tags import Sheet

NO_DATA = "本期无数据"
CAPTION = Style(Face.HEI, SIZE_SMALL_4, 20, align="center", space_before=8, space_after=3, balanced=True)
NOTE = Style(Face.SONG, SIZE_SMALL_5, 13, align="left", space_before=3, color=GREY)
CELL = Style(Face.SONG, SIZE_5, 15, align="left")
HEAD = Style(Face.HEI, SIZE_5, 15, align="center")
COMPACT_CELL = Style(Face.SONG, SIZE_SMALL_5, 12.5, align="left")
COMPACT_HEAD = Style(Face.HEI, SIZE_SMALL_5, 12.5, align="center")
PADDING_X, PADDING_Y = 4.0, 3.5
TALL_ROW = TYPE_HEIGHT / 3
SHORTEST_PIECE = 40  # points that a cut row keeps on either page
SHORT_TABLE = 170.0  # points up to which a table stays on one page
LONELY = 3  # rows: fewer are not left alone after a page break


def cell_text(value: Cell, decimals: int = 1) -> str:
    """Return how a value is printed: 「—」 for none, ``decimals`` for floats."""
    if value is None or value == "":
        return "—"
    return f"{value:.{decimals}f}" if isinstance(value, float) else str(value)


def add_table(story: Story, press: Press, data: TableData, number: int) -> None:
    """Add 「表N title」, the table and its note to ``story``; the caption stays with the first rows."""
    story.head(ChineseParagraph(press, f"表{number}　{data.title}", CAPTION))
    grid = chinese_table(press, data.columns, data.rows, compact=data.compact)
    note = ChineseParagraph(press, data.note, NOTE) if data.note else None
    if note:
        grid.room_after = note.wrap(story.width, 0)[1] + NOTE.space_before + 1
    story.add(grid, minimum=grid.kept_with_caption(story.width) + grid.room_after)
    if note:
        story.flowables.append(note)
    story.space(8)


class RuledTable(Table):
    """A table that does not leave one or two rows alone on the next page."""

    room_after = 0.0
    """Points that the block behind the table needs on the page where the table ends (报尾 never stands alone)."""

    _rowHeights: list[float]
    _nrows: int

    def kept_with_caption(self, width: float) -> float:
        """Height in points that must stay with the caption: a short table whole, else the header and three rows."""
        self.wrap(width, TYPE_HEIGHT)
        heights = self._rowHeights
        whole = float(sum(heights))
        return whole if whole <= SHORT_TABLE else float(min(sum(heights[: LONELY + 1]), TYPE_HEIGHT / 2))

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Measure; say "too high" when what follows would be alone on the next page; ReportLab's protocol."""
        size = super().wrap(width, height)
        return (size[0], height + 1) if self._must_give_up_rows(size[1], height) else size

    def draw(self) -> None:
        """Draw as one table of the structure; ReportLab's protocol."""
        with self.canv.table() if isinstance(self.canv, Sheet) else nullcontext():
            super().draw()

    def _must_give_up_rows(self, own: float, height: float) -> bool:
        return own <= height < own + self.room_after and self._nrows > 2 * LONELY + self.repeatRows

    def split(self, width: float, height: float) -> list[Flowable]:
        """Split between rows, with at least three of them after the break; ReportLab's protocol."""
        own = super().wrap(width, height)[1]
        gives_up = self._must_give_up_rows(own, height)
        parts = [] if gives_up else super().split(width, height)
        splittable = self._nrows > 2 * LONELY + self.repeatRows and not self.splitInRow
        lonely = len(parts) == 2 and cast(RuledTable, parts[1])._nrows - self.repeatRows < LONELY
        if gives_up or (splittable and lonely):
            # The break keeps the moved rows from coming back into the room that they have just left.
            kept, moved = super().split(width, own - sum(self._rowHeights[-LONELY:]))
            parts = [kept, CondPageBreak(TYPE_HEIGHT), moved]
        if parts:
            cast(RuledTable, parts[-1]).room_after = self.room_after
        return parts


def chinese_table(
    press: Press,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    width: float = TYPE_WIDTH,
    *,
    compact: bool = False,
) -> RuledTable:
    """Return a ruled table ``width`` points wide; no rows gives one line 「本期无数据」."""
    cell, head = (COMPACT_CELL, COMPACT_HEAD) if compact else (CELL, HEAD)
    body = [[_cell(press, value, column, cell) for value, column in zip(row, columns, strict=True)] for row in rows]
    header = [ChineseParagraph(press, column.title, head) for column in columns]
    texts = [NO_DATA, *[""] * (len(columns) - 1)]
    empty = [ChineseParagraph(press, text, replace(cell, align="center")) for text in texts]
    widths = column_widths(columns, [header, *body], width)
    mark_cells([header], "TH")
    mark_cells(body or [empty], "TD")
    tall = _has_tall_row(body, widths)
    return RuledTable(
        [header, *(body or [empty])],
        colWidths=widths,
        repeatRows=1,
        splitInRow=SHORTEST_PIECE if tall else 0,
        style=[
            *RULES,
            ("FONTNAME", (0, 0), (-1, -1), press.first_font(Face.SONG)),  # or the table names Helvetica in passing
            ("VALIGN", (0, 1), (-1, -1), "TOP" if tall else "MIDDLE"),  # ReportLab lets a cut row grow otherwise
            *([] if body else [("SPAN", (0, 1), (-1, 1))]),
        ],
        hAlign="CENTER",
        longTableOptimize=0,  # the rows kept together need the heights of all
    )


def mark_cells(rows: Sequence[Sequence[ChineseParagraph]], kind: str) -> None:
    """Tell the cells their role and row in the structure of the paper."""
    for at, row in enumerate(rows, start=0 if kind == "TH" else 1):
        for cell in row:
            cell.kind, cell.row = kind, at


def _has_tall_row(body: Sequence[Sequence[ChineseParagraph]], widths: Sequence[float]) -> bool:
    """Whether some row is so tall that it has to be cut over pages rather than moved whole."""
    pairs = ((cell, width) for row in body for cell, width in zip(row, widths, strict=True))
    return any(cell.wrap(width - 2 * PADDING_X, 0)[1] > TALL_ROW for cell, width in pairs)


RULES: list[tuple[Any, ...]] = [
    ("GRID", (0, 0), (-1, -1), 0.5, black),
    ("BOX", (0, 0), (-1, -1), 1, black),
    ("BACKGROUND", (0, 0), (-1, 0), SHADE),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("LEFTPADDING", (0, 0), (-1, -1), PADDING_X),
    ("RIGHTPADDING", (0, 0), (-1, -1), PADDING_X),
    ("TOPPADDING", (0, 0), (-1, -1), PADDING_Y),
    ("BOTTOMPADDING", (0, 0), (-1, -1), PADDING_Y),
]


def _cell(press: Press, value: Cell, column: Column, style: Style) -> ChineseParagraph:
    if value is None or value == "":
        align: Align = "center"
    else:
        align = "right" if isinstance(value, int | float) and column.align == "left" else column.align
    return ChineseParagraph(press, cell_text(value, column.decimals), replace(style, align=align))


def column_widths(columns: Sequence[Column], rows: Sequence[Sequence[ChineseParagraph]], width: float) -> list[float]:
    """Share ``width`` by the columns' weights, then widen those whose longest word, or whole cell, would not fit."""
    total = sum(column.width for column in columns)
    shares = [column.width / total * width for column in columns]
    least = [min(_needed(column, [row[at] for row in rows]), width / 2) for at, column in enumerate(columns)]
    if sum(least) >= width:
        return [need / sum(least) * width for need in least]
    short = sum(max(0.0, need - share) for need, share in zip(least, shares, strict=True))
    spare = sum(max(0.0, share - need) for need, share in zip(least, shares, strict=True))
    factor = short / spare if spare else 0.0
    return [
        need if share < need else share - (share - need) * factor for need, share in zip(least, shares, strict=True)
    ]


def _needed(column: Column, cells: Sequence[ChineseParagraph]) -> float:
    """Width in points below which a word (or, if unbroken, a cell) would be torn; a header may always wrap."""
    words = max(cell.minimum_width() for cell in cells)
    words = max(words, min(cells[0].natural_width(), 2 * cells[0].style.size))
    whole = max((cell.natural_width() for cell in cells[1:]), default=0.0) if column.unbroken else 0.0
    return max(words, whole) + 2 * PADDING_X + 0.5
