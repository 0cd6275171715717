"""From an operation to the actor on whose authority it is judged, and from a token to its device.

`sync` lies below `accounts` and asks it through these hooks, set by `accounts.sync` at start-up.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from backend.core.actor import Actor
from backend.sync.models import Operation

Lookup = Callable[[Operation], Actor]
TokenReader = Callable[[str], uuid.UUID]


@dataclass(frozen=True, slots=True)
class DeviceCard:
    """What a device is called and whose it is; `seen_at`: when it last signed in or renewed its sign-in."""

    name: str
    platform: str
    user: int
    user_name: str
    seen_at: dt.datetime
    revoked: bool


Cards = Callable[[Iterable[uuid.UUID]], dict[uuid.UUID, DeviceCard]]
Names = Callable[[Iterable[int]], dict[int, str]]

_lookup: list[Lookup] = []
_token: list[TokenReader] = []
_names: list[Names] = []
_cards: list[Cards] = []


def author_lookup(fn: Lookup) -> Lookup:
    """Declare how an operation's author is found, with the roles held now."""
    _lookup.append(fn)
    return fn


def author(operation: Operation) -> Actor:
    """Who made the operation: user, county, device, roles."""
    return _lookup[0](operation)


def name_reader(fn: Names) -> Names:
    """Declare how people are called."""
    _names.append(fn)
    return fn


def names(user_ids: Iterable[int]) -> dict[int, str]:
    """What people are called, all at once; accounts that are gone are missing."""
    return _names[0](user_ids)


def token_reader(fn: TokenReader) -> TokenReader:
    """Declare how the device of a signed access token is read; raises `Unauthorized` for any other text."""
    _token.append(fn)
    return fn


def token_device(token: str) -> uuid.UUID:
    return _token[0](token)


def card_reader(fn: Cards) -> Cards:
    """Declare how devices are described to the office."""
    _cards.append(fn)
    return fn


def device_cards(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, DeviceCard]:
    return _cards[0](ids)
