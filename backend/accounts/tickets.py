"""Page tickets: how a page of somebody who signed in by session speaks to uploads and to the live socket.

Those two stand beside Django and know no cookies. A ticket lasts as long as an access token, is asked for anew by the
page, and dies with the account, its password or the next sign-out. The REST API and sync do not take it: pages reach
them by forms.
"""

from collections.abc import Iterable

from django.core import signing
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from backend.accounts.models import User
from backend.accounts.selectors import people
from backend.core.actor import Actor
from backend.core.errors import Unauthorized

PREFIX = "page."
LASTS = 600
"""Seconds; as long as an access token."""

_SALT = "dudao.page-ticket"


def issue(user: User) -> str:
    """A ticket of a signed-in person."""
    return PREFIX + signing.dumps([user.pk, _mark(user)], salt=_SALT)


def actor_for_ticket(text: str) -> Actor:
    """Who holds the ticket. Raises `Unauthorized` for one that is not ours, too old, or of an account that changed."""
    if (key := _key(text)) is None:
        raise Unauthorized("token_invalid")
    user = _holders().filter(pk=key[0]).first()
    if user is None or not _is(user, key[1]):
        raise Unauthorized("session_ended")
    return people.actor_of(user)


def actors_for(texts: Iterable[str]) -> dict[str, Actor]:
    """The holders of all these tickets, in two queries; those of tickets that are no good (any more) are missing."""
    keys = {text: key for text in texts if (key := _key(text)) is not None}
    users = _holders().in_bulk([pk for pk, _ in keys.values()]) if keys else {}
    good = {text: users[pk] for text, (pk, mark) in keys.items() if pk in users and _is(users[pk], mark)}
    roles = people.roles_of_all({user.pk for user in good.values()}) if good else {}
    return {text: Actor(user.pk, user.county_id or 0, user.name, roles[user.pk]) for text, user in good.items()}


def _holders() -> QuerySet[User]:
    return User.objects.filter(is_active=True, county__isnull=False)


def _key(text: str) -> tuple[int, str] | None:
    """Account and mark of a ticket of ours that is not too old."""
    try:
        pk, mark = signing.loads(text.removeprefix(PREFIX), salt=_SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    return pk, mark


def _is(user: User, mark: str) -> bool:
    return constant_time_compare(mark, _mark(user))


def _mark(user: User) -> str:
    """Part of what Django ties a session to, and the last sign-out from a page: another password is another mark, and
    whoever signs out takes back every ticket; pages that are still signed in ask for new ones."""
    ended = user.pages_ended_at.isoformat() if user.pages_ended_at else ""
    return salted_hmac(_SALT, f"{user.get_session_auth_hash()}{ended}").hexdigest()[:16]
