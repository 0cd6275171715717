"""Place the tokens of a line: both ends flush, or at the left, the centre, the right."""

from typing import Literal, NamedTuple

from backend.documents.layout.breaking import Line
from backend.documents.layout.tokens import Token

Align = Literal["justify", "left", "center", "right"]
FIRST_STRETCH = 0.25  # em by which spaces and Chinese-Latin gaps grow before the other gaps do
MOST_STRETCH = 0.5  # em a gap; a line that would need more is left ragged (a narrow cell before a long word)


class Placed(NamedTuple):
    """A token and its left edge, in em from the line's left edge."""

    token: Token
    x: float


def justify(line: Line, align: Align) -> list[Placed]:
    """Return the tokens of ``line`` with their places."""
    slack = line.available - line.natural
    extra = _extra(line, slack, align == "justify" and not line.last)
    x = {"center": max(slack, 0.0) / 2, "right": max(slack, 0.0)}.get(align, 0.0)
    placed, gaps = [], line.gaps
    for at, token in enumerate(line.tokens):
        if at:
            x += gaps[at - 1].natural
            if extra:
                x += extra[at - 1]
        placed.append(Placed(token, x))
        x += token.width
    return placed


def _extra(line: Line, slack: float, stretch: bool) -> list[float]:
    """What each gap grows by; nothing at all when none does."""
    if slack < 0:
        return _squeezed(line, -slack)
    return _stretched(line, slack) if stretch else []


def _squeezed(line: Line, excess: float) -> list[float]:
    """Take the end mark's empty half first, then the same share of every gap that can shrink."""
    excess = max(0.0, excess - line.end_blank)
    total = sum(gap.shrink for gap in line.gaps)
    share = min(1.0, excess / total) if total else 0.0
    return [-gap.shrink * share for gap in line.gaps]


def _stretched(line: Line, slack: float) -> list[float]:
    firsts = sum(gap.first for gap in line.gaps)
    growth = min(FIRST_STRETCH, slack / firsts) if firsts else 0.0
    every = sum(gap.stretches for gap in line.gaps)
    rest = (slack - growth * firsts) / every if every else 0.0
    if rest > MOST_STRETCH or not every:
        return [0.0] * len(line.gaps)
    return [(growth if gap.first else 0.0) + (rest if gap.stretches else 0.0) for gap in line.gaps]
