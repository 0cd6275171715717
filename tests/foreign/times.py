"""What an authenticator shows (RFC 6238: SHA-1, 30 seconds, 6 digits), written from the standard alone."""

import base64
import hashlib
import hmac
import struct
import time


def totp(secret: str) -> str:
    """`secret` in base32, as it is typed by hand."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mark = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1)
    start = mark[-1] & 0xF
    return f"{(int.from_bytes(mark[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"
