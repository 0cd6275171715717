"""Bars: counts by category (lying), values against a limit of their own (standing)."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from backend.documents.charts.chart import (
    ALARM,
    DARK,
    HATCHED,
    LABEL,
    LEGEND_HEIGHT,
    RULE,
    Chart,
    axis_line,
    box,
    limit_line,
    plain,
    ticks,
)
from backend.documents.fonts import Face
from backend.documents.grid import SIZE_SMALL_5, TYPE_WIDTH
from backend.documents.press import Press

WIDEST_NAME = 150.0  # points
NAMED_WITHIN = 0.45  # of the width: a narrow chart leaves room for its bars
LIMIT_HEIGHT, THICKEST = 165.0, 16.0  # points
NAME_OF_SLOT = 3.45  # characters below a bar: 一年级 with a little air


@dataclass(frozen=True, slots=True)
class BarItem:
    """A name and a count."""

    name: str
    value: float


class BarChart(Chart):
    """Lying bars, one a line, the value written at the end."""

    def __init__(
        self, press: Press, items: Sequence[BarItem], unit: str = "", width: float = TYPE_WIDTH, least: float = 0.0
    ) -> None:
        """``least`` is the height in points that the chart has at least."""
        self.items, self.unit = items, unit
        super().__init__(press, 0, width)
        self._widest_name = min(WIDEST_NAME, width * NAMED_WITHIN)
        self.pitch = self.pitch_for([item.name for item in items], self._widest_name)
        self.pitch = max(self.pitch, (least - 10) / max(1, len(items)))
        self.height = self.pitch * len(items) + 10

    def words(self) -> str:
        """Return every name with its value."""
        return "；".join(f"{item.name}{plain(item.value)}" for item in self.items)

    def paint(self, canvas: Canvas) -> None:
        """Draw names, bars, values."""
        names, widest = self.names([item.name for item in self.items], self._widest_name)
        left = widest + 8
        scale = (self.width - left - 14 - self._figures()) / max([1.0, *(item.value for item in self.items)])
        for at, (item, name) in enumerate(zip(self.items, names, strict=True)):
            y = self.height - 5 - (at + 0.5) * self.pitch
            self.name(canvas, left - 5, y, name)
            thick = min(self.pitch * 0.6, THICKEST)
            box(canvas, DARK, left, y - thick / 2, item.value * scale, thick)
            self.label(canvas, left + item.value * scale + 4, y, plain(item.value) + self.unit, "left")
        axis_line(canvas, left, 2, left, self.height - 2)

    def _figures(self) -> float:
        """Points that the longest figure takes."""
        texts = [plain(item.value) + self.unit for item in self.items]
        return max(self.press.width(text, Face.HEI, LABEL) for text in texts)


@dataclass(frozen=True, slots=True)
class LimitItem:
    """A value and the limit it must not pass; ``None`` is printed as 「无数据」."""

    name: str
    value: float | None
    limit: float


class LimitChart(Chart):
    """Standing bars with a limit line over each; bars over their limit are filled otherwise."""

    def __init__(
        self,
        press: Press,
        items: Sequence[LimitItem],
        labels: tuple[str, str, str],
        unit: str,
        size: tuple[float, float] = (TYPE_WIDTH, LIMIT_HEIGHT),
    ) -> None:
        """``labels`` name a bar within its limit, one beyond it, and the limit; ``unit`` heads the axis; ``size`` is
        width and height in points.
        """
        self.items, self.labels, self.unit = items, labels, unit
        super().__init__(press, size[1], size[0])

    def words(self) -> str:
        """Return every name with its value and limit."""
        return "；".join(
            f"{item.name}{'无数据' if item.value is None else plain(item.value)}（{self.labels[2]}{plain(item.limit)}）"
            for item in self.items
        )

    def paint(self, canvas: Canvas) -> None:
        """Draw axis, bars, limits, legend."""
        top, bottom, left = self.height - LEGEND_HEIGHT - 12, 20.0, 26.0
        marks = ticks(max(max(item.value or 0, item.limit) for item in self.items) * 1.05)
        scale = (top - bottom) / marks[-1]
        for mark in marks:
            self._mark(canvas, left, bottom + mark * scale, mark)
        slot = (self.width - left) / len(self.items)
        for at, item in enumerate(self.items):
            self._bar(canvas, item, left + at * slot, slot, bottom, scale)
        axis_line(canvas, left, bottom, self.width, bottom)
        self.label(canvas, 0, top + 13, self.unit, "left")
        within, beyond, limit = self.labels
        self.legend(canvas, self.height - LEGEND_HEIGHT / 2, [(within, HATCHED), (beyond, ALARM), (limit, None)])

    def _mark(self, canvas: Canvas, left: float, y: float, mark: float) -> None:
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.4)
        canvas.line(left, y, self.width, y)
        self.label(canvas, left - 5, y, plain(mark), "right")

    def _bar(self, canvas: Canvas, item: LimitItem, x: float, slot: float, bottom: float, scale: float) -> None:
        middle = x + slot / 2
        size = min(SIZE_SMALL_5, slot / NAME_OF_SLOT)
        self.label(canvas, middle, bottom - 10, self.fitted(item.name, slot, size), size=size)
        limit_y = bottom + item.limit * scale
        if item.limit:
            limit_line(canvas, x + slot * 0.08, limit_y, x + slot * 0.92, limit_y)
        if item.value is None:
            self.label(canvas, middle, bottom + 8, "无数据", size=size)
            return
        fill = ALARM if item.value > item.limit else HATCHED
        box(canvas, fill, x + slot * 0.24, bottom, slot * 0.52, item.value * scale)
        y = bottom + item.value * scale + 7
        if -7 < y - limit_y < 7:
            y = limit_y + 7
        self.label(canvas, middle, y, plain(item.value), size=size)
