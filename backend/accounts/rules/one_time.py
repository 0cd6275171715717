"""One-time passwords by time (TOTP, RFC 6238) and recovery codes, pure."""

import base64
import hashlib
import hmac
import secrets
import struct
from collections.abc import Sequence
from urllib.parse import quote, urlencode

STEP = 30
"""Seconds that a code holds (RFC 6238 section 4.1)."""

DIGITS = 6
SECRET_BYTES = 20
"""As long as the hash (RFC 4226 section 4 asks for 128 bits at least)."""

LEEWAY = 1
"""Steps before and after the present one that are taken: clocks of phones are out by seconds (RFC 6238 section 5.2)."""

RECOVERY_CODES = 8
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without signs that are mistaken for one another when read from paper."""


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def step_at(seconds: float) -> int:
    """The step that an instant (seconds since 1970) lies in."""
    return int(seconds) // STEP


def code_at(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of one step: HMAC-SHA-1, dynamically truncated (RFC 4226 section 5.3)."""
    digest = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def fitting_step(secret: bytes, typed: str, seconds: float, after: int) -> int | None:
    """The step whose code was typed, later than `after`, the last one that was used: a code is good once (RFC 6238
    section 5.2). None if none fits.
    """
    word = "".join(typed.split())
    if not (word.isascii() and word.isdigit() and len(word) == DIGITS):
        return None
    now = step_at(seconds)
    steps = [step for step in range(now - LEEWAY, now + LEEWAY + 1) if step > after]
    return next((step for step in steps if hmac.compare_digest(code_at(secret, step), word)), None)


def address(secret: bytes, account: str, issuer: str) -> str:
    """What the QR mark holds (the key URI that authenticators read)."""
    label = quote(f"{issuer}:{account}")
    return f"otpauth://totp/{label}?{urlencode({'secret': spelled(secret), 'issuer': issuer})}"


def spelled(secret: bytes) -> str:
    """As somebody types it into an authenticator that cannot scan."""
    return base64.b32encode(secret).decode().rstrip("=")


def recovery_codes() -> list[str]:
    """Codes for the day on which the phone is lost; each is good once."""
    return [f"{_word()}-{_word()}" for _ in range(RECOVERY_CODES)]


def _word() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(5))


def digest(code: str) -> str:
    """A recovery code as it is stored: 50 bits by chance, so that nobody finds it again from its hash in the time that
    it is good for, and no two tries of an hour come near.
    """
    word = "".join(code.split()).replace("-", "").upper()
    return hashlib.sha256(word.encode()).hexdigest()


def without(stored: Sequence[str], typed: str) -> list[str] | None:
    """What is left of the stored codes once `typed` was used; None if it is none of them."""
    wanted = digest(typed)
    if not any(hmac.compare_digest(wanted, each) for each in stored):
        return None
    return [each for each in stored if each != wanted]
