"""Copies of pictures that may leave the house."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.core.errors import Conflict, Unavailable
from backend.media.rules import derivatives, filetypes
from backend.media.rules.images import Unreadable
from backend.media.rules.redaction import Area
from backend.media.services import blobs
from backend.media.services.derivatives import letters


@dataclass(frozen=True, slots=True)
class Published:
    """A copy under a hash of its own; `size` in bytes."""

    sha256: str
    size: int


def publish(*, county_id: int, sha256: str, areas: Sequence[Area], caption: Sequence[str]) -> Published:
    """Make and keep a JPEG of the picture `sha256`: upright, without metadata, `areas` unrecognisable, not larger than
    a page needs. The same call gives the same bytes.

    Raises `Conflict(unreadable)`, `Unavailable(blob_missing)` when storage lost the original.
    """
    try:
        data = derivatives.publishable(blobs.path(sha256), areas, caption, letters())
    except FileNotFoundError:
        raise Unavailable("blob_missing", "文件暂时无法读取，请联系管理员。") from None
    except Unreadable:
        raise Conflict("unreadable", "该照片无法解码，不能制作副本。") from None
    return Published(blobs.keep(county_id=county_id, data=data, filetype=filetypes.JPEG), len(data))
