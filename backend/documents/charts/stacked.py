"""Stacked bars: three parts of a whole, one bar a line."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.colors import black, white
from reportlab.pdfgen.canvas import Canvas

from backend.documents.canvas import draw_centred
from backend.documents.charts.chart import ALARM, DARK, HATCHED, LABEL, LEGEND_HEIGHT, Chart, Fill, axis_line, box
from backend.documents.fonts import Face
from backend.documents.press import Press

FILLS = (DARK, HATCHED, ALARM)
WIDEST_NAME = 130.0  # points


@dataclass(frozen=True, slots=True)
class StackedItem:
    """A name and its three parts."""

    name: str
    parts: tuple[int, int, int]


TWO_LINES = 20.0
"""Bars whose names take two lines stand at least this far apart, in points."""

MANY = 190.0
"""Points for all bars together: a county's districts then stay on the page of their table."""


class StackedChart(Chart):
    """Lying stacked bars; a part wide enough carries its number, the total stands at the end."""

    def __init__(self, press: Press, items: Sequence[StackedItem], labels: tuple[str, str, str]) -> None:
        """``labels`` name the three parts, dark, hatched and alarming."""
        self.items, self.labels = items, labels
        super().__init__(press, 0)
        self.pitch = self.pitch_for([item.name for item in items], WIDEST_NAME)
        if self.pitch < TWO_LINES:
            self.pitch = max(min(self.pitch, MANY / max(1, len(items))), LABEL + 4)
        self.height = self.pitch * len(items) + LEGEND_HEIGHT + 8

    def words(self) -> str:
        """Return every name with its three parts."""
        return "；".join(
            item.name + "、".join(f"{label}{part}" for label, part in zip(self.labels, item.parts, strict=True))
            for item in self.items
        )

    def paint(self, canvas: Canvas) -> None:
        """Draw names, bars, totals, legend."""
        names, widest = self.names([item.name for item in self.items], WIDEST_NAME)
        left = widest + 8
        scale = (self.width - left - 28) / max([1, *(sum(item.parts) for item in self.items)])
        top = self.height - LEGEND_HEIGHT
        for at, (item, name) in enumerate(zip(self.items, names, strict=True)):
            y = top - (at + 0.5) * self.pitch
            self.name(canvas, left - 5, y, name)
            self._bar(canvas, item, left, y, scale)
        axis_line(canvas, left, 4, left, top)
        self.legend(canvas, self.height - LEGEND_HEIGHT / 2, list(zip(self.labels, FILLS, strict=True)))

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
