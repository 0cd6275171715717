"""Random numbers that anybody can compute again: SHA-256 in counter mode (docs/drawing.md, section 2)."""

import hashlib

ALGORITHM = "dudao-draw-1"
"""Name of the whole procedure; any change of it gets a new name."""

WORDS = 2**64
HEX_SEED = r"^[0-9a-f]{64}$"


class Stream:
    """An endless row of 64-bit words from a seed. Streams of one seed with different names are independent.

    `seed` is 64 hex digits, `contribution` what a witness added. Raises `ValueError` for a seed that is not hex.
    """

    def __init__(self, seed: str, name: str, contribution: str = "") -> None:
        head = f"{ALGORITHM}\n{name}\n".encode()
        self._key = hashlib.sha256(head + bytes.fromhex(seed) + contribution.encode()).digest()
        self._block = 0
        self._words: list[int] = []

    def word(self) -> int:
        """The next word, 0 … 2**64 - 1."""
        if not self._words:
            digest = hashlib.sha256(self._key + self._block.to_bytes(8, "big")).digest()
            self._words = [int.from_bytes(digest[at : at + 8], "big") for at in (24, 16, 8, 0)]
            self._block += 1
        return self._words.pop()

    def below(self, bound: int) -> int:
        """A whole number 0 … `bound` - 1, each equally likely: words in the uneven rest at the top are thrown away.

        `bound` is 1 … 2**64. Raises `ValueError` for any other.
        """
        if not 1 <= bound <= WORDS:
            raise ValueError(bound)
        limit = WORDS - WORDS % bound
        word = self.word()
        while word >= limit:
            word = self.word()
        return word % bound
