"""Bytes that are at hand already: verified, kept and booked like those of an upload, many in one transaction."""

from collections.abc import Mapping

from backend.core import clock, duties
from backend.core.actor import system
from backend.core.lookup import find
from backend.journal import rows
from backend.journal.writing import write
from backend.media import registry, storage
from backend.media.models import Blob, Expectation, Holding
from backend.media.models.expectation import ExpectationState
from backend.media.problems import Corrupt
from backend.media.rules import acceptance, examination, filetypes
from backend.media.services import storing


def deposit(*, county_id: int, files: Mapping[str, bytes]) -> None:
    """Keep the bytes promised for each evidence id (`expectations.expect`), as if they had just been uploaded.

    For loading a county's history. Raises `KeyError` for what nobody promised, `Corrupt` where a hash or a size is
    another than promised, and `UnsupportedType`, `TooLarge` for what is not accepted.
    """
    promised = {row.evidence_id: row for row in find(Expectation, county_id=county_id, evidence_id=list(files))}
    kept = {evidence_id: _keep(promised[evidence_id], data) for evidence_id, data in files.items()}
    with write(actor=system(county_id)):
        _book(county_id, [promised[evidence_id] for evidence_id in kept])
        for evidence_id, facts in kept.items():
            _tell(promised[evidence_id], facts)
    duties.wake("media.derive")


def _keep(expected: Expectation, data: bytes) -> dict[str, object]:
    """Put the file away; what it says about itself."""
    sha256 = storing.put(data)
    if (sha256, len(data)) != (expected.sha256, expected.size):
        raise Corrupt()
    path = storage.current().local(sha256)
    facts = examination.examine(path)
    acceptance.check_received(path, facts["filetype"], expected.purpose)
    return facts


def _book(county_id: int, promised: list[Expectation]) -> None:
    batch = rows.Batch()
    for expected in promised:
        expected.state, expected.received_at = ExpectationState.VERIFIED, clock.now()
    batch.upsert(promised, unique=["pk"], update=["state", "received_at"])
    new = {each.sha256: each for each in promised}.values()
    batch.insert_missing([Blob(sha256=each.sha256, size=each.size, filetype=_type(each)) for each in new])
    batch.run()
    blobs = {blob.sha256: blob.pk for blob in find(Blob, only=("id", "sha256"), sha256=[each.sha256 for each in new])}
    held = [
        Holding(blob_id=blobs[each.sha256], county_id=county_id, evidence_id=each.evidence_id, owner_id=each.owner_id)
        for each in promised
    ]
    rows.insert_missing(held)


def _type(expected: Expectation) -> str:
    return filetypes.plain(expected.filetype) or filetypes.UNKNOWN


def _tell(expected: Expectation, facts: dict[str, object]) -> None:
    about = {"owner_id": expected.owner_id, "type_mismatch": facts["filetype"] != expected.filetype}
    registry.tell_received(
        evidence_id=expected.evidence_id, sha256=expected.sha256, intact=True, facts={**facts, **about}
    )
