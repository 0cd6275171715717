"""Page tickets: how a page of somebody who signed in by session speaks to uploads and to the live socket.

Those two stand beside Django and know no cookies. A ticket lasts as long as an access token, is asked for anew by the
page, and dies with the account or its password. The REST API and sync do not take it: pages reach them by forms.
"""

from django.core import signing
from django.utils.crypto import constant_time_compare

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
    try:
        key, mark = signing.loads(text.removeprefix(PREFIX), salt=_SALT, max_age=LASTS)
    except signing.BadSignature:
        raise Unauthorized("token_invalid") from None
    user = User.objects.filter(pk=key, is_active=True, county__isnull=False).first()
    if user is None or not constant_time_compare(mark, _mark(user)):
        raise Unauthorized("session_ended")
    return people.actor_of(user)


def _mark(user: User) -> str:
    """Part of what Django ties a session to: another password is another mark."""
    return user.get_session_auth_hash()[:16]
