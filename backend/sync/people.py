"""From an operation to the actor on whose authority it is judged.

`sync` lies below `accounts` and asks it through one hook, set by `accounts.sync` at start-up.
"""

from collections.abc import Callable

from backend.core.actor import Actor
from backend.sync.models import Operation

Lookup = Callable[[Operation], Actor]

_lookup: list[Lookup] = []


def author_lookup(fn: Lookup) -> Lookup:
    """Declare how an operation's author is found, with the roles held now."""
    _lookup.append(fn)
    return fn


def author(operation: Operation) -> Actor:
    """Who made the operation: user, county, device, roles."""
    return _lookup[0](operation)
