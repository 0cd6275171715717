"""What a backup says of itself."""

import hashlib
from typing import Any

import msgspec

from backend.backups.problems import Damaged, NotForThis

FORMAT = 1


class Part(msgspec.Struct, frozen=True):
    """One file of the backup: length and SHA-256 (hex) of its plain bytes."""

    name: str
    size: int
    sha256: str


class Blobs(msgspec.Struct, frozen=True):
    """How many files the database names and their bytes; the list itself is the part `blobs`.

    `missing` and `altered` are hashes of files that storage had lost or whose bytes were no longer theirs, `removed` of
    those that the product deleted at the end of their time while the backup ran: this backup does not hold them.
    """

    count: int
    bytes: int
    missing: list[str] = []
    altered: list[str] = []
    removed: list[str] = []

    @property
    def lacking(self) -> set[str]:
        """What the database names and the backup does not hold."""
        return {*self.missing, *self.altered, *self.removed}

    @property
    def whole(self) -> bool:
        return not self.missing and not self.altered


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Times in ms since 1970. `durable`: received time up to which this backup holds every operation (None: unknown).

    `migrations`: names applied, by app. `counts`: rows by table, in the same snapshot as all the rest.
    """

    format: int
    taken_at: int
    durable: int | None
    engine: str
    migrations: dict[str, list[str]]
    epoch: int
    counts: dict[str, int]
    parts: list[Part]
    blobs: Blobs

    def part(self, name: str) -> Part:
        """Raises `Damaged`."""
        for each in self.parts:
            if each.name == name:
                return each
        raise Damaged(detail=f"备份清单缺少“{name}”一项。")


class _Signed(msgspec.Struct, frozen=True):
    manifest: msgspec.Raw
    sha256: str


def encode(manifest: Manifest) -> bytes:
    """JSON of the manifest and the SHA-256 of exactly these bytes."""
    body = msgspec.json.encode(manifest)
    wrapped: Any = _Signed(msgspec.Raw(body), hashlib.sha256(body).hexdigest())
    return msgspec.json.encode(wrapped)


def decode(data: bytes) -> Manifest:
    """Raises `Damaged`, and `NotForThis` for the format of a later version."""
    try:
        wrapped = msgspec.json.decode(data, type=_Signed)
        body = bytes(wrapped.manifest)
        if hashlib.sha256(body).hexdigest() != wrapped.sha256:
            raise Damaged(detail="备份清单与其校验值不符。")
        said = msgspec.json.decode(body)
        if isinstance(said, dict) and said.get("format") != FORMAT:
            raise NotForThis(detail="备份的格式不是本版本所能识别的，请用制作它的版本或更新的版本恢复。")
        return msgspec.json.decode(body, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Damaged(detail="备份清单无法读取。") from None
