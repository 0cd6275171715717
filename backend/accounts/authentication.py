"""From a bearer token to an actor: for REST, for uploads and for the live socket."""

import contextlib
from collections.abc import Collection, Mapping
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
    _check(session, claims)
    assert session is not None
    return _actor(session, people.roles_of(session.user) if roles else frozenset()), session


def _check(session: DeviceSession | None, claims: Mapping[str, Any]) -> None:
    """Raises `Unauthorized` unless the session is that of the claims, and goes on."""
    if session is None or session.ended_at is not None or session.expires_at <= clock.now():
        raise Unauthorized("session_ended", SIGNED_OUT)
    if session.user_id != claims["user"] or session.device_id != claims["device"] or session.user.county_id is None:
        raise Unauthorized("token_invalid", SIGNED_OUT)


def _actor(session: DeviceSession, roles: frozenset[str]) -> Actor:
    return Actor(
        user_id=session.user_id,
        county_id=session.user.county_id or 0,
        name=session.user.name,
        roles=roles,
        device_id=session.device_id,
        deposit_only=session.device.revoked_at is not None or not session.user.is_active,
    )


def actors_for(texts: Collection[str]) -> dict[str, Actor]:
    """The actors of phones' access tokens and of pages' tickets, for live sockets: all of them in three queries.

    Those that are not ours, over, or of somebody who is signed out are missing.
    """
    claims: dict[str, Mapping[str, Any]] = {}
    for text in set(texts):
        if not text.startswith(tickets.PREFIX):
            with contextlib.suppress(Unauthorized):
                claims[text] = tokens.read_access(text)
    wanted = {each["session"] for each in claims.values()}
    sessions = DeviceSession.objects.select_related("user", "device").in_bulk(wanted) if wanted else {}
    good: dict[str, DeviceSession] = {}
    for text, claim in claims.items():
        session = sessions.get(claim["session"])
        with contextlib.suppress(Unauthorized):
            _check(session, claim)
            good[text] = sessions[claim["session"]]
    roles = people.roles_of_all({session.user_id for session in good.values()})
    found = {text: _actor(session, roles[session.user_id]) for text, session in good.items()}
    return found | tickets.actors_for(text for text in texts if text.startswith(tickets.PREFIX))


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
