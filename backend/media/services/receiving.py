"""The last byte is here: re-hash, compare with what was declared, keep or set aside (sync protocol, Uploads; I11)."""

import datetime as dt
from typing import Any

from backend.core import clock, duties
from backend.core.actor import system
from backend.core.errors import Problem
from backend.core.lookup import find
from backend.journal import rows
from backend.journal.writing import write
from backend.media import registry, storage
from backend.media.models import Blob, Expectation, Holding, Upload
from backend.media.models.expectation import ExpectationState
from backend.media.models.upload import UploadState
from backend.media.problems import Corrupt
from backend.media.rules import acceptance, examination, filetypes

CORRUPT_KEPT = dt.timedelta(days=7)
"""How long bytes that differ from the declaration are kept for a person to look at (sync protocol, Uploads)."""


def receive(*, upload: Upload) -> None:
    """Verify the complete part of `upload`, whose lock the caller holds. Raises `Corrupt`, and what is not accepted.

    The file moves before the row is written: a crash between the two leaves a part that is missing and a blob that
    is there, which `receive_moved` completes.
    """
    expected = upload.expectation
    sha256, size = storage.hash_file(upload.path)
    facts = examination.examine(upload.path)
    if (sha256, size) != (expected.sha256, expected.size):
        _set_aside(upload, facts)
        raise Corrupt()
    _check_accepted(upload, facts)
    storage.current().adopt(upload.path, sha256)
    _book(upload, facts)


def _check_accepted(upload: Upload, facts: dict[str, Any]) -> None:
    """Raises `UnsupportedType`, `TooLarge`; such a file is set aside like a corrupt one and served to nobody."""
    try:
        acceptance.check_received(upload.path, facts["filetype"], upload.expectation.purpose)
    except Problem as refusal:
        _set_aside(upload, facts | {"refused": refusal.code})
        raise


def receive_moved(*, upload: Upload) -> bool:
    """Complete an upload whose verified part was moved into storage by a process that died; False if it was not."""
    expected = upload.expectation
    if upload.offset < upload.size or storage.current().size(expected.sha256) != expected.size:
        return False
    _book(upload, examination.examine(storage.current().local(expected.sha256)))
    return True


def _book(upload: Upload, facts: dict[str, Any]) -> None:
    expected = upload.expectation
    with write(actor=system(expected.county_id)):
        batch = rows.Batch()
        _decide(batch, expected, ExpectationState.VERIFIED)  # whoever asks for it waits now (expectations.arrived)
        _end(batch, upload, UploadState.DONE, upload.expires_at)
        filetype = facts["filetype"] or filetypes.UNKNOWN
        batch.insert_missing([Blob(sha256=expected.sha256, size=expected.size, filetype=filetype)])
        batch.run()
        blob = find(Blob, only=("id",), sha256=expected.sha256)[0]
        held = {"county_id": expected.county_id, "evidence_id": expected.evidence_id, "owner_id": expected.owner_id}
        rows.insert_missing([Holding(blob_id=blob.pk, **held)])
        _tell(expected, facts, intact=True)
    duties.wake("media.derive")


def _set_aside(upload: Upload, facts: dict[str, Any]) -> None:
    """Evidence that is already verified stays so: the same person merely sent something else afterwards."""
    with write(actor=system(upload.expectation.county_id)):
        batch = rows.Batch()
        _end(batch, upload, UploadState.CORRUPT, clock.now() + CORRUPT_KEPT)
        [expected] = find(Expectation, lock=True, id=upload.expectation_id)
        spoilt = expected.state != ExpectationState.VERIFIED
        if spoilt:
            _decide(batch, expected, ExpectationState.CORRUPT)
        batch.run()
        if spoilt:
            _tell(expected, facts, intact=False)
    upload.path.replace(upload.corrupt_path)


def _end(batch: rows.Batch, upload: Upload, state: UploadState, expires_at: dt.datetime) -> None:
    upload.state, upload.expires_at, upload.offset = state, expires_at, upload.size
    batch.upsert([upload], unique=["pk"], update=["state", "expires_at", "offset"])


def _decide(batch: rows.Batch, expected: Expectation, state: ExpectationState) -> None:
    expected.state, expected.received_at = state, clock.now()
    batch.upsert([expected], unique=["pk"], update=["state", "received_at"])


def _tell(expected: Expectation, facts: dict[str, Any], *, intact: bool) -> None:
    """Let the rooms above hear it, in this transaction."""
    registry.tell_received(
        evidence_id=expected.evidence_id,
        sha256=expected.sha256,
        intact=intact,
        facts={
            **facts,
            "owner_id": expected.owner_id,
            "type_mismatch": facts["filetype"] != expected.filetype,
        },
    )
