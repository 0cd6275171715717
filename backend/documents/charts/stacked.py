"""Stacked bars: three parts of a whole, one bar a line."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.colors import black, white
from reportlab.pdfgen.canvas import Canvas

from backend.documents.canvas import draw_centred
from backend.documents.charts.chart import ALARM, DARK, HATCHED, LABEL, LEGEND_HEIGHT, Chart, Fill, axis_line, box
from backend.documents.fonts import Face
from backend.documents.grid import TYPE_WIDTH
from backend.documents.press import Press

FILLS = (DARK, HATCHED, ALARM)
WIDEST_NAME = 130.0  # points
FROM_TABLE = 4.0  # points between a table and the bars beside it


@dataclass(frozen=True, slots=True)
class StackedItem:
    """A name and its three parts."""

    name: str
    parts: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table that bars stand beside, in points: width of the bars' column, height of the header, of a row."""

    width: float
    head: float
    pitch: float


TWO_LINES = 20.0
"""Bars whose names take two lines stand at least this far apart, in points."""

MANY = 190.0
"""Points for all bars together: a county's districts then stay on the page of their table."""


class StackedChart(Chart):
    """Lying stacked bars; a part wide enough carries its number, the total stands at the end."""

    def __init__(
        self, press: Press, items: Sequence[StackedItem], labels: tuple[str, str, str], beside: Rows | None = None
    ) -> None:
        """``labels`` name the three parts, dark, hatched and alarming. ``beside`` a table, its rows name the bars."""
        self.items, self.labels, self.beside = items, labels, beside
        super().__init__(press, 0, beside.width if beside else TYPE_WIDTH)
        self._head = beside.head if beside else LEGEND_HEIGHT
        self.pitch = beside.pitch if beside else self._own_pitch()
        self.height = self.pitch * len(items) + self._head + (0 if beside else 8)

    def _own_pitch(self) -> float:
        pitch = self.pitch_for([item.name for item in self.items], WIDEST_NAME)
        return pitch if pitch >= TWO_LINES else max(min(pitch, MANY / max(1, len(self.items))), LABEL + 4)

    def words(self) -> str:
        """Return every name with its three parts."""
        return "；".join(
            item.name + "、".join(f"{label}{part}" for label, part in zip(self.labels, item.parts, strict=True))
            for item in self.items
        )

    def paint(self, canvas: Canvas) -> None:
        """Draw names, bars, totals, legend."""
        left = self._draw_names(canvas) if not self.beside else FROM_TABLE
        most = max([1, *(sum(item.parts) for item in self.items)])
        scale = (self.width - left - 8 - self.press.width(str(most), Face.HEI, LABEL)) / most
        for at, item in enumerate(self.items):
            self._bar(canvas, item, left, self._middle(at), scale)
        axis_line(canvas, left, 0 if self.beside else 4, left, self.height - self._head)
        self.legend(canvas, self.height - self._head / 2, list(zip(self.labels, FILLS, strict=True)))

    def _draw_names(self, canvas: Canvas) -> float:
        """Return where the bars begin."""
        names, widest = self.names([item.name for item in self.items], WIDEST_NAME)
        for at, name in enumerate(names):
            self.name(canvas, widest + 3, self._middle(at), name)
        return widest + 8

    def _middle(self, at: int) -> float:
        return self.height - self._head - (at + 0.5) * self.pitch

    def _bar(self, canvas: Canvas, item: StackedItem, left: float, y: float, scale: float) -> None:
        x, height = left, self.pitch * 0.64
        for part, fill in zip(item.parts, FILLS, strict=True):
            box(canvas, fill, x, y - height / 2, part * scale, height)
            if part * scale >= self.press.width(str(part), Face.HEI, LABEL) + 8:
                self._number(canvas, part, x + part * scale / 2, y, fill)
            x += part * scale
        self.label(canvas, x + 4, y, str(sum(item.parts)), "left")

    def _number(self, canvas: Canvas, part: int, x: float, y: float, fill: Fill) -> None:
        """Write a number on a bar, on a patch of the ground colour where a hatch would cross it."""
        width = self.press.width(str(part), Face.HEI, LABEL)
        if fill.hatch:
            canvas.setFillColor(fill.ground)
            canvas.rect(x - width / 2 - 2, y - 5, width + 4, 10, stroke=0, fill=1)
        canvas.setFillColor(black if fill is HATCHED else white)
        draw_centred(canvas, self.press, x, y - LABEL * 0.36, str(part), Face.HEI, LABEL)
