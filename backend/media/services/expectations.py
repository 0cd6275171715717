"""Promises of bytes, made when an evidence fact is taken into custody."""

from backend.media.models import Expectation
from backend.media.rules import filetypes


def expect(*, county_id: int, owner_id: int, evidence_id: str, sha256: str, size: int, filetype: str) -> None:
    """Let `owner_id` upload the bytes of `evidence_id`. May be repeated; the first word about a hash stands.

    Called as soon as the fact is in custody, whatever becomes of it: bytes are never refused because a fact waits
    for review. `size` in bytes, `sha256` as 64 hex digits.
    """
    Expectation.objects.get_or_create(
        owner_id=owner_id,
        evidence_id=evidence_id,
        sha256=sha256.lower(),
        defaults={"county_id": county_id, "size": size, "filetype": filetypes.plain(filetype)[:100]},
    )
