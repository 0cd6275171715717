"""Access tokens (simplejwt, ten minutes) and refresh tokens (numbered per device session)."""

import base64
import binascii
import hashlib
import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jwt
from django.conf import settings
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.state import token_backend
from rest_framework_simplejwt.tokens import AccessToken

from backend.accounts.models import DeviceSession
from backend.core import clock
from backend.core.errors import Unauthorized


@dataclass(frozen=True, slots=True)
class Refresh:
    """What a refresh token says: which session, and the how-manieth token of it."""

    session_id: int
    counter: int


def access_token(session: DeviceSession) -> str:
    token = AccessToken()
    token.set_iat(at_time=clock.now())
    token.set_exp(from_time=clock.now(), lifetime=api_settings.ACCESS_TOKEN_LIFETIME)
    token["user"] = session.user_id
    token["device"] = str(session.device_id)
    token["session"] = session.pk
    return str(token)


def read_access(text: str) -> Mapping[str, Any]:
    """The claims of a valid access token, its expiry judged by our own clock. Raises `Unauthorized`."""
    claims = _proved(text, token_backend.signing_key or "", token_backend.algorithm)
    if claims["exp"] <= clock.now().timestamp():
        raise Unauthorized("token_expired", "登录已过期，请刷新登录状态。")
    return claims


@lru_cache(maxsize=4096)
def _proved(text: str, key: str, algorithm: str) -> Mapping[str, Any]:
    """The claims of a token that was signed with `key`. Proved once: a phone sends the same token for minutes."""
    try:
        claims: dict[str, Any] = jwt.decode(
            text,
            key,
            algorithms=[algorithm],
            options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        if claims["token_type"] != AccessToken.token_type:
            raise ValueError(claims["token_type"])
        numbers = {name: int(claims[name]) for name in ("user", "session", "exp")}
        return numbers | {"device": uuid.UUID(claims["device"])}
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError) as fault:
        raise Unauthorized("token_invalid", "登录凭证无效，请重新登录。") from fault


def refresh_token(session: DeviceSession) -> str:
    """The session's newest refresh token."""
    body = f"{session.pk}.{session.counter}"
    return f"{body}.{_seal(session, session.counter)}"


def _seal(session: DeviceSession, counter: int) -> str:
    key = settings.SECRET_KEY.encode() + bytes(session.secret)
    mac = hmac.new(key, f"refresh/{session.pk}/{counter}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def parse_refresh(text: str) -> Refresh:
    """The readable part of a refresh token; `is_genuine` proves it. Raises `Unauthorized`."""
    parts = text.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 16 for part in parts[:2]):
        raise Unauthorized("token_invalid", "登录凭证无效，请重新登录。")
    return Refresh(int(parts[0]), int(parts[1]))


def is_genuine(text: str, session: DeviceSession) -> bool:
    try:
        given = text.rsplit(".", 1)[1].encode("ascii")
    except (UnicodeEncodeError, binascii.Error):
        return False
    return hmac.compare_digest(given, _seal(session, parse_refresh(text).counter).encode())
