"""The gap between two neighbouring tokens: its natural width, and how far it may stretch or shrink."""

from dataclasses import dataclass

from backend.documents.layout.characters import FORBIDDEN_END, FORBIDDEN_START
from backend.documents.layout.tokens import Kind, Token

LATIN_GAP = 0.125  # em between Chinese and Latin; the usual quarter to eighth of Chinese typesetting
_WORDS = (Kind.WORD, Kind.FRAGMENT)


@dataclass(frozen=True, slots=True)
class Gap:
    """``natural`` and ``shrink`` in em. ``first`` gaps stretch before others; ``stretches`` tells whether any do."""

    natural: float = 0.0
    shrink: float = 0.0
    stretches: bool = True
    first: bool = False
    breaks: bool = True


_KNOWN: dict[tuple[int, int], Gap] = {}


def gap_between(left: Token, right: Token) -> Gap:
    """Return the gap between two neighbours on one line; it follows from their sorts."""
    sorts = left.sort, right.sort
    found = _KNOWN.get(sorts)
    if found is None:
        found = _KNOWN[sorts] = _gap(left, right)
    return found


def _gap(left: Token, right: Token) -> Gap:
    breaks = may_break(left, right)
    if left.kind in _WORDS and right.kind in _WORDS:
        return Gap(stretches=False, breaks=breaks)
    if Kind.SPACE in (left.kind, right.kind):
        return Gap(first=True, breaks=breaks)
    if {left.kind, right.kind} in ({Kind.HAN, Kind.WORD}, {Kind.HAN, Kind.FRAGMENT}):
        return Gap(natural=LATIN_GAP, shrink=LATIN_GAP / 2, first=True, breaks=breaks)
    return _punctuation_gap(left, right, breaks)


def _punctuation_gap(left: Token, right: Token, breaks: bool) -> Gap:
    """Marks side by side share one empty half (GB/T 15834-2011 §5.1.10 allows the half square)."""
    after = left.blank if left.kind is Kind.CLOSE else 0.0
    before = right.blank if right.kind is Kind.OPEN else 0.0
    if after and right.kind in (Kind.CLOSE, Kind.OPEN):
        return Gap(natural=-after, shrink=before / 2, breaks=breaks)
    if before and left.kind is Kind.OPEN:
        return Gap(natural=-before, breaks=breaks)
    return Gap(shrink=(after + before) / 2, breaks=breaks)


def may_break(left: Token, right: Token) -> bool:
    """Whether a line may end after ``left`` and the next begin with ``right``."""
    if left.kind in _WORDS and right.kind in _WORDS:
        return left.kind is Kind.FRAGMENT and right.kind is Kind.FRAGMENT
    if right.kind is Kind.SPACE:
        return False
    return left.text[-1] not in FORBIDDEN_END and right.text[0] not in FORBIDDEN_START
