"""Who has read what was published to them."""

from typing import Any

from django.db.models import Exists, OuterRef

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
    readers = people.holders(bulletin.county_id, READERS | SCHOOL_READERS).order_by("pk")
    found = readers.annotate(read=Exists(bulletin.receipts.filter(user_id=OuterRef("pk"))))
    rows = list(found.values_list("name", "read"))
    waiting = [name for name, read in rows if not read]
    return {"readers": len(rows), "read": len(rows) - len(waiting), "waiting": waiting[:MOST_NAMES]}
