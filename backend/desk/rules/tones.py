"""How loud something on a page is."""

from typing import Literal

Tone = Literal["main", "quiet", "grave"]
