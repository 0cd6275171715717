"""Break tokens into lines: greedy, with push-in by squeezing marks, and never a forbidden start or end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from backend.documents.layout.gaps import Gap, gap_between
from backend.documents.layout.tokens import Kind, Measure, Token, fragments

PUSH_IN_FROM = 0.75  # em left empty from which squeezing one more token in looks better than stretching
_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Line:
    """Tokens of one line with the gaps between them. ``available`` and ``natural`` widths in em."""

    tokens: tuple[Token, ...]
    gaps: tuple[Gap, ...]
    available: float
    last: bool = False

    @property
    def natural(self) -> float:
        """Width before justification."""
        return sum(token.width for token in self.tokens) + sum(gap.natural for gap in self.gaps)

    @property
    def end_blank(self) -> float:
        """Empty half of a closing mark at the line's end, which may stand outside the measure."""
        return self.tokens[-1].blank if self.tokens and self.tokens[-1].kind is Kind.CLOSE else 0.0


def break_lines(tokens: Sequence[Token], first: float, rest: float, measure: Measure) -> list[Line]:
    """Break ``tokens`` into lines of ``first`` em and then ``rest`` em.

    No line is wider than its measure (a closing mark's empty half aside). Words and numbers stay whole unless one is
    wider than a line. Only a run of marks longer than a line is broken against the rules: the alternative is overhang.
    """
    pieces = _without_endless_words(tokens, min(first, rest), measure)
    gaps = [gap_between(left, right) for left, right in pairwise(pieces)]
    lines: list[Line] = []
    start = _skip_spaces(pieces, 0)
    while start < len(pieces):
        available = rest if lines else first
        end = _line_end(pieces, gaps, start, available)
        lines.append(_line(pieces, gaps, start, end, available))
        start = _skip_spaces(pieces, end)
    if lines:
        lines[-1] = replace(lines[-1], last=True)
    return lines


def _without_endless_words(tokens: Sequence[Token], width: float, measure: Measure) -> list[Token]:
    pieces: list[Token] = []
    for token in tokens:
        too_wide = token.kind is Kind.WORD and token.width > width
        pieces.extend(fragments(token, measure) if too_wide else [token])
    return pieces


def _skip_spaces(pieces: Sequence[Token], at: int) -> int:
    while at < len(pieces) and pieces[at].kind is Kind.SPACE:
        at += 1
    return at


def _line_end(pieces: Sequence[Token], gaps: Sequence[Gap], start: int, available: float) -> int:
    """Return the index after the last token of the line that begins at ``start``."""
    width, shrink, fitting, fitting_width, forced = 0.0, 0.0, 0, 0.0, start + 1
    for at in range(start, len(pieces)):
        token = pieces[at]
        width += token.width
        if at > start:
            width += gaps[at - 1].natural
            shrink += gaps[at - 1].shrink
        blank = token.blank if token.kind is Kind.CLOSE else 0.0
        if width - blank <= available + _SLACK:
            forced = at + 1
        if width - shrink - blank > available + _SLACK and token.kind is not Kind.SPACE:
            break
        if at + 1 < len(pieces) and not gaps[at].breaks:
            continue
        fits = width - blank <= available + _SLACK or token.kind is Kind.SPACE
        if not fits and fitting and available - fitting_width < PUSH_IN_FROM:
            break
        fitting, fitting_width = at + 1, width
        if not fits:
            break
    return fitting or forced


def _line(pieces: Sequence[Token], gaps: Sequence[Gap], start: int, end: int, available: float) -> Line:
    while end - 1 > start and pieces[end - 1].kind is Kind.SPACE:
        end -= 1
    return Line(tuple(pieces[start:end]), tuple(gaps[start : end - 1]), available)
