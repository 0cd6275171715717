"""What phones read of this room and do in it: the inbox, also live."""

import uuid
from collections.abc import Mapping
from typing import Any

import msgspec

from backend.core.actor import Actor
from backend.core.errors import Invalid
from backend.notices.selectors import inbox as selectors
from backend.notices.services import inbox as services
from backend.sync import live
from backend.sync.registry import Command, Outcome, document, operation

REPLAYED = 200
"""Messages that are told again at once."""

document("inbox", "A message to the user, numbered without gaps per user")


class ReadInbox(msgspec.Struct):
    """`inbox.read`: the operation's id is the message; `upto` also marks everything up to that number."""

    upto: int | None = None


@operation("inbox.read", payload=ReadInbox)
def read_inbox(command: Command[ReadInbox]) -> Outcome:
    entry, changed = services.read_one(actor=command.actor, entry_id=_entry(command), upto=command.data.upto)
    return Outcome(about=entry, status="applied" if changed else "merged")


class AcknowledgeInbox(msgspec.Struct):
    """`inbox.acknowledge`: the operation's id is the message."""


@operation("inbox.acknowledge", payload=AcknowledgeInbox)
def acknowledge_inbox(command: Command[AcknowledgeInbox]) -> Outcome:
    entry, changed = services.acknowledge(actor=command.actor, entry_id=_entry(command))
    return Outcome(about=entry, status="applied" if changed else "merged")


def _entry(command: Command[Any]) -> uuid.UUID:
    try:
        return uuid.UUID(command.id)
    except ValueError as fault:
        raise Invalid("invalid", "消息编号无效。", path="id", msg="not a UUID") from fault


@services.on_delivered
def send_standing(user_id: int, newest: int, unread: int) -> None:
    """Tell the person's open sockets how the inbox stands; the content is fetched by whoever may read it."""
    live.send_to_user(user_id, standing(newest, unread))


@live.on_hello
def missed(actor: Actor, message: dict[str, Any]) -> list[dict[str, Any]]:
    """What a client that has seen the inbox up to `inbox` has missed: how it stands, or nothing.

    With `entries` every message comes first, in the order of its numbers: at most `REPLAYED`, the oldest; the standing
    that follows then names the last of them, and the client asks again.
    """
    seen, newest = message.get("inbox"), selectors.last_seq(actor)
    if not isinstance(seen, int) or isinstance(seen, bool) or not 0 <= seen < newest:
        return []
    if message.get("entries") is not True:
        return [standing(newest, selectors.unread(actor))]
    rows = list(selectors.of(actor).filter(seq__gt=seen).order_by("seq")[:REPLAYED])
    told = [{"type": "inbox.entry", "id": row.pk, **row.journal_document()} for row in rows]
    return [*told, standing(rows[-1].seq if rows else newest, selectors.unread(actor))]


@live.on_look
def newer(seen: Mapping[int, int]) -> dict[int, dict[str, Any]]:
    """How the inboxes stand of which more is there than their people were told."""
    found = selectors.newest(seen)
    ahead = [user for user, newest in found.items() if newest > seen[user]]
    return {user: standing(*both) for user, both in selectors.standing(ahead).items()} if ahead else {}


def standing(newest: int, unread: int) -> dict[str, Any]:
    return {"type": "inbox", "seq": newest, "unread": unread}
