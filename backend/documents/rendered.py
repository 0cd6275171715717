"""What every paper hands back."""

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished PDF.

    ``warnings`` are Chinese sentences for the person who issues the paper (a character that no face has, a photo that
    cannot be read). An empty tuple means that everything given in was printed.
    """

    content: bytes
    pages: int
    warnings: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """Hex digest of the bytes; equal input gives an equal digest on every machine."""
        return sha256(self.content).hexdigest()
