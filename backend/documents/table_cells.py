"""Cells and rows of a table: text laid out for a width, cut over pages where a row is too tall for one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from backend.documents.layout import Line, Span, Token, break_lines, justify
from backend.documents.paragraph import BASELINE, Style, balanced_lines
from backend.documents.press import Press
from backend.documents.sheet import Sheet

PADDING_X, PADDING_Y = 4.0, 3.5


class CellText:
    """What a cell says and how it looks; measured once for all cells that say the same (``Cells``).

    A line feed begins a new line.
    """

    __slots__ = ("_laid", "_parts", "_width", "press", "style", "text")

    def __init__(self, press: Press, text: str, style: Style) -> None:
        self.press, self.text, self.style = press, text, style
        self._parts: list[list[Token]] = [press.tokens([Span(part, style.face)]) for part in text.split("\n")]
        self._width, self._laid = -1.0, Laid(style, ())

    def minimum_width(self) -> float:
        """Width in points that the widest unbreakable token needs."""
        return max([token.width for part in self._parts for token in part], default=0.0) * self.style.size

    def natural_width(self) -> float:
        """Width in points of the text, or of its widest part, on one line."""
        parts = (break_lines(part, 1e9, 1e9, self.press.measure) for part in self._parts)
        return max(sum(line.natural for line in lines) for lines in parts) * self.style.size

    def laid(self, width: float) -> "Laid":
        """Return the text in lines for a column ``width`` points wide, padding included."""
        if self._width != width:
            measure = max(1.0, (width - 2 * PADDING_X) / self.style.size)
            lines = [line for part in self._parts for line in self._broken(part, measure)]
            self._width, self._laid = width, Laid(self.style, tuple(lines))
        return self._laid

    def _broken(self, part: list[Token], measure: float) -> list[Line]:
        lines = break_lines(part, measure, measure, self.press.measure)
        if self.style.balanced and len(lines) > 1:
            return balanced_lines(self.press, part, measure, len(lines))
        return lines


class Cells:
    """The cells of one table: equal texts in an equal style are one object."""

    def __init__(self, press: Press) -> None:
        self.press = press
        self._known: dict[tuple[str, int], CellText] = {}

    def of(self, text: str, style: Style) -> CellText:
        """Return the cell that says ``text``."""
        key = (text, id(style))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = CellText(self.press, text, style)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """The lines of one cell."""

    style: Style
    lines: tuple[Line, ...]

    @property
    def padding(self) -> float:
        """White in points above and below the text; a style may ask for more or less of it."""
        return PADDING_Y + self.style.space_before

    @property
    def height(self) -> float:
        """Height in points, padding included."""
        return len(self.lines) * self.style.leading + 2 * self.padding

    def cut(self, room: float) -> tuple["Laid", "Laid"]:
        """Cut after the lines that fit into ``room`` points."""
        count = max(0, int((room - 2 * self.padding + 0.01) / self.style.leading))
        return replace(self, lines=self.lines[:count]), replace(self, lines=self.lines[count:])

    def code(self, sheet: Sheet, press: Press) -> str:
        """Return operators that draw the lines, the upper left corner of the text at the origin."""
        known = sheet.made.get(self)
        if known is None:
            style = self.style
            top = -(style.leading - style.size) / 2 - BASELINE * style.size
            known = sheet.made[self] = " ".join(
                sheet.letter(press, justify(line, style.align), 0.0, top - number * style.leading, style.size)
                for number, line in enumerate(self.lines)
            )
        return known


class Row(NamedTuple):
    """A row of laid-out cells. ``number`` counts over the whole table, 0 being the header; a cut row keeps its own."""

    number: int
    cells: tuple[Laid, ...]
    height: float
    cut: bool = False

    def divided(self, room: float) -> tuple["Row", "Row"]:
        """Cut the row so that its first part is at most ``room`` points high."""
        pairs = [cell.cut(room) for cell in self.cells]
        first, second = (tuple(pair[at] for pair in pairs) for at in (0, 1))
        return (
            Row(self.number, first, max(cell.height for cell in first), cut=True),
            Row(self.number, second, max(cell.height for cell in second), cut=True),
        )


def laid_row(number: int, cells: Sequence[CellText], widths: Sequence[float], least: float = 0.0) -> Row:
    """Lay out one row, at least ``least`` points high; a row of one cell goes over the whole table."""
    spread = widths if len(cells) > 1 or len(widths) == 1 else (sum(widths),)
    laid = tuple([cell.laid(width) for cell, width in zip(cells, spread, strict=True)])
    return Row(number, laid, max(least, *[cell.height for cell in laid]))
