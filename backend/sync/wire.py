"""The shapes of push, pull and offer on the wire (protocol, Pull, Push, Offer)."""

import base64
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from backend.core.errors import Invalid
from backend.sync import grammar

MAX_OPS = 200
MAX_OP_BYTES = 256 * 1024
MAX_OFFER = 2000
MAX_ROWS = 2000
BIG = 2**53
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

Count = Annotated[int, msgspec.Meta(ge=-BIG, le=BIG)]
Amount = Annotated[int, msgspec.Meta(ge=0, le=BIG)]
Number = Annotated[int, msgspec.Meta(ge=1, le=BIG)]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=32, pattern=r"^[a-z_]+$")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00]+$")]


class Clock(msgspec.Struct):
    """The device's clock at sending: `now` (ms), `offset` to ours at last contact (ms), `age` of that contact (s)."""

    now: Count | None = None
    offset: Count | None = None
    age: Count | None = None


class Pending(msgspec.Struct):
    """What is still only on the phone: operations, uploads and their bytes; `oldest`, ms, is when the oldest of it was
    made, by our clock as the phone reckons it."""

    ops: Amount = 0
    uploads: Amount = 0
    bytes: Amount = 0
    oldest: Amount | None = None


class Reporting(msgspec.Struct, kw_only=True):
    """A message in which the phone may tell what it still holds. Kept as it came: it must never fail a message."""

    unsent: msgspec.Raw = msgspec.field(name="pending", default=msgspec.Raw(b"null"))

    @property
    def pending(self) -> Pending | None:
        """None where nothing was told, or nothing that can be read."""
        pending: Pending | None = _lenient(bytes(self.unsent), Pending | None)
        return pending


class PushIn(Reporting):
    """`told` is the device's word on its clock, as it came: it must never fail a batch."""

    ops: list[msgspec.Raw]
    told: msgspec.Raw = msgspec.field(name="clock", default=msgspec.Raw(b"null"))

    @property
    def clock(self) -> Clock | None:
        """What can be read of it; None where nothing can."""
        clock: Clock | None = _lenient(bytes(self.told), Clock | None)
        return clock


class OpIn(msgspec.Struct):
    """One operation, as far as the engine reads it; `data` is the handler's."""

    op: uuid.UUID
    n: Number
    kind: Word
    verb: Word
    id: Name
    schema: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 1
    at: Annotated[str, msgspec.Meta(max_length=40, pattern=r"^[^\x00]*$")] = ""
    data: msgspec.Raw = msgspec.Raw(b"{}")


class Content(msgspec.Struct):
    """Of an operation only what its handler reads."""

    data: msgspec.Raw = msgspec.Raw(b"{}")


class PullIn(Reporting):
    cursor: Annotated[str, msgspec.Meta(max_length=65536)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=MAX_ROWS)] = MAX_ROWS
    csum: dict[str, str] = {}


class OfferIn(msgspec.Struct):
    ids: Annotated[list[uuid.UUID], msgspec.Meta(max_length=MAX_OFFER)]


@dataclass(frozen=True, slots=True)
class Arrived:
    """An operation of a push: its verbatim bytes, and what could be read of them.

    `read` is None when it is no operation at all; it then goes into custody under an id made of its content,
    so that a resend finds it again. `fault` says what was wrong. `n` is the device's number where it can be read:
    else a number would be missing for ever, and with it every submission that comes after.
    """

    raw: bytes
    id: uuid.UUID
    read: OpIn | None
    fault: str = ""
    label: Any = None
    n: int = 0

    @property
    def body(self) -> str:
        """As it is kept: word for word. What is not UTF-8 is no JSON and fits no text: `base64:` and its bytes."""
        try:
            return self.raw.decode()
        except UnicodeDecodeError:
            return "base64:" + base64.b64encode(self.raw).decode()


def parse(body: bytes, shape: type[Any]) -> Any:
    """Decode a request body. Raises `Invalid` with what is wrong and where."""
    try:
        return msgspec.json.decode(body, type=shape)
    except UNREADABLE as fault:
        raise Invalid("invalid", "请求内容不符合同步协议。", msg=str(fault)) from fault


def parse_push(body: bytes) -> PushIn:
    """Decode a push. Whatever is JSON by its grammar and has `ops` is taken, also where one operation holds a value
    that no parser can: that costs only the operation. Raises `Invalid`.
    """
    try:
        return msgspec.json.decode(body, type=PushIn)
    except UNREADABLE as fault:
        try:
            found = dict(_named(body))
            ops = [msgspec.Raw(raw) for raw in grammar.values(found["ops"])]
        except (grammar.Malformed, KeyError):
            raise Invalid("invalid", "请求内容不符合同步协议。", msg=str(fault)) from fault
    clock, unsent = (msgspec.Raw(found.get(name, b"null")) for name in ("clock", "pending"))
    return PushIn(ops, clock, unsent=unsent)


def read_op(raw: bytes) -> Arrived:
    """Read one operation leniently: no content problem ever fails a batch."""
    try:
        raw.decode()
        read = msgspec.json.decode(raw, type=OpIn)
    except UNREADABLE as wrong:
        return _unreadable(raw, str(wrong))
    fault = f"operation over {MAX_OP_BYTES} bytes" if len(raw) > MAX_OP_BYTES else ""
    return Arrived(raw, read.op, read, fault, str(read.op), read.n)


def _unreadable(raw: bytes, fault: str) -> Arrived:
    """Kept under the id it names if that is one, else under one made of its content; answered with what it named."""
    try:
        found = dict(_named(raw))
    except grammar.Malformed:  # not UTF-8 somewhere in a text
        found = {}
    n = _lenient(found.get("n", b""), Number) or 0
    named = _lenient(found.get("op", b""), str | Count)  # other values might not fit into an answer
    try:
        return Arrived(raw, uuid.UUID(str(named)), None, fault, named, n)
    except ValueError:
        return Arrived(raw, uuid.UUID(bytes=hashlib.sha256(raw).digest()[:16], version=5), None, fault, named, n)


def _named(text: bytes) -> Iterator[tuple[str, bytes]]:
    """The members of an object by name; of a name that comes twice the last one counts, as with every parser."""
    for key, value in grammar.members(text):
        name = _lenient(key, str)
        if name is not None:
            yield name, value


def _lenient(raw: bytes, shape: Any) -> Any:
    try:
        return msgspec.json.decode(raw, type=shape)
    except UNREADABLE:
        return None
