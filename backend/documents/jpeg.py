"""Take out of a JPEG what cameras and editors write beside the picture, without touching a pixel (ISO/IEC 10918-1)."""

import re

START, SCAN, END, COMMENT = 0xD8, 0xDA, 0xD9, 0xFE
FIRST_NOTE, LAST_NOTE, COLOURS = 0xE0, 0xEF, 0xEE  # APP0 to APP15; APP14 says how the colours are coded


_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""In coded data: neither a stuffed byte nor a restart mark."""


def without_metadata(content: bytes) -> bytes | None:
    """Return the JPEG without its APP segments and comments; ``None`` when its segments cannot be followed.

    APP14 stays: a decoder needs it. Whatever follows the picture (a second one, a film) is left out too.
    """
    if content[:2] != bytes((0xFF, START)):
        return None
    kept, at = [content[:2]], 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        kind = content[at + 1]
        if kind == 0xFF:
            at += 1
            continue
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if kind == SCAN:
            following = _MARKER.search(content, end)
            if following is None:
                return None
            end = following.start()
            if content[end + 1] == END:
                return b"".join([*kept, content[at : end + 2]])
        if not FIRST_NOTE <= kind <= LAST_NOTE or kind == COLOURS:
            kept.append(content[at:end] if kind != COMMENT else b"")
        at = end
    return None
