"""Reading the headers of tus 1.0.0; whatever is wrong with them is `Invalid`, never more."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backend.core.errors import Invalid
from backend.media.uploads.wire import Request

OCTETS = "application/offset+octet-stream"
ALGORITHMS: dict[str, Callable[[], Any]] = {
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
    "sha256": hashlib.sha256,
}
DIGITS = re.compile(r"[0-9]{1,15}", re.ASCII)
METADATA_LIMIT = 4096
"""Characters of Upload-Metadata: three short values and some air."""


@dataclass(slots=True)
class Checksum:
    """What the sender says its body hashes to, and the hash as it grows."""

    digest: Any
    wanted: bytes

    def add(self, data: bytes) -> None:
        self.digest.update(data)

    def holds(self) -> bool:
        return bool(self.digest.digest() == self.wanted)


def whole(request: Request, name: str, *, needed: bool = True) -> int | None:
    """A header that holds a number of bytes."""
    text = request.headers.get(name.lower())
    if text is None and not needed:
        return None
    if text is None or not DIGITS.fullmatch(text.strip()):
        raise Invalid("bad_header", f"请求头 {name} 缺失或有误。", header=name)
    return int(text)


def no_parts(request: Request) -> None:
    """Refuses Upload-Concat, which we do not offer: a part taken for the whole would be found corrupt at its end."""
    if "upload-concat" in request.headers:
        raise Invalid("bad_header", "不支持拆分成多个文件并行上传，请整个上传。", header="Upload-Concat")


def metadata(request: Request) -> dict[str, str]:
    """Upload-Metadata: `key base64,key base64`; keys must not repeat."""
    text = request.headers.get("upload-metadata", "")
    if len(text) > METADATA_LIMIT:
        raise _bad("Upload-Metadata")
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        key, _, value = pair.partition(" ")
        if key in found:
            raise _bad("Upload-Metadata")
        found[key] = _decoded(value.strip(), "Upload-Metadata").decode("utf-8", errors="replace")
    return found


def checksum(request: Request) -> Checksum | None:
    """Upload-Checksum: `sha1 base64` or `sha256 base64`."""
    text = request.headers.get("upload-checksum")
    if text is None:
        return None
    name, _, value = text.strip().partition(" ")
    if name not in ALGORITHMS:
        raise _bad("Upload-Checksum")
    sum = Checksum(ALGORITHMS[name](), _decoded(value.strip(), "Upload-Checksum"))
    if len(sum.wanted) != sum.digest.digest_size:
        raise _bad("Upload-Checksum")
    return sum


def is_octets(request: Request) -> bool:
    """Whether the body is declared to be a piece of an upload."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower() == OCTETS


def _decoded(value: str, header: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise _bad(header) from None


def _bad(name: str) -> Invalid:
    return Invalid("bad_header", f"请求头 {name} 有误。", header=name)
