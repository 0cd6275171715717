"""Steps of grey-blue for values: pale is little, dark is much, and a grey printer keeps the order."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from reportlab.lib.colors import Color, black, white
from reportlab.pdfgen.canvas import Canvas

from backend.documents.charts.chart import LABEL, Chart, Fill, box, plain, ticks
from backend.documents.fonts import Face

RAMP = (
    Color(0.97, 0.98, 0.99), Color(0.78, 0.84, 0.90), Color(0.59, 0.69, 0.80), Color(0.35, 0.49, 0.65),
    Color(0.13, 0.29, 0.47),
)  # fmt: skip
"""Luminance falls by at least an eighth from step to step, so that neighbours differ on grey paper."""
DARK_FROM = 3  # steps from this one on carry white figures
NOTHING = Fill(white, 4.0, Color(0.75, 0.75, 0.75))
SWATCH, GAP = 15.0, 10.0  # points, in the key
MARK = 9.0  # side of the corner that marks a place


@dataclass(frozen=True, slots=True)
class Scale:
    """``bounds`` rise: a value belongs to the last step whose lower bound it reaches."""

    bounds: tuple[float, ...]
    highest: float
    whole: bool = False
    """Only whole numbers are meant: a step then ends one before the next."""

    def step(self, value: float) -> int:
        """Return the step of ``value``, 0 for the palest."""
        return max(0, sum(value >= bound for bound in self.bounds) - 1)

    def labels(self, unit: str = "") -> list[str]:
        """Return what each step holds: 「0–4」; whole numbers end before the next step, others meet it."""
        ends = [upper - self.whole for _, upper in pairwise((*self.bounds, self.highest + self.whole))]
        return [
            plain(low) + unit if end <= low else f"{plain(low)}–{plain(end)}{unit}"
            for low, end in zip(self.bounds, ends, strict=True)
        ]


def scale_of(values: Iterable[float | None]) -> Scale:
    """Return a scale of at most five round steps from 0 to the highest value."""
    known = [value for value in values if value is not None]
    highest = max([0.0, *known])
    whole = all(float(value).is_integer() for value in known)
    if whole:
        step = _whole_step(highest)
        marks = [float(step * at) for at in range(len(RAMP) + 1)]
    else:
        marks = ticks(highest, len(RAMP))
    bounds = [mark for mark in marks[:-1] if mark <= highest] or [0.0]
    return Scale(tuple(bounds), max(highest, bounds[-1]), whole)


def _whole_step(highest: float) -> int:
    """The least of 1, 2, 3, 4, 5 times a power of ten of which as many as there are shades hold every count."""
    power = 1
    while True:
        for factor in (1, 2, 3, 4, 5):
            if factor * power * len(RAMP) > highest:
                return factor * power
        power *= 10


def percent_scale() -> Scale:
    """Return the scale of shares: five steps of 20 percent."""
    return Scale((0.0, 20.0, 40.0, 60.0, 80.0), 100.0)


def shade(scale: Scale, value: float | None) -> tuple[Fill, Color]:
    """Return the fill of a value and the colour of figures on it; without data a pale hatch."""
    if value is None:
        return NOTHING, black
    step = scale.step(value)
    spread = round(step * (len(RAMP) - 1) / max(len(scale.bounds) - 1, 1))
    return Fill(RAMP[spread]), white if spread >= DARK_FROM else black


def draw_key(
    chart: Chart, canvas: Canvas, y: float, scale: Scale, unit: str, *, missing: bool, marked_as: str = ""
) -> None:
    """Draw the key of the steps, centred on ``y``.

    ``missing`` adds the hatch of places without data, ``marked_as`` what a black corner means.
    """
    entries: list[tuple[str, Fill | None]] = [
        (label, shade(scale, bound)[0]) for label, bound in zip(scale.labels(unit), scale.bounds, strict=True)
    ]
    entries += [("无数据", NOTHING)] if missing else []
    entries += [(marked_as, None)] if marked_as else []
    widths = [SWATCH + 4 + chart.press.width(label, Face.HEI, LABEL) + GAP for label, _ in entries]
    x = (chart.width - sum(widths) + GAP) / 2
    for (label, fill), width in zip(entries, widths, strict=True):
        if fill:
            box(canvas, fill, x, y - 4, SWATCH, 8)
        else:
            draw_corner(canvas, x + SWATCH - MARK, y - MARK / 2)
        chart.label(canvas, x + SWATCH + 4, y, label, "left")
        x += width


def draw_corner(canvas: Canvas, x: float, y: float) -> None:
    """Draw a black triangle with a white edge: it shows on the palest and on the darkest place."""
    canvas.setFillColor(black)
    canvas.setStrokeColor(white)
    canvas.setLineWidth(1)
    path = canvas.beginPath()
    path.moveTo(x, y + MARK)
    path.lineTo(x + MARK, y + MARK)
    path.lineTo(x + MARK, y)
    path.close()
    canvas.drawPath(path, stroke=1, fill=1)
