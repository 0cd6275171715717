"""What a character is to the line: may it start one, may it end one, which half of its square is empty.

GB/T 15834-2011 §5: stops and closing marks never start a line, opening marks never end one, dashes and ellipses are
never torn, connecting and separating marks never start a line.
"""

import re
import unicodedata

CLOSING = frozenset("、。，．：；？！）〕］｝〉》」』】〗’”")
OPENING = frozenset("（〔［｛〈《「『【〖‘“")
FORBIDDEN_START = CLOSING | frozenset("·～－–‐/／％‰℃°′″ー々,.:;?!)]}%>")
FORBIDDEN_END = OPENING | frozenset("([{<￥＄£＃№§/／")
UNTORN = ("——", "……", "⋯⋯", "──")
_WESTERN_MARKS = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\u00a0")
_FIRST_OF_CJK = 0x2E80


def is_western(char: str) -> bool:
    """Whether ``char`` belongs to an unbroken word or number (letters and digits outside CJK, ASCII marks)."""
    if char in _WESTERN_MARKS:
        return True
    if ord(char) >= _FIRST_OF_CJK or unicodedata.east_asian_width(char) in "WF":
        return False
    return char.isalpha() or (char.isdecimal() and unicodedata.category(char) == "Nd")


WESTERN = "".join(re.escape(char) for char in map(chr, range(_FIRST_OF_CJK)) if is_western(char))
"""All of them, for the inside of a pattern's brackets."""

_CLEAN = re.compile("[ -~\u00a1-\u00ac\u2010-\u2027\u2030-\u205e\u2190-\u27bf\u3000-\u3029\u3030-\u9fff\uff01-\uff60]*")
"""Nothing here is ever changed or left out: most texts need no closer look."""


def cleaned(text: str) -> str:
    """Return ``text`` in NFC with white space as plain spaces, without control or format characters."""
    if _CLEAN.fullmatch(text) and unicodedata.is_normalized("NFC", text):
        return text
    kept = (" " if char in "\t\r\n\v\f" else char for char in unicodedata.normalize("NFC", text))
    return "".join(
        char for char in kept if unicodedata.category(char) not in ("Cc", "Cf", "Cs") and not _selector(char)
    )


def _selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
