"""A heat map: one row a unit, one column a kind or a day, the darker the more; every cell says its figure."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.colors import Color, white
from reportlab.pdfgen.canvas import Canvas

from backend.documents.canvas import draw_centred
from backend.documents.charts.chart import LABEL, LEGEND_HEIGHT, Chart, box, plain
from backend.documents.charts.shades import Scale, draw_key, scale_of, shade
from backend.documents.fonts import Face
from backend.documents.press import Press

WIDEST_NAME = 110.0  # points
WIDEST_CELL = 62.0  # points: few columns are not drawn out over the whole line
SMALLEST = 6.0  # points of a figure in a narrow cell
GRID = Color(0.55, 0.55, 0.55)


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A name and one value a column; ``None`` is a cell without data."""

    name: str
    values: tuple[float | None, ...]


class HeatMap(Chart):
    """Rows and columns of shaded cells. At most about 26 rows stay on a page; the caller cuts longer lists."""

    def __init__(
        self, press: Press, columns: Sequence[str], rows: Sequence[HeatRow], unit: str = "", scale: Scale | None = None
    ) -> None:
        """``unit`` follows the figures of the key. Raises ``ValueError`` unless every row has a value a column."""
        if not columns or any(len(row.values) != len(columns) for row in rows):
            raise ValueError("every row of a heat map needs one value per column")
        self.columns, self.rows, self.unit = tuple(columns), tuple(rows), unit
        super().__init__(press, 0)
        self.scale = scale or scale_of(value for row in rows for value in row.values)
        self.pitch = self.pitch_for([row.name for row in rows], WIDEST_NAME)
        self._names, widest = self.names([row.name for row in rows], WIDEST_NAME) if rows else ([], 0.0)
        self._cell = min(WIDEST_CELL, (self.width - widest - 8) / len(columns))
        self._left = widest + 8 + max(0.0, (self.width - widest - 8 - self._cell * len(columns)) / 2)
        self._heads = [self._head(title) for title in columns]
        self._head_height = max(len(lines) for lines in self._heads) * (LABEL + 1.5) + 5
        self.height = LEGEND_HEIGHT + self._head_height + self.pitch * len(rows) + 4

    def words(self) -> str:
        """Return every row with its values."""
        return "；".join(
            row.name
            + "、".join(f"{column}{_said(value)}" for column, value in zip(self.columns, row.values, strict=True))
            for row in self.rows
        )

    def paint(self, canvas: Canvas) -> None:
        """Draw column heads, names, cells, key."""
        top = self.height - LEGEND_HEIGHT - self._head_height
        for at, lines in enumerate(self._heads):
            for line, text in enumerate(reversed(lines)):
                self.label(canvas, self._x(at) + self._cell / 2, top + 6 + line * (LABEL + 1.5), text)
        for at, (row, name) in enumerate(zip(self.rows, self._names, strict=True)):
            y = top - (at + 1) * self.pitch
            self.name(canvas, self._left - 5, y + self.pitch / 2, name)
            for column, value in enumerate(row.values):
                self._draw_cell(canvas, self._x(column), y, value)
        missing = any(value is None for row in self.rows for value in row.values)
        draw_key(self, canvas, self.height - LEGEND_HEIGHT / 2, self.scale, self.unit, missing=missing)

    def _x(self, column: int) -> float:
        return self._left + column * self._cell

    def _draw_cell(self, canvas: Canvas, x: float, y: float, value: float | None) -> None:
        fill, ink = shade(self.scale, value)
        box(canvas, fill, x, y, self._cell, self.pitch, GRID)
        text = "—" if value is None else plain(value)
        size = min(LABEL, max(SMALLEST, LABEL * (self._cell - 3) / max(self.press.width(text, Face.HEI, LABEL), 1)))
        if fill.hatch:
            canvas.setFillColor(white)
            canvas.rect(x + self._cell / 2 - 6, y + self.pitch / 2 - 4, 12, 8, stroke=0, fill=1)
        canvas.setFillColor(ink)
        draw_centred(canvas, self.press, x + self._cell / 2, y + self.pitch / 2 - size * 0.36, text, Face.HEI, size)

    def _head(self, title: str) -> list[str]:
        """Cut a column's title into as many lines as the narrow cell needs, at most four."""
        per_line = max(1, int((self._cell - 2) / LABEL))
        if self.press.width(title, Face.HEI, LABEL) <= self._cell - 2:
            return [title]
        count = min(4, -(-len(title) // per_line))
        per_line = -(-len(title) // count)
        lines = [title[at : at + per_line] for at in range(0, len(title), per_line)]
        return [self.fitted(line, max(self._cell - 1, LABEL)) for line in lines]


def _said(value: float | None) -> str:
    return "无数据" if value is None else plain(value)
