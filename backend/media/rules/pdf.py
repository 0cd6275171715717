"""Whether a PDF is one that anybody can open: by its structure, without interpreting it (ISO 32000-1, 7.5).

It is never drawn here. Browsers show it in a viewer of their own, which runs none of its scripts for the page around.
"""

import mmap
import re
from pathlib import Path

BROKEN, ENCRYPTED = "broken_pdf", "encrypted_pdf"

HEADER = re.compile(rb"%PDF-(?:1\.[0-7]|2\.0)[\r\n\s]")
TAIL = 2048
"""Bytes at the end among which the last lines must be; readers look there (7.5.5, and Annex H of older versions)."""

LAST_LINES = re.compile(rb"startxref\s+([0-9]{1,10})\s+%%EOF")
KEY = re.compile(rb"/Encrypt(?:\s*<<|\s+[0-9]+\s+[0-9]+\s+R)")
TABLE = re.compile(rb"\s*(?:xref\b|[0-9]+\s+[0-9]+\s+obj\b)")


def fault(path: Path) -> str | None:
    """`BROKEN`, `ENCRYPTED`, or None for a sound one."""
    size = path.stat().st_size
    if not size:
        return BROKEN
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        ends = LAST_LINES.findall(data[max(0, size - TAIL) :])
        if not HEADER.match(data[:16]) or not ends:
            return BROKEN
        at = int(ends[-1])
        if at >= size or not TABLE.match(data[at : at + 64]):
            return BROKEN
        return ENCRYPTED if KEY.search(data) else None
