"""Who has read what was published to them."""

from typing import Any

from backend.accounts.models import User
from backend.accounts.selectors import people
from backend.bulletins.models import Bulletin
from backend.bulletins.rules.lifecycle import State
from backend.bulletins.selectors.bulletins import READERS, SCHOOL_READERS

MOST_NAMES = 500


def standing(bulletin: Bulletin) -> dict[str, Any]:
    """`{readers, read, waiting}`: present readers of either edition, how many opened the issue, the names of the rest.

    Nobody has been told of an issue that is not published.
    """
    if bulletin.state != State.PUBLISHED:
        return {"readers": 0, "read": 0, "waiting": []}
    readers = people.with_role(bulletin.county_id, READERS | SCHOOL_READERS)
    read = set(bulletin.receipts.values_list("user_id", flat=True)) & readers
    rest = User.objects.filter(pk__in=readers - read).order_by("pk")
    return {"readers": len(readers), "read": len(read), "waiting": [str(user) for user in rest[:MOST_NAMES]]}
