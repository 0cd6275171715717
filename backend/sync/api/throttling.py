"""The device that asks, known from its token alone: before the body is read and before the database."""

import uuid
from collections.abc import Callable
from functools import lru_cache

from rest_framework.request import Request

from backend.core.errors import Problem
from backend.core.throttling import throttle
from backend.sync import people


def check(request: Request) -> None:
    """Count the request against its device. Raises `Throttled`; tokens that are none are the authentication's."""
    device = _device(request.META.get("HTTP_AUTHORIZATION", ""))
    if device is not None:
        throttle.take(device, _size(request.META.get("CONTENT_LENGTH")))


@lru_cache(maxsize=1024)
def _verified(token: str, read: Callable[[str], uuid.UUID]) -> uuid.UUID:
    """The signature is proved once: a forged token must not use up what belongs to another device."""
    return read(token)


def _device(header: str) -> uuid.UUID | None:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        return None
    try:
        return _verified(token.strip(), people.token_device)
    except Problem:
        return None


def _size(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else 0
