"""JSON in and out, and the canonical form that content hashes are taken of."""

import hashlib
import json
import re
from typing import Any

import orjson
import rfc8785


def dumps(value: Any) -> bytes:
    """Compact JSON; datetimes as RFC 3339 with Z, UUIDs as text."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


def text(value: Any) -> str:
    """`dumps` as text, for a column."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS).decode()


def stable(value: Any) -> bytes:
    """`dumps` with members in the order of their names: equal values have equal texts."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS)


def loads(data: bytes | str) -> Any:
    """Parse JSON; raises `ValueError` on anything that is not JSON."""
    return orjson.loads(data)


UNUSUAL = re.compile(r"[:,\[]-?(?:[0-9]+[.eE]|[0-9]{16})")
"""A number that is not a small whole one: inside compact JSON it stands after one of these. In a text it does no harm:
the value is only written the slow way."""

LATE_NAME = re.compile(r'[\ue000-\U0010ffff](?:[^"\\]|\\.)*":')
"""A character from U+E000 on in the name of a member."""

_plain = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def canonical(value: Any) -> bytes:
    """RFC 8785 canonical JSON of plain data; raises `ValueError` for what JSON cannot hold exactly.

    Where there is no number but small whole ones and no name with a character from U+E000 on (whose order differs
    between code points and UTF-16), sorted compact JSON is canonical already, and ten times as fast to make.
    """
    try:
        quick = _plain.encode(value)
    except (TypeError, ValueError):
        return rfc8785.dumps(value)
    if UNUSUAL.search(f"[{quick}") or LATE_NAME.search(quick):
        return rfc8785.dumps(value)
    return quick.encode()


def content_hash(value: Any) -> str:
    """Lower-case hex SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()
