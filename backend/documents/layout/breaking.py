"""Break tokens into lines: greedy, with push-in by squeezing marks, and never a forbidden start or end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from backend.documents.layout.gaps import Gap, gap_between
from backend.documents.layout.tokens import Kind, Measure, Token, fragments

PUSH_IN_FROM = 0.75  # em left empty from which squeezing one more token in looks better than stretching
_SLACK = 1e-9
_CLOSE, _SPACE = Kind.CLOSE, Kind.SPACE


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Tokens of one line with the gaps between them. ``available`` and ``natural`` (before justification) in em."""

    tokens: tuple[Token, ...]
    gaps: tuple[Gap, ...]
    available: float
    natural: float
    last: bool = False

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


def _without_endless_words(tokens: Sequence[Token], width: float, measure: Measure) -> Sequence[Token]:
    if not any(token.width > width and token.kind is Kind.WORD for token in tokens):
        return tokens
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
    limit, last = available + _SLACK, len(pieces) - 1
    for at in range(start, len(pieces)):
        token = pieces[at]
        kind = token.kind
        width += token.width
        if at > start:
            gap = gaps[at - 1]
            width += gap.natural
            shrink += gap.shrink
        needed = width - token.blank if kind is _CLOSE else width
        if needed <= limit:
            forced = at + 1
        elif needed - shrink > limit and kind is not _SPACE:
            break
        if at < last and not gaps[at].breaks:
            continue
        fits = needed <= limit or kind is _SPACE
        if not fits and fitting and available - fitting_width < PUSH_IN_FROM:
            break
        fitting, fitting_width = at + 1, width
        if not fits:
            break
    return fitting or forced


def _line(pieces: Sequence[Token], gaps: Sequence[Gap], start: int, end: int, available: float) -> Line:
    while end - 1 > start and pieces[end - 1].kind is Kind.SPACE:
        end -= 1
    tokens, inner = tuple(pieces[start:end]), tuple(gaps[start : end - 1])
    natural = sum([token.width for token in tokens]) + sum([gap.natural for gap in inner])
    return Line(tokens, inner, available, natural)
