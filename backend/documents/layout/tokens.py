"""Cut text into tokens: what the line breaker moves as one piece."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from backend.documents.layout.characters import CLOSING, OPENING, UNTORN, cleaned, is_western

Measure = Callable[[str, str], float]
"""Width of one character in a face, in em."""


class Kind(Enum):
    """What a token is to its neighbours."""

    HAN = auto()
    WORD = auto()
    FRAGMENT = auto()
    SPACE = auto()
    OPEN = auto()
    CLOSE = auto()


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text in one face (the name of a role in ``fonts.faces.Face``)."""

    text: str
    face: str


@dataclass(frozen=True, slots=True)
class Token:
    """An unbreakable piece. ``width`` in em; ``blank`` is the empty half of a full-width mark, in em."""

    text: str
    face: str
    kind: Kind
    width: float
    blank: float = 0.0


def tokenise(spans: Sequence[Span], measure: Measure) -> list[Token]:
    """Cut ``spans`` into tokens measured by ``measure``."""
    tokens: list[Token] = []
    for span in spans:
        text, at = cleaned(span.text), 0
        while at < len(text):
            length = _length_at(text, at)
            tokens.append(_token(text[at : at + length], span.face, measure))
            at += length
    return tokens


def fragments(token: Token, measure: Measure) -> list[Token]:
    """Cut a word that is wider than a line into single characters."""
    return [Token(char, token.face, Kind.FRAGMENT, measure(char, token.face)) for char in token.text]


def _length_at(text: str, at: int) -> int:
    if text[at] == " ":
        return len(text[at:]) - len(text[at:].lstrip(" "))
    if text[at : at + 2] in UNTORN:
        return 2
    if not is_western(text[at]):
        return 1
    end = at + 1
    while end < len(text) and is_western(text[end]):
        end += 1
    return end - at


def _token(text: str, face: str, measure: Measure) -> Token:
    if text[0] == " ":
        return Token(" ", face, Kind.SPACE, measure(" ", face))
    width = sum(measure(char, face) for char in text)
    if is_western(text[0]):
        return Token(text, face, Kind.WORD, width)
    kind = Kind.CLOSE if text in CLOSING else Kind.OPEN if text in OPENING else Kind.HAN
    blank = 0.5 if kind is not Kind.HAN and width >= 0.9 else 0.0
    return Token(text, face, kind, width, blank)
