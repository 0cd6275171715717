"""The flowable of a table: rules, header on every page, rows kept together or cut, one element of the structure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from reportlab.lib.colors import black
from reportlab.platypus import CondPageBreak, Flowable

from backend.documents.grid import SHADE, TYPE_HEIGHT
from backend.documents.press import Press
from backend.documents.sheet import Sheet
from backend.documents.table_cells import PADDING_X, CellText, Row
from backend.documents.tags import Node

TALL_ROW = TYPE_HEIGHT / 3
"""Points from which a row is cut over pages rather than moved whole."""
SHORTEST_PIECE = 40.0  # points that a cut row keeps on either page
SHORT_TABLE = 170.0  # points up to which a table stays on one page
LONELY = 3  # rows: fewer are not left alone after a page break
THIN, FRAME = 0.5, 1.0  # points of the rules


@dataclass(slots=True, eq=False)
class Whole:
    """What the parts of one table share. ``groups`` are (first, last) row numbers that have one cell in column 1."""

    press: Press
    widths: tuple[float, ...]
    header: Row | None
    groups: Sequence[tuple[int, int, CellText]] = ()
    node: Node | None = None
    grouped: dict[int, tuple[int, int, CellText]] = field(init=False)

    def __post_init__(self) -> None:
        self.grouped = {row: group for group in self.groups for row in range(group[0], group[1] + 1)}


class RuledTable(Flowable):
    """A table, or what is left of it after page breaks; it never leaves one or two rows alone on the next page."""

    room_after = 0.0
    """Points that the block behind the table needs on the page where the table ends (报尾 never stands alone)."""

    def __init__(self, whole: Whole, rows: Sequence[Row], body: float | None = None) -> None:
        """``body`` is the height of the rows in points where it is known already: long tables are split often."""
        super().__init__()
        self.whole, self.rows = whole, rows
        self.hAlign = "CENTER"
        self.width = sum(whole.widths)
        self._head = whole.header.height if whole.header else 0.0
        self.height = self._head + (sum(row.height for row in rows) if body is None else body)

    def kept_with_caption(self, _width: float) -> float:
        """Height in points that must stay with the caption: a short table whole, else the header and three rows."""
        if self.height <= SHORT_TABLE:
            return self.height
        return min(self._head + sum(row.height for row in self.rows[:LONELY]), TYPE_HEIGHT / 2)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Measure; say "too high" when what follows would be alone on the next page; ReportLab's protocol."""
        return self.width, height + 1 if self._must_give_up_rows(height) else self.height

    def _must_give_up_rows(self, height: float) -> bool:
        return self.height <= height < self.height + self.room_after and len(self.rows) > 2 * LONELY

    def split(self, width: float, height: float) -> list[Flowable]:
        """Split between rows, or inside one that is tall; ReportLab's protocol."""
        if self._must_give_up_rows(height):
            return self._moving(len(self.rows) - LONELY)
        count, used = self._fitting(height - self._head + 0.01)
        if count == len(self.rows):
            return []
        left = height - self._head + 0.01 - used
        if self.rows[count].height > TALL_ROW and left >= SHORTEST_PIECE:
            return self._cutting(count, left)
        if count > LONELY and len(self.rows) - count < LONELY and len(self.rows) > 2 * LONELY:
            return self._moving(len(self.rows) - LONELY)
        return self._parts(self.rows[:count], self.rows[count:]) if count else []

    def _fitting(self, room: float) -> tuple[int, float]:
        """Return how many rows fit into ``room`` points, and their height."""
        used = 0.0
        for count, row in enumerate(self.rows):
            if used + row.height > room:
                return count, used
            used += row.height
        return len(self.rows), used

    def _moving(self, count: int) -> list[Flowable]:
        """The break keeps the moved rows from coming back into the room that they have just left."""
        kept, moved = self._parts(self.rows[:count], self.rows[count:])
        return [kept, CondPageBreak(TYPE_HEIGHT), moved]

    def _cutting(self, count: int, room: float) -> list[Flowable]:
        first, second = self.rows[count].divided(room)
        if not any(cell.lines for cell in first.cells):
            return self._parts(self.rows[:count], self.rows[count:]) if count else []
        cut = [RuledTable(self.whole, [*self.rows[:count], first]), self._rest([second, *self.rows[count + 1 :]])]
        return [*cut]

    def _parts(self, first: Sequence[Row], second: Sequence[Row]) -> list[Flowable]:
        kept = RuledTable(self.whole, first)
        return [kept, self._rest(second, self.height - kept.height)]

    def _rest(self, rows: Sequence[Row], body: float | None = None) -> "RuledTable":
        rest = RuledTable(self.whole, rows, body)
        rest.room_after = self.room_after
        return rest

    def draw(self) -> None:
        """Draw as one table of the structure; ReportLab's protocol."""
        sheet = self.canv
        assert isinstance(sheet, Sheet)
        shown = [*([self.whole.header] if self.whole.header else []), *self.rows]
        edges = [self.height, *(self.height - below for below in accumulate(row.height for row in shown))]
        self._draw_rules(sheet, shown, edges)
        sheet.setFillColor(black)
        with sheet.table(self.whole.node) as node:
            repeated = self.whole.node is not None
            self.whole.node = node
            for at, row in enumerate(shown):
                is_header = row is self.whole.header
                self._draw_row(sheet, row, edges[at], artifact=is_header and repeated)
        self._draw_groups(sheet, shown, edges)

    def _draw_row(self, sheet: Sheet, row: Row, top: float, *, artifact: bool) -> None:
        left, kind = PADDING_X, "TD" if row.number else "TH"
        for at, (cell, width) in enumerate(zip(row.cells, self.whole.widths, strict=False)):
            if cell.lines and not (at == 0 and row.number in self.whole.grouped):
                slack = 0.0 if row.cut else (row.height - cell.height) / 2
                begin = "/Artifact BMC" if artifact else sheet.opened(kind, row=row.number)
                code = cell.code(sheet, self.whole.press)
                sheet.code.append(f"{begin} q 1 0 0 1 {left:.2f} {top - slack - cell.padding:.3f} cm {code} Q EMC")
            left += width

    def _draw_groups(self, sheet: Sheet, shown: Sequence[Row], edges: Sequence[float]) -> None:
        """Write the common cell of each group in the middle of those of its rows that are on this page."""
        for first, last, text in self.whole.groups:
            inside = [at for at, row in enumerate(shown) if first <= row.number <= last]
            if not inside:
                continue
            cell = text.laid(self.whole.widths[0])
            middle = (edges[inside[0]] + edges[inside[-1] + 1]) / 2
            top = middle + len(cell.lines) * cell.style.leading / 2
            begin = sheet.opened("TD", row=shown[inside[0]].number)
            code = cell.code(sheet, self.whole.press)
            sheet.code.append(f"{begin} q 1 0 0 1 {PADDING_X:.2f} {top:.3f} cm {code} Q EMC")

    def _draw_rules(self, sheet: Sheet, shown: Sequence[Row], edges: Sequence[float]) -> None:
        code = ["/Artifact BMC", "q"]
        if self.whole.header:
            code.append(f"{SHADE.red:g} g 0 {edges[1]:.3f} {self.width:.3f} {edges[0] - edges[1]:.3f} re f")
        code.append(f"0 G {THIN} w")
        xs = list(accumulate(self.whole.widths, initial=0.0))
        for (above, below), y in zip(pairwise(shown), edges[1:-1], strict=True):
            group = self.whole.grouped.get(above.number)
            left = xs[1] if group and group is self.whole.grouped.get(below.number) else 0.0
            code.append(f"{left:.3f} {y:.3f} m {self.width:.3f} {y:.3f} l")
        foot = edges[-2] if len(shown[-1].cells) == 1 else edges[-1]
        code += [f"{x:.3f} {foot:.3f} m {x:.3f} {edges[0]:.3f} l" for x in xs[1:-1]]
        code.append(f"S {FRAME} w 0 {edges[-1]:.3f} {self.width:.3f} {edges[0] - edges[-1]:.3f} re S Q")
        sheet.code.append(" ".join([*code, "EMC"]))
