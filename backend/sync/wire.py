"""The shapes of push, pull and offer on the wire (protocol, Pull, Push, Offer)."""

import hashlib
import uuid
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from backend.core.errors import Invalid

MAX_OPS = 200
MAX_OP_BYTES = 256 * 1024
MAX_OFFER = 2000
MAX_ROWS = 2000
BIG = 2**53

Count = Annotated[int, msgspec.Meta(ge=-BIG, le=BIG)]
Number = Annotated[int, msgspec.Meta(ge=1, le=BIG)]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=32, pattern=r"^[a-z_]+$")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00]+$")]


class Clock(msgspec.Struct):
    """The device's clock at sending: `now` (ms), `offset` to ours at last contact (ms), `age` of that contact (s)."""

    now: Count | None = None
    offset: Count | None = None
    age: Count | None = None


class PushIn(msgspec.Struct):
    ops: list[msgspec.Raw]
    clock: Clock | None = None


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


class PullIn(msgspec.Struct):
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
        return self.raw.decode("utf-8", "replace").replace("\x00", "\ufffd")


def parse(body: bytes, shape: type[Any]) -> Any:
    """Decode a request body. Raises `Invalid` with what is wrong and where."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise Invalid("invalid", "请求内容不符合同步协议。", msg=str(fault)) from fault


def read_op(raw: bytes) -> Arrived:
    """Read one operation leniently: no content problem ever fails a batch."""
    try:
        read = msgspec.json.decode(raw, type=OpIn)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        return _unreadable(raw, str(wrong))
    fault = f"operation over {MAX_OP_BYTES} bytes" if len(raw) > MAX_OP_BYTES else ""
    return Arrived(raw, read.op, read, fault, str(read.op), read.n)


def _unreadable(raw: bytes, fault: str) -> Arrived:
    """Kept under the id it names if that is one, else under one made of its content; answered with what it named."""
    named, n = _field(raw, _Named, "op"), _field(raw, _Numbered, "n") or 0
    if not isinstance(named, str):
        named = _field(raw, _Counted, "op")  # other values might not fit into an answer
    try:
        return Arrived(raw, uuid.UUID(str(named)), None, fault, named, n)
    except ValueError:
        return Arrived(raw, uuid.UUID(bytes=hashlib.sha256(raw).digest()[:16], version=5), None, fault, named, n)


def _field(raw: bytes, shape: type[msgspec.Struct], name: str) -> Any:
    try:
        return getattr(msgspec.json.decode(raw, type=shape), name)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


class _Named(msgspec.Struct):
    op: Any = None


class _Counted(msgspec.Struct):
    op: Count


class _Numbered(msgspec.Struct):
    n: Number
