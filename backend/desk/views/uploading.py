"""A file that came with the page itself: declared and received in one go, by the same doors as one in pieces."""

import hashlib
import uuid
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from backend.core.actor import Actor
from backend.core.errors import TooLarge
from backend.media.problems import UnsupportedType
from backend.media.rules import filetypes
from backend.media.services import uploads
from backend.notices.services import evidence

LARGEST = 20 * 1024 * 1024
"""Bytes. Larger files need a browser that uploads in pieces, and goes on after a cut line."""


def receive(*, actor: Actor, notice_id: uuid.UUID, item_id: uuid.UUID, kind: str, file: "UploadedFile[Any]") -> None:
    """Raises `TooLarge`, `UnsupportedType`, and what declaring or uploading refuses."""
    size = file.size or 0
    if size > LARGEST:
        raise TooLarge("too_large", "文件超过 20 MB，请压缩后上传。")
    filetype = filetypes.sniff(_head(file))
    if filetype is None:
        raise UnsupportedType()
    proof = evidence.declare(
        actor=actor,
        notice_id=notice_id,
        item_id=item_id,
        kind=kind,
        sha256=_hash(file),
        size=size,
        filetype=filetype,
    )
    upload = uploads.create(actor=actor, evidence_id=str(proof.pk), sha256=proof.sha256, filetype=filetype, size=size)
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
