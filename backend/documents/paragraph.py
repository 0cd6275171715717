"""A Chinese paragraph as a ReportLab flowable, on top of the pure layout."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from reportlab.lib.colors import Color, black
from reportlab.platypus import Flowable

from backend.documents.fonts import Face
from backend.documents.layout import Line, Span, Token, break_lines, justify
from backend.documents.layout.justifying import Align
from backend.documents.press import Press
from backend.documents.sheet import Sheet
from backend.documents.tags import tagged

BASELINE = 0.86  # of the type size, from the top of the character square to the baseline
KEPT_TOGETHER = 2  # lines: neither widows nor orphans


@dataclass(frozen=True, slots=True)
class Style:
    """How a paragraph looks. ``size`` and ``leading`` in points, indents in em, spaces in points.

    ``first_indent`` counts from ``left_indent`` and may be negative (a hanging indent).
    """

    face: Face = Face.BODY
    size: float = 15.75
    leading: float = 28.95
    first_indent: float = 0.0
    left_indent: float = 0.0
    right_indent: float = 0.0
    align: Align = "justify"
    space_before: float = 0.0
    space_after: float = 0.0
    color: Color = field(default_factory=lambda: black)
    balanced: bool = False


class ChineseParagraph(Flowable):
    """Text in one size, in one or more faces. Splits over pages with at least two lines on each side."""

    def __init__(self, press: Press, text: str | Sequence[Span], style: Style, lines: list[Line] | None = None) -> None:
        super().__init__()
        self.press, self.style = press, style
        spans = [Span(text, style.face)] if isinstance(text, str) else list(text)
        self._spans = spans
        self._tokens: list[Token] | None = None
        self._lines = lines
        self._fixed = lines is not None
        self._broken_for = -1.0
        self.spaceBefore, self.spaceAfter = style.space_before, style.space_after
        self.text = "".join(span.text for span in spans)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Break into lines for ``width`` points; ReportLab's protocol."""
        self.width = width
        self.height = len(self.lines_for(width)) * self.style.leading
        return width, self.height

    def lines_for(self, width: float) -> list[Line]:
        """Return the lines for a measure of ``width`` points."""
        if self._lines is None or (not self._fixed and self._broken_for != width):
            self._lines, self._broken_for = self._broken(width), width
        return self._lines

    def minimum_width(self) -> float:
        """Width in points that the widest unbreakable token needs."""
        return max((token.width for token in self._all_tokens()), default=0.0) * self.style.size

    def natural_width(self) -> float:
        """Width in points of the text on one line."""
        lines = break_lines(self._all_tokens(), 1e9, 1e9, self.press.measure)
        return sum(line.natural for line in lines) * self.style.size

    def split(self, width: float, height: float) -> list[Flowable]:
        """Split at ``height`` points without widows and orphans; ReportLab's protocol."""
        lines = self.lines_for(width)
        fit = int((height + 0.01) / self.style.leading)
        if len(lines) - fit < KEPT_TOGETHER:
            fit = len(lines) - KEPT_TOGETHER
        if fit < KEPT_TOGETHER:
            return []
        parts = [
            ChineseParagraph(self.press, self._spans, self.style, lines[:fit]),
            ChineseParagraph(self.press, self._spans, self.style, lines[fit:]),
        ]
        parts[0].spaceAfter, parts[1].spaceBefore = 0, 0
        parts[0].continued, parts[1].continued = self.continued, True
        for part in parts:
            part.kind, part.row = self.kind, self.row
        return [*parts]

    continued = False

    kind, row = "P", -1
    """Role in the structure of the paper: ``TH`` and ``TD`` also tell their row."""

    def draw(self) -> None:
        """Draw the lines from the top of the box; ReportLab's protocol."""
        with tagged(self.canv, self.kind, row=self.row):
            self._draw_lines()

    def _draw_lines(self) -> None:
        style, size, sheet = self.style, self.style.size, self.canv
        assert isinstance(sheet, Sheet)
        sheet.setFillColor(style.color)
        top = self.height - (style.leading - size) / 2 - BASELINE * size
        for number, line in enumerate(self.lines_for(self.width)):
            first = number == 0 and not self.continued
            indent = style.left_indent + (style.first_indent if first else 0.0)
            placed = justify(line, style.align)
            sheet.code.append(sheet.letter(self.press, placed, indent * size, top - number * style.leading, size))

    def _all_tokens(self) -> list[Token]:
        if self._tokens is None:
            self._tokens = self.press.tokens(self._spans)
        return self._tokens

    def _broken(self, width: float) -> list[Line]:
        """Break the text, once for all settings that a paper is tried in."""
        style = self.style
        rest = max(1.0, width / style.size - style.left_indent - style.right_indent)
        first = max(1.0, rest - style.first_indent)
        key = (tuple(self._spans), first, rest, style.balanced)
        return self.press.once(key, lambda: self._broken_into(first, rest))

    def _broken_into(self, first: float, rest: float) -> list[Line]:
        tokens = self._all_tokens()
        lines = break_lines(tokens, first, rest, self.press.measure)
        if self.style.balanced and len(lines) > 1:
            lines = balanced_lines(self.press, tokens, rest, len(lines))
        return lines


def balanced_lines(press: Press, tokens: list[Token], width: float, count: int) -> list[Line]:
    """Narrow the measure while the number of lines stays: titles become lines of like length (GB/T 9704 7.3.1)."""
    low, high = 1.0, width
    while high - low > 0.25:
        middle = (low + high) / 2
        if len(break_lines(tokens, middle, middle, press.measure)) <= count:
            high = middle
        else:
            low = middle
    return [replace(line, available=width) for line in break_lines(tokens, high, high, press.measure)]
