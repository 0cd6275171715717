"""Who gets which bytes of a blob."""

from dataclasses import dataclass

from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.media import registry, storage, terms
from backend.media.models import Blob, Holding
from backend.media.problems import Expired
from backend.media.rules import filetypes
from backend.media.services import derivatives
from backend.media.storage import SHA256


@dataclass(frozen=True, slots=True)
class Representation:
    """Bytes to be sent: under `sha256` in storage, `size` of them, and of what type."""

    sha256: str
    size: int
    filetype: str


def representation(*, actor: Actor, sha256: str, kind: str | None = None) -> Representation:
    """The original, or its derivative of `kind`.

    Raises `NotFound`, word for word the same for what is not there, what is not for this actor, and what has no
    derivative: nobody learns that we hold a file (sync protocol, Uploads). Both questions are always asked, so that
    the time an answer takes says nothing either. Raises `Expired` to those who may see the fact of bytes that were
    deleted at the end of their time, `Unavailable` while a derivative is being made.
    """
    if not SHA256.fullmatch(sha256):
        raise NotFound("blob")
    blob = Blob.objects.filter(sha256=sha256).first()
    allowed = registry.may_read(actor, sha256)
    if blob is None or not allowed:
        raise Expired() if terms.was_deleted(actor, sha256) else NotFound("blob")
    if kind is None:
        return Representation(blob.sha256, blob.size, blob.filetype)
    return _derived(actor, blob, kind)


def _derived(actor: Actor, blob: Blob, kind: str) -> Representation:
    holding = _holding(actor, blob)
    if holding is None or blob.filetype not in filetypes.IMAGES:
        raise NotFound("blob")
    if holding.derived_at is None and storage.current().size(blob.sha256) is None:
        raise FileNotFoundError(blob.sha256)
    made = derivatives.find(holding=holding, kind=kind)
    if made is None:
        raise NotFound("blob")
    return Representation(made.sha256, made.size, filetypes.JPEG)


def _holding(actor: Actor, blob: Blob) -> Holding | None:
    """As what the actor sees the blob; what the product made itself belongs to no evidence."""
    rows = {row.evidence_id: row for row in Holding.objects.filter(blob=blob, county_id=actor.county_id)}
    return next((rows[key] for key in (*registry.seen_as(actor, blob.sha256), "") if key in rows), None)
