"""Who gets which bytes of a blob."""

from dataclasses import dataclass

from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.media import registry
from backend.media.models import Blob
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
    the time an answer takes says nothing either.
    """
    if not SHA256.fullmatch(sha256):
        raise NotFound("blob")
    blob = Blob.objects.filter(sha256=sha256).first()
    allowed = registry.may_read(actor, sha256)
    if blob is None or not allowed:
        raise NotFound("blob")
    if kind is None:
        return Representation(blob.sha256, blob.size, blob.filetype)
    made = derivatives.find(blob=blob, kind=kind)
    if made is None:
        raise NotFound("blob")
    return Representation(made.sha256, made.size, filetypes.JPEG)
