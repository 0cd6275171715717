"""Cut text into tokens: what the line breaker moves as one piece."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from backend.documents.layout.characters import (
    CLOSING,
    FORBIDDEN_END,
    FORBIDDEN_START,
    OPENING,
    UNTORN,
    WESTERN,
    cleaned,
    is_western,
)

Measure = Callable[[str, str], float]
"""Width of one character in a face, in em."""

_PIECE = re.compile(f" +|{'|'.join(UNTORN)}|[{WESTERN}]+|.", re.DOTALL)


class Kind(IntEnum):
    """What a token is to its neighbours."""

    HAN = 0
    WORD = 1
    FRAGMENT = 2
    SPACE = 3
    OPEN = 4
    CLOSE = 5


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text in one face (the name of a role in ``fonts.faces.Face``)."""

    text: str
    face: str


@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """An unbreakable piece. ``width`` in em; ``blank`` is the empty half of a full-width mark, in em.

    ``sort`` is one number for everything that matters to neighbours: kind, blank, what may stand at a line's ends.
    """

    text: str
    face: str
    kind: Kind
    width: float
    blank: float
    sort: int


Known = dict[tuple[str, str], Token]
"""Tokens by face and text."""


def tokenise(spans: Sequence[Span], measure: Measure, known: Known | None = None) -> list[Token]:
    """Cut ``spans`` into tokens measured by ``measure``; ``known`` ones are taken again, new ones are added to it."""
    known = {} if known is None else known
    tokens: list[Token] = []
    for span in spans:
        face = span.face
        for text in _PIECE.findall(cleaned(span.text)):
            token = known.get((face, text))
            if token is None:
                token = known[face, text] = _token(text, face, measure)
            tokens.append(token)
    return tokens


def fragments(token: Token, measure: Measure) -> list[Token]:
    """Cut a word that is wider than a line into single characters."""
    return [_made(char, token.face, Kind.FRAGMENT, measure(char, token.face), 0.0) for char in token.text]


def _token(text: str, face: str, measure: Measure) -> Token:
    if text[0] == " ":
        return _made(" ", face, Kind.SPACE, measure(" ", face), 0.0)
    width = sum(measure(char, face) for char in text)
    if is_western(text[0]):
        return _made(text, face, Kind.WORD, width, 0.0)
    kind = Kind.CLOSE if text in CLOSING else Kind.OPEN if text in OPENING else Kind.HAN
    return _made(text, face, kind, width, 0.5 if kind is not Kind.HAN and width >= 0.9 else 0.0)


def _made(text: str, face: str, kind: Kind, width: float, blank: float) -> Token:
    sort = 8 * kind + 4 * bool(blank) + 2 * (text[-1] in FORBIDDEN_END) + (text[0] in FORBIDDEN_START)
    return Token(text, face, kind, width, blank, sort)
