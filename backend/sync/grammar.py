"""JSON by its grammar alone (RFC 8259): what a text's members are, verbatim, without reading their values.

A value that no double can hold (1e400), half of a surrogate pair and nesting of any depth are good grammar, and
every parser at hand refuses the whole text for them. Operations are cut out of such a body here, so that one of them
costs only itself. Slower than those parsers: asked only where they give up.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

TOKEN = re.compile(
    rb"[ \t\n\r]*(?:"
    rb"([\[\]{},:])"
    rb'|("[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*")'
    rb"|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)"
    rb")"
)
END = re.compile(rb"[ \t\n\r]*\Z")

PAIRS = {b"{": b"}", b"[": b"]"}


class Malformed(ValueError):
    """The text is not JSON."""


@dataclass(slots=True)
class _Walk:
    """Where a walk through a text stands. `next` says what may come: a value, a key, a colon or a comma;
    `empty` that the innermost bracket was just opened and may be closed at once."""

    open: bytearray = field(default_factory=bytearray)
    next: str = "value"
    empty: bool = False

    def take(self, token: bytes) -> None:
        """Go over one token. Raises `Malformed`."""
        match token:
            case b"{" | b"[":
                self._want("value")
                self.open += token
                self.next, self.empty = ("key" if token == b"{" else "value"), True
                return
            case b"}" | b"]":
                self._close(token)
            case b",":
                self._want("comma")
                self.next = "key" if self.open[-1:] == b"{" else "value"
            case b":":
                self._want("colon")
                self.next = "value"
            case _:
                self._word(token)
        self.empty = False

    def _word(self, token: bytes) -> None:
        if self.next == "key" and token[:1] == b'"':
            self.next = "colon"
            return
        self._want("value")
        self._valued()

    def _close(self, token: bytes) -> None:
        if not self.open or PAIRS[bytes(self.open[-1:])] != token or not (self.empty or self.next == "comma"):
            raise Malformed(f"unexpected {token.decode()}")
        self.open.pop()
        self._valued()

    def _valued(self) -> None:
        """A value is complete."""
        self.next = "comma" if self.open else "end"

    def _want(self, what: str) -> None:
        if self.next != what:
            raise Malformed(f"expected {self.next}, not {what}")


def members(text: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(key as written, value as written) of each member of the object or array that `text` is; keys of an array are
    empty, and anything else has none. Raises `Malformed`, perhaps only after members were given: read to the end.
    """
    walk, place, key, start = _Walk(), 0, b"", -1
    while found := TOKEN.match(text, place):
        token, place = found[found.lastindex or 0], found.end()
        if start < 0 and len(walk.open) == 1 and walk.next == "value" and token != b"]":
            start = place - len(token)
        elif len(walk.open) == 1 and walk.next == "key":
            key = token
        walk.take(token)
        if start >= 0 and len(walk.open) == 1 and walk.next == "comma":
            yield key, text[start:place]
            key, start = b"", -1
    if walk.next != "end" or not END.match(text, place):
        raise Malformed(f"not JSON at byte {place}")


def values(text: bytes) -> list[bytes]:
    """The elements of an array, as written. Raises `Malformed`, also for anything but an array."""
    if not text.lstrip(b" \t\n\r").startswith(b"["):
        raise Malformed("not an array")
    return [value for _, value in members(text)]
