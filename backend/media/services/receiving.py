"""The last byte is here: re-hash, compare with what was declared, keep or set aside (sync protocol, Uploads; I11)."""

import datetime as dt
from typing import Any

from backend.core import clock, duties
from backend.core.actor import system
from backend.journal import rows
from backend.journal.writing import write
from backend.media import registry, storage
from backend.media.models import Blob, Expectation, Holding, Upload
from backend.media.models.expectation import ExpectationState
from backend.media.models.upload import UploadState
from backend.media.problems import Corrupt
from backend.media.rules import examination, filetypes

CORRUPT_KEPT = dt.timedelta(days=7)
"""How long bytes that differ from the declaration are kept for a person to look at (sync protocol, Uploads)."""


def receive(*, upload: Upload) -> None:
    """Verify the complete part of `upload`, whose lock the caller holds. Raises `Corrupt`.

    The file moves before the row is written: a crash between the two leaves a part that is missing and a blob that
    is there, which `receive_moved` completes.
    """
    expected = upload.expectation
    sha256, size = storage.hash_file(upload.path)
    facts = examination.examine(upload.path)
    if (sha256, size) != (expected.sha256, expected.size):
        _set_aside(upload, facts)
        raise Corrupt()
    storage.current().adopt(upload.path, sha256)
    _book(upload, facts)


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
        _decide(expected, ExpectationState.VERIFIED)  # first: whoever asks for this row waits (expectations.arrived)
        blob = _kept(expected, facts["filetype"] or filetypes.UNKNOWN)
        held = {"county_id": expected.county_id, "evidence_id": expected.evidence_id, "owner_id": expected.owner_id}
        rows.insert_missing([Holding(blob_id=blob, **held)])
        _set(upload, UploadState.DONE, upload.expires_at)
        _tell(expected, facts, intact=True)
    duties.wake("media.derive")


def _kept(expected: Expectation, filetype: str) -> int:
    """The key of the blob's row, which is made if there is none."""
    rows.insert_missing([Blob(sha256=expected.sha256, size=expected.size, filetype=filetype)])
    return Blob.objects.values_list("pk", flat=True).get(sha256=expected.sha256)


def _set_aside(upload: Upload, facts: dict[str, Any]) -> None:
    """Evidence that is already verified stays so: the same person merely sent something else afterwards."""
    with write(actor=system(upload.expectation.county_id)):
        _set(upload, UploadState.CORRUPT, clock.now() + CORRUPT_KEPT)
        expected = Expectation.objects.select_for_update().get(pk=upload.expectation_id)
        if expected.state != ExpectationState.VERIFIED:
            _decide(expected, ExpectationState.CORRUPT)
            _tell(expected, facts, intact=False)
    upload.path.replace(upload.corrupt_path)


def _set(upload: Upload, state: UploadState, expires_at: dt.datetime) -> None:
    upload.state, upload.expires_at, upload.offset = state, expires_at, upload.size
    Upload.objects.filter(pk=upload.pk).update(state=state, expires_at=expires_at, offset=upload.size)


def _decide(expected: Expectation, state: ExpectationState) -> None:
    Expectation.objects.filter(pk=expected.pk).update(state=state, received_at=clock.now())


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
