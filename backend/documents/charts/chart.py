"""What all charts share: the flowable, fills that survive a grey printer, scales, labels, the legend."""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.colors import Color, black, white
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from backend.documents.canvas import draw_centred, draw_right, draw_text
from backend.documents.fonts import Face
from backend.documents.grid import GREY, SIZE_SMALL_5, TYPE_WIDTH
from backend.documents.press import Press
from backend.documents.tags import tagged

LABEL = SIZE_SMALL_5
LEGEND_HEIGHT = 20.0
RULE = Color(0.8, 0.8, 0.8)


@dataclass(frozen=True, slots=True)
class Fill:
    """A fill: ground colour and, when ``hatch`` is set, lines that many points apart."""

    ground: Color
    hatch: float = 0.0
    line: Color = black


DARK = Fill(Color(0.13, 0.29, 0.47))
HATCHED = Fill(Color(0.86, 0.91, 0.96), 4.0, Color(0.13, 0.29, 0.47))
ALARM = Fill(Color(0.72, 0.11, 0.11), 3.0, white)


class Chart(Flowable, ABC):
    """A drawing ``width`` points wide (by default the type area) and ``height`` high. Children draw in ``paint``."""

    def __init__(self, press: Press, height: float, width: float = TYPE_WIDTH) -> None:
        super().__init__()
        self.press, self.height, self.width = press, height, width
        self.hAlign = "CENTER"

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Take the full width; ReportLab's protocol."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw inside a saved state; ReportLab's protocol."""
        self.canv.saveState()
        with tagged(self.canv, "Figure", f"{self.title}：{self.words()}"):
            self.paint(self.canv)
        self.canv.restoreState()

    title = ""
    """What the chart shows; set by whoever numbers it."""

    @abstractmethod
    def words(self) -> str:
        """Return the chart's data in words, for readers who do not see it."""

    @abstractmethod
    def paint(self, canvas: Canvas) -> None:
        """Draw the chart with its lower left corner at the origin."""

    def label(self, canvas: Canvas, x: float, y: float, text: str, align: str = "center", size: float = LABEL) -> None:
        """Write ``text`` vertically centred on ``y``."""
        canvas.setFillColor(black)
        draw = {"center": draw_centred, "right": draw_right, "left": draw_text}[align]
        draw(canvas, self.press, x, y - size * 0.36, text, Face.HEI, size)

    def names(self, texts: Sequence[str], widest: float) -> tuple[list[list[str]], float]:
        """Return names cut into at most two lines of ``widest`` points, and the width that they need."""
        cut = [self._two_lines(text, widest) for text in texts]
        return cut, max(self.press.width(line, Face.HEI, LABEL) for lines in cut for line in lines)

    def pitch_for(self, texts: Sequence[str], widest: float) -> float:
        """Return the distance of lying bars in points: wider when a name needs two lines."""
        return 20.5 if any(len(self._two_lines(text, widest)) > 1 for text in texts) else 18.0

    def _two_lines(self, text: str, widest: float) -> list[str]:
        if self.press.width(text, Face.HEI, LABEL) <= widest:
            return [text]
        half = -(-len(text) // 2)
        return [self.fitted(text[:half], widest), self.fitted(text[half:], widest)]

    def name(self, canvas: Canvas, x: float, y: float, lines: Sequence[str]) -> None:
        """Write a name of one or two lines, ending at ``x`` and centred on ``y``."""
        for at, line in enumerate(lines):
            self.label(canvas, x, y + (len(lines) - 1 - 2 * at) * LABEL * 0.56, line, "right")

    def fitted(self, text: str, width: float, size: float = LABEL) -> str:
        """Return ``text``, shortened with 「…」 when wider than ``width`` points."""
        if self.press.width(text, Face.HEI, size) <= width:
            return text
        while text and self.press.width(text + "…", Face.HEI, size) > width:
            text = text[:-1]
        return text + "…"

    def legend(self, canvas: Canvas, y: float, entries: Sequence[tuple[str, Fill | None]]) -> None:
        """Write a centred legend; ``None`` stands for the limit line."""
        widths = [self.press.width(text, Face.HEI, LABEL) + 38 for text, _ in entries]
        x = (self.width - sum(widths) + 18) / 2
        for (text, fill), width in zip(entries, widths, strict=True):
            if fill is None:
                limit_line(canvas, x, y, x + 14, y)
            else:
                box(canvas, fill, x, y - 4, 14, 8)
            self.label(canvas, x + 18, y, text, "left")
            x += width


def box(canvas: Canvas, fill: Fill, x: float, y: float, width: float, height: float, edge: Color = black) -> None:
    """Draw a filled, outlined box with the fill's hatch."""
    if width <= 0 or height <= 0:
        return
    canvas.setFillColor(fill.ground)
    canvas.rect(x, y, width, height, stroke=0, fill=1)
    if fill.hatch:
        _hatch(canvas, fill, x, y, width, height)
    canvas.setStrokeColor(edge)
    canvas.setLineWidth(0.5)
    canvas.rect(x, y, width, height, stroke=1, fill=0)


def _hatch(canvas: Canvas, fill: Fill, x: float, y: float, width: float, height: float) -> None:
    """Draw rising diagonals, cut at the box by arithmetic rather than by a clip (smaller, and kind to old printers)."""
    canvas.setStrokeColor(fill.line)
    canvas.setLineWidth(0.6)
    offset = fill.hatch * math.sqrt(2)
    at = -height + offset / 2
    while at < width:
        left, right = max(0.0, at), min(width, at + height)
        canvas.line(round(x + left, 2), round(y + left - at, 2), round(x + right, 2), round(y + right - at, 2))
        at += offset


def limit_line(canvas: Canvas, x1: float, y1: float, x2: float, y2: float) -> None:
    """Draw a piece of a limit or target: thick and dashed, so that it shows in grey."""
    canvas.setStrokeColor(Color(0.72, 0.11, 0.11))
    canvas.setLineWidth(1.4)
    canvas.setDash(4, 2)
    canvas.line(x1, y1, x2, y2)
    canvas.setDash()


def axis_line(canvas: Canvas, x1: float, y1: float, x2: float, y2: float) -> None:
    """Draw an axis."""
    canvas.setStrokeColor(GREY)
    canvas.setLineWidth(0.8)
    canvas.line(x1, y1, x2, y2)


def ticks(highest: float, steps: int = 5) -> list[float]:
    """Return round values from 0 to at least ``highest``: steps of 1, 2, 2.5 or 5 times a power of ten."""
    raw = max(highest, 1.0) / steps
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw - 1e-9)
    step = max(step, 1.0)
    return [step * at for at in range(math.ceil(max(highest, 1.0) / step - 1e-9) + 1)]


def plain(value: float) -> str:
    """Return a number without a needless 「.0」."""
    return f"{value:.0f}" if abs(value - round(value)) < 0.05 else f"{value:.1f}"
