"""From a bearer token to an actor: for REST, for uploads and for the live socket."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from backend.accounts import tickets, tokens
from backend.accounts.models import DeviceSession
from backend.accounts.selectors import people
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Unauthorized
from backend.core.lookup import find_one

SIGNED_OUT = "登录已失效，请重新登录。"


def actor_for_token(text: str, *, roles: bool = True) -> tuple[Actor, DeviceSession]:
    """The actor and session of an access token; without `roles` one that holds none, where nothing asks for them.

    A revoked device or disabled user gets an actor that may only deposit. Raises `Unauthorized`.
    """
    claims = tokens.read_access(text)
    session = find_one(DeviceSession, related=["user", "device"], id=claims["session"])
    if session is None or session.ended_at is not None or session.expires_at <= clock.now():
        raise Unauthorized("session_ended", SIGNED_OUT)
    if session.user_id != claims["user"] or session.device_id != claims["device"] or session.user.county_id is None:
        raise Unauthorized("token_invalid", SIGNED_OUT)
    shut = session.device.revoked_at is not None or not session.user.is_active
    actor = Actor(
        user_id=session.user_id,
        county_id=session.user.county_id,
        name=session.user.name,
        roles=people.roles_of(session.user) if roles else frozenset(),
        device_id=session.device_id,
        deposit_only=shut,
    )
    return actor, session


def actor_for_page_or_phone(text: str) -> Actor:
    """The actor of a phone's access token or of a page's ticket, for the live socket. Raises `Unauthorized`."""
    if text.startswith(tickets.PREFIX):
        return tickets.actor_for_ticket(text)
    return actor_for_token(text)[0]


def token_in(header: str) -> str:
    """The token of an `Authorization: Bearer …` header. Raises `Unauthorized`."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized("token_invalid", SIGNED_OUT)
    return token.strip()


def actor_for_header(headers: Mapping[str, str]) -> Actor:
    """The actor of an upload, of whom no roles are asked; header names in lower case. Raises `Unauthorized`."""
    text = token_in(headers.get("authorization", ""))
    if text.startswith(tickets.PREFIX):
        return tickets.actor_for_ticket(text)
    return actor_for_token(text, roles=False)[0]


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access>`; `request.user` becomes a `core.Actor`, `request.auth` the session."""

    def authenticate(self, request: Request) -> tuple[Actor, DeviceSession] | None:
        header = request.headers.get("Authorization", "")
        return actor_for_token(token_in(header)) if header else None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
