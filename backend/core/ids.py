"""Identifiers: UUIDv7 (RFC 9562 section 5.7), so that rows made one after another lie side by side."""

import os
import uuid

from backend.core import clock


def uuid7() -> uuid.UUID:
    """A new UUIDv7 from the business clock: 48 bits of milliseconds, 74 random bits."""
    stamp = clock.now_ms() & 0xFFFF_FFFF_FFFF
    noise = int.from_bytes(os.urandom(10), "big")
    value = stamp << 80 | 0x7 << 76 | (noise >> 68 & 0xFFF) << 64 | 0b10 << 62 | noise & 0x3FFF_FFFF_FFFF_FFFF
    return uuid.UUID(int=value)
