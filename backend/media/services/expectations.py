"""Promises of bytes, made when an evidence fact is taken into custody."""

from backend.media.models import Expectation
from backend.media.models.expectation import ExpectationState
from backend.media.rules import filetypes
from backend.media.storage import SHA256

LONGEST_ID = 64
"""Characters of an evidence id."""

LARGEST = 2**40
"""Bytes; what is larger is no file anybody could send, and no number a database column need hold."""


def expect(*, county_id: int, owner_id: int, evidence_id: str, sha256: str, size: int, filetype: str) -> None:
    """Let `owner_id` upload the bytes of `evidence_id`. May be repeated; the first word about a hash stands.

    Called as soon as the fact is in custody, whatever becomes of it: bytes are never refused because a fact waits
    for review. `size` in bytes, `sha256` as 64 hex digits. A promise that no bytes could ever keep (its hash is none)
    is passed over: custody of the fact must not fail because of it.
    """
    sha256 = sha256.lower()
    if not SHA256.fullmatch(sha256) or not 0 <= size <= LARGEST or not _is_id(evidence_id):
        return
    Expectation.objects.get_or_create(
        owner_id=owner_id,
        evidence_id=evidence_id,
        sha256=sha256,
        defaults={"county_id": county_id, "size": size, "filetype": _stored(filetype)},
    )


def has_arrived(*, evidence_id: str, sha256: str, size: int) -> bool:
    """Whether the bytes of an evidence are verified already: they may be faster than the judgement of the fact.

    To be called in the transaction that writes the evidence. It waits for a receipt that is being booked: either this
    sees the receipt, or the listener of the receipt sees the evidence.
    """
    rows = Expectation.objects.select_for_update().filter(evidence_id=evidence_id, sha256=sha256.lower(), size=size)
    return any(row.state == ExpectationState.VERIFIED for row in rows)


def _is_id(text: str) -> bool:
    return 0 < len(text) <= LONGEST_ID and "\0" not in text


def _stored(filetype: str) -> str:
    return filetypes.plain(filetype).replace("\0", "")[:100]
