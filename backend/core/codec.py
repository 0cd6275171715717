"""JSON in and out, and the canonical form that content hashes are taken of."""

import hashlib
from typing import Any

import orjson
import rfc8785


def dumps(value: Any) -> bytes:
    """Compact JSON; datetimes as RFC 3339 with Z, UUIDs as text."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


def stable(value: Any) -> bytes:
    """`dumps` with members in the order of their names: equal values have equal texts."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS)


def loads(data: bytes | str) -> Any:
    """Parse JSON; raises `ValueError` on anything that is not JSON."""
    return orjson.loads(data)


def canonical(value: Any) -> bytes:
    """RFC 8785 canonical JSON of plain data; raises `ValueError` for what JSON cannot hold exactly."""
    return rfc8785.dumps(value)


def content_hash(value: Any) -> str:
    """Lower-case hex SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()
