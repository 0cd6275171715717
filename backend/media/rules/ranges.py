"""One byte range of a representation (RFC 9110, section 14)."""

import re

SPEC = re.compile(r"bytes=\s*([0-9]{0,15})-([0-9]{0,15})\s*", re.ASCII | re.IGNORECASE)


class Unsatisfiable(Exception):
    """The range lies outside of the file."""


def parse(header: str | None, size: int) -> tuple[int, int] | None:
    """First and last byte asked for, or None for the whole: no header, several ranges, or nonsense, which RFC 9110
    lets a server ignore. Raises `Unsatisfiable`.
    """
    found = SPEC.fullmatch(header or "")
    if not found or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return _suffix(int(last), size)
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable()
    return start, end


def _suffix(length: int, size: int) -> tuple[int, int]:
    if length == 0 or size == 0:
        raise Unsatisfiable()
    return max(0, size - length), size - 1
