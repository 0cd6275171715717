"""What a file is, by its first bytes; what a client says about it is only compared with this."""

JPEG = "image/jpeg"
PNG = "image/png"
WEBP = "image/webp"
PDF = "application/pdf"
UNKNOWN = "application/octet-stream"

IMAGES = (JPEG, PNG, WEBP)
ACCEPTED = frozenset({*IMAGES, PDF})
"""Evidence is a photo, a drawn signature, or a document."""

HEAD = 16
"""Bytes from the beginning that are enough to tell."""


def sniff(head: bytes) -> str | None:
    """The accepted type whose signature `head` (at least `HEAD` bytes of the file) begins with, else None."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"%PDF-"):
        return PDF
    return None


def plain(filetype: str) -> str:
    """`Image/JPEG; q=1` -> `image/jpeg`; the common misspelling `image/jpg` is understood."""
    name = filetype.split(";")[0].strip().lower()
    return JPEG if name == "image/jpg" else name
