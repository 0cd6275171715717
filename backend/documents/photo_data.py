"""Photos as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Photo:
    """An approved photo: encoded image bytes (JPEG, PNG or WebP) and the line printed under it."""

    content: bytes
    caption: str = ""
