"""How often one address may knock at the pages that everybody reaches; an office behind one address still passes."""

import time

from django.http import HttpRequest

from backend.core.http import client_address
from backend.desk.rules.patience import Patience

AT_ONCE, PER_SECOND = 240.0, 8.0
"""A county's people behind one address come to work in the same minute; a program that asks all day is slowed."""

door = Patience(at_once=AT_ONCE, per_second=PER_SECOND)


def at_the_door(request: HttpRequest) -> bool:
    """Whether the start page or the sign-in page may be asked for by this address now; if so, that is counted."""
    return door.holds(client_address(request), time.monotonic())
