"""The pull cursor: opaque to phones, signed, and good for one person in one epoch."""

import base64
import hashlib
import hmac
import zlib
from dataclasses import dataclass, field

import msgspec
from django.conf import settings

from backend.core.errors import Conflict

VERSION = 1


class Body(msgspec.Struct, array_like=True):
    """`at`: per scope the last number sent. `fresh`: per scope that is being read from 0, its head when that began."""

    version: int
    user: int
    epoch: str
    at: dict[str, int]
    fresh: dict[str, int]


@dataclass(slots=True)
class Position:
    """Where a phone stands."""

    at: dict[str, int] = field(default_factory=dict)
    fresh: dict[str, int] = field(default_factory=dict)


def write(position: Position, *, user_id: int, epoch: str) -> str:
    body = zlib.compress(msgspec.json.encode(Body(VERSION, user_id, epoch, position.at, position.fresh)))
    return base64.urlsafe_b64encode(_seal(body) + body).decode().rstrip("=")


def read(text: str | None, *, user_id: int, epoch: str) -> Position:
    """The position in a cursor; None is the beginning.

    Raises `Conflict(epoch)` for cursors of another epoch, person or maker: the phone drops its base rows,
    keeps its outbox, starts with null and offers what it keeps (protocol, Pull: Errors).
    """
    if text is None:
        return Position()
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if not hmac.compare_digest(packed[:16], _seal(packed[16:])):
            raise ValueError("seal")
        body = msgspec.json.decode(zlib.decompress(packed[16:]), type=Body)
    except (ValueError, zlib.error, msgspec.DecodeError) as fault:
        raise _other_epoch(epoch) from fault
    if (body.version, body.user, body.epoch) != (VERSION, user_id, epoch):
        raise _other_epoch(epoch)
    return Position(body.at, body.fresh)


def _other_epoch(epoch: str) -> Conflict:
    return Conflict("epoch", "同步起点已失效，请重新下载；未发送的工作不受影响。", epoch=epoch)


def _seal(body: bytes) -> bytes:
    return hmac.new(b"cursor/" + settings.SECRET_KEY.encode(), body, hashlib.sha256).digest()[:16]
