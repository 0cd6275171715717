"""What phones read of this room and do in it: the inbox."""

import uuid

import msgspec

from backend.core.errors import Invalid
from backend.notices.services import inbox as services
from backend.sync.registry import Command, Outcome, document, operation

document("inbox", "A message to the user, numbered without gaps per user")


class ReadInbox(msgspec.Struct):
    """`inbox.read`: the operation's id is the message; `upto` also marks everything up to that number."""

    upto: int | None = None


@operation("inbox.read", payload=ReadInbox)
def read_inbox(command: Command[ReadInbox]) -> Outcome:
    try:
        entry_id = uuid.UUID(command.id)
    except ValueError as fault:
        raise Invalid("invalid", "消息编号无效。", path="id", msg="not a UUID") from fault
    entry, changed = services.read_one(actor=command.actor, entry_id=entry_id, upto=command.data.upto)
    return Outcome(about=entry, status="applied" if changed else "merged")
