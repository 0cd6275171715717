"""Forms are taken once: claimed before the work begins, settled after it, given back when it was refused."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction

from backend.core import clock
from backend.core.actor import Actor
from backend.desk.models import Submission

KEPT = dt.timedelta(days=2)
"""A page that was open longer than this is stale in every other way too."""


def claim(*, actor: Actor, token: uuid.UUID) -> Submission | None:
    """Take the form for this request. None: it is this person's and was just taken; whoever repeats it is told of the
    first (`earlier`). Somebody else's token is never met by chance and is taken as a claim that failed."""
    try:
        with transaction.atomic():
            return Submission.objects.create(token=token, user_id=actor.person)
    except IntegrityError:
        return None


def earlier(*, actor: Actor, token: uuid.UUID) -> Submission | None:
    """What became of the form when it was sent before."""
    return Submission.objects.filter(token=token, user_id=actor.person).first()


def settle(*, claimed: Submission, address: str, said: str) -> None:
    """The work is done; whoever sends the form again is led to the same page."""
    claimed.ended_at, claimed.address, claimed.said = clock.now(), address, said
    claimed.save(update_fields=["ended_at", "address", "said"])


def give_back(*, claimed: Submission) -> None:
    """The work was refused and nothing was done: the form may be sent again."""
    claimed.delete()


def forget_old() -> int:
    """Delete what is older than `KEPT`; how many."""
    return Submission.objects.filter(begun_at__lt=clock.now() - KEPT).delete()[0]
