"""A file that came with the page itself: declared and received in one go, by the same doors as one in pieces."""

import hashlib
import uuid
from dataclasses import asdict, dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from backend.core.actor import Actor
from backend.core.errors import TooLarge
from backend.media.problems import UnsupportedType
from backend.media.rules import filetypes
from backend.media.services import uploads
from backend.notices.services import evidence, scans

LARGEST = 20 * 1024 * 1024
"""Bytes. Larger files need a browser that uploads in pieces, and goes on after a cut line."""


@dataclass(frozen=True, slots=True)
class _Fact:
    sha256: str
    size: int
    filetype: str


def receive(*, actor: Actor, notice_id: uuid.UUID, item_id: uuid.UUID, kind: str, file: "UploadedFile[Any]") -> None:
    """Evidence of a unit. Raises `TooLarge`, `UnsupportedType`, and what declaring or uploading refuses."""
    fact = _fact(file)
    proof = evidence.declare(actor=actor, notice_id=notice_id, item_id=item_id, kind=kind, **asdict(fact))
    _send(actor, str(proof.pk), fact, file)


def receive_scan(*, actor: Actor, notice_id: uuid.UUID, file: "UploadedFile[Any]") -> None:
    """A scan of the stamped notice. Raises as `receive`."""
    fact = _fact(file)
    copy = scans.declare(actor=actor, notice_id=notice_id, **asdict(fact))
    _send(actor, str(copy.pk), fact, file)


def _fact(file: "UploadedFile[Any]") -> _Fact:
    """What the file itself says; its name and the type that the browser named count for nothing."""
    size = file.size or 0
    if size > LARGEST:
        raise TooLarge("too_large", "文件超过 20 MB，请压缩后上传。")
    filetype = filetypes.sniff(_head(file))
    if filetype is None:
        raise UnsupportedType()
    return _Fact(_hash(file), size, filetype)


def _send(actor: Actor, evidence_id: str, fact: _Fact, file: "UploadedFile[Any]") -> None:
    upload = uploads.create(actor=actor, evidence_id=evidence_id, **asdict(fact))
    held = uploads.begin(actor=actor, upload_id=str(upload.pk), offset=0)
    if isinstance(held, uploads.Writing):
        with held:
            for piece in file.chunks():
                held.append(piece)
            held.keep()


def _head(file: "UploadedFile[Any]") -> bytes:
    file.seek(0)
    head: bytes = file.read(filetypes.HEAD)
    return head


def _hash(file: "UploadedFile[Any]") -> str:
    digest = hashlib.sha256()
    for piece in file.chunks():
        digest.update(piece)
    return digest.hexdigest()
