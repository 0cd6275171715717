"""What a file is, by its first bytes; what a client says about it is only compared with this."""

JPEG = "image/jpeg"
PNG = "image/png"
WEBP = "image/webp"
HEIC = "image/heic"
PDF = "application/pdf"
UNKNOWN = "application/octet-stream"

IMAGES = (JPEG, PNG, WEBP, HEIC)
ACCEPTED = frozenset({*IMAGES, PDF})
"""Evidence is a photo, a drawn signature, or a document."""

SHOWN = ACCEPTED - {HEIC}
"""What browsers show by themselves; everything else is saved as a file."""

HEAD = 64
"""Bytes from the beginning that are enough to tell."""

BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis"})
"""ISO/IEC 23008-12: still pictures compressed by HEVC."""

SPELLINGS = {"image/jpg": JPEG, "image/pjpeg": JPEG, "image/heif": HEIC}


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
    return HEIC if head[4:8] == b"ftyp" and BRANDS.intersection(_brands(head)) else None


def _brands(head: bytes) -> list[bytes]:
    """Of an ISO base media file: the major brand and the compatible ones, as far as `head` reaches."""
    end = min(len(head), int.from_bytes(head[:4], "big"))
    return [head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))]


def plain(filetype: str) -> str:
    """`Image/JPEG; q=1` -> `image/jpeg`; common misspellings are understood."""
    name = filetype.split(";")[0].strip().lower()
    return SPELLINGS.get(name, name)
