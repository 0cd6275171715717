"""A line against a target."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from reportlab.lib.colors import white
from reportlab.pdfgen.canvas import Canvas

from backend.documents.charts.chart import DARK, LEGEND_HEIGHT, RULE, Chart, axis_line, limit_line, plain
from backend.documents.press import Press

HEIGHT = 150.0  # points


@dataclass(frozen=True, slots=True)
class LinePoint:
    """A place on the axis, the value reached (``None`` leaves a gap) and the target."""

    name: str
    value: float | None
    target: float


class LineChart(Chart):
    """Percentages over days: a solid line with dots, the target dashed, the last value written out."""

    def __init__(self, press: Press, points: Sequence[LinePoint], labels: tuple[str, str]) -> None:
        """``labels`` name the line and the target."""
        self.points, self.labels = points, labels
        super().__init__(press, HEIGHT)
        self._left, self._bottom, self._top = 34.0, 20.0, self.height - LEGEND_HEIGHT - 6

    def words(self) -> str:
        """Return every known value with its target."""
        known = [point for point in self.points if point.value is not None]
        return "；".join(f"{p.name}{plain(p.value or 0)}%（{self.labels[1]}{plain(p.target)}%）" for p in known)

    def paint(self, canvas: Canvas) -> None:
        """Draw grid, target, line, legend."""
        for mark in range(0, 101, 20):
            canvas.setStrokeColor(RULE)
            canvas.setLineWidth(0.4)
            canvas.line(self._left, self._y(mark), self.width, self._y(mark))
            self.label(canvas, self._left - 4, self._y(mark), f"{mark}%", "right")
        self._names(canvas)
        axis_line(canvas, self._left, self._bottom, self.width, self._bottom)
        for at in range(len(self.points) - 1):
            left, right = self.points[at : at + 2]
            limit_line(canvas, self._x(at), self._y(left.target), self._x(at + 1), self._y(right.target))
        self._line(canvas)
        self._key(canvas)

    def _x(self, at: int) -> float:
        step = (self.width - self._left - 24) / max(len(self.points) - 1, 1)
        return self._left + 12 + at * step

    def _y(self, value: float) -> float:
        return self._bottom + max(0.0, min(value, 100.0)) / 100 * (self._top - self._bottom)

    def _names(self, canvas: Canvas) -> None:
        every = -(-len(self.points) // 16)
        for at, point in enumerate(self.points):
            if at % every == 0:
                self.label(canvas, self._x(at), self._bottom - 10, point.name)

    def _line(self, canvas: Canvas) -> None:
        canvas.setStrokeColor(DARK.ground)
        canvas.setLineWidth(1.6)
        known = [(at, point.value) for at, point in enumerate(self.points) if point.value is not None]
        for (at, value), (after, following) in pairwise(known):
            if after == at + 1:
                canvas.line(self._x(at), self._y(value), self._x(after), self._y(following))
        for at, value in known:
            _dot(canvas, self._x(at), self._y(value))
        if known:
            self._last(canvas, *known[-1])

    def _last(self, canvas: Canvas, at: int, value: float) -> None:
        """Away from the target's line; close to the axis there is room above only."""
        below = value < self.points[at].target and self._y(value) - self._bottom > 18
        self.label(canvas, self._x(at), self._y(value) + (-9 if below else 9), f"{plain(value)}%")

    def _key(self, canvas: Canvas) -> None:
        self.legend(canvas, self.height - LEGEND_HEIGHT / 2, [(self.labels[0], DARK), (self.labels[1], None)])


def _dot(canvas: Canvas, x: float, y: float) -> None:
    canvas.setFillColor(white)
    canvas.setStrokeColor(DARK.ground)
    canvas.setLineWidth(1.2)
    canvas.circle(x, y, 2.1, stroke=1, fill=1)
