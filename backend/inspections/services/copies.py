"""Redacting and approving photos: the copies that papers and units may be given (workflow.md section 3, 7 and 12).

Decoding and drawing happen outside of any transaction.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import asdict

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.inspections.models import CopyProcess, Evidence, EvidenceCopy, EvidenceKindName, EvidenceState
from backend.inspections.selectors import copies, evidence
from backend.journal.writing import Change, write
from backend.media.rules import captions
from backend.media.rules.redaction import MOST_AREAS, Area
from backend.media.services import blobs, publishing

REDACTORS = (Role.OFFICE, Role.DEPARTMENT_HEAD, Role.STATION_HEAD, Role.TEAM_LEADER, "system")
APPROVERS = (Role.OFFICE, "system")


def redact(*, actor: Actor, evidence_id: uuid.UUID, areas: Sequence[Area], reason: str) -> EvidenceCopy:
    """A copy of the photo in which `areas` can be recognised by nobody any more; it takes the place of earlier copies.

    The same once more changes nothing. Raises `NotFound`, `Forbidden`, `Invalid(invalid)`, `Conflict`: `no_photo`,
    `not_verified`, `unreadable`.
    """
    source = _source(actor, evidence_id, REDACTORS)
    _check(areas, reason)
    return _make(actor, source, CopyProcess.REDACTED, areas, reason)


def approve(*, actor: Actor, evidence_id: uuid.UUID, reason: str = "") -> EvidenceCopy:
    """A copy of the photo that the office lets out, with whatever was last redacted in it.

    Raises `NotFound`, `Forbidden`, `Conflict`: `no_photo`, `not_verified`, `unreadable`, `redacted_meanwhile`.
    """
    source = _source(actor, evidence_id, APPROVERS)
    areas = [Area(**area) for area in _redacted(source)]
    return _make(actor, source, CopyProcess.APPROVED, areas, reason)


def withdraw(*, actor: Actor, evidence_id: uuid.UUID, reason: str) -> EvidenceCopy:
    """No copy of this photo may be shown any more; papers that are printed stay as they are.

    Raises `NotFound` where there is none, `Forbidden`.
    """
    source = _source(actor, evidence_id, APPROVERS)
    with write(actor=actor) as change:
        row = _current(source)
        if row is None:
            raise NotFound("evidence_copy")
        _supersede(row, clock.now())
        change.log("evidence.copy_withdrawn", source, copy=str(row.pk), sha256=row.sha256, reason=reason)
    return row


def printable(*, county_id: int, sha256: str, at: dt.datetime) -> bytes | None:
    """The bytes of a copy for a paper of the time `at`; None for anything that could not be shown then.

    Raises `FileNotFoundError` when storage lost the file.
    """
    return blobs.read(sha256) if copies.could_be_shown(county_id, sha256, at) else None


def _source(actor: Actor, evidence_id: uuid.UUID, roles: Sequence[str]) -> Evidence:
    if actor.deposit_only or not actor.has(*roles):
        raise Forbidden()
    found = evidence.scoped(actor, many=False).filter(pk=evidence_id).first()
    if found is None:
        raise NotFound("evidence", evidence_id)
    if found.kind != EvidenceKindName.PHOTO:
        raise Conflict("no_photo", "只有照片可以脱敏或审定。")
    if found.state != EvidenceState.VERIFIED:
        raise Conflict("not_verified", "照片尚未上传并核验，不能处理。")
    return found


def _check(areas: Sequence[Area], reason: str) -> None:
    if not 1 <= len(areas) <= MOST_AREAS:
        raise Invalid("invalid", f"请标出1至{MOST_AREAS}个需要遮挡的区域。", path="areas")
    if not all(area.is_inside for area in areas):
        raise Invalid("invalid", "遮挡区域须在照片范围之内。", path="areas")
    if not reason.strip():
        raise Invalid("invalid", "请填写脱敏理由。", path="reason")


def _make(actor: Actor, source: Evidence, process: CopyProcess, areas: Sequence[Area], reason: str) -> EvidenceCopy:
    labels = _labels(process) if areas else [process.label]
    words = captions.copy_parts(source.taken_at, source.sha256, labels)
    made = publishing.publish(county_id=source.county_id, sha256=source.sha256, areas=areas, caption=words)
    row = EvidenceCopy(
        county_id=source.county_id,
        evidence=source,
        process=process,
        source_sha256=source.sha256,
        sha256=made.sha256,
        size=made.size,
        areas=[asdict(area) for area in areas],
        reason=reason.strip(),
        author_id=actor.user_id,
        author_name=actor.name,
        made_at=clock.now(),
    )
    with write(actor=actor) as change:
        return _store(change, row)


def _labels(process: CopyProcess) -> list[str]:
    """A picture that was changed says so, whatever else became of it."""
    return [str(label) for label in dict.fromkeys([CopyProcess.REDACTED.label, process.label])]


def _store(change: Change, row: EvidenceCopy) -> EvidenceCopy:
    Evidence.objects.select_for_update(of=("self",)).get(pk=row.evidence_id)  # one copy after the other
    if row.process == CopyProcess.APPROVED and _redacted(row.evidence) != row.areas:
        raise Conflict("redacted_meanwhile", "该照片刚被重新脱敏，请查看后再审定。")
    known = _current(row.evidence)
    if known is not None and (known.sha256, known.reason) == (row.sha256, row.reason):
        return known
    if known is not None:
        _supersede(known, row.made_at)
    row.save(force_insert=True)
    change.log(
        f"evidence.{row.process}", row.evidence, copy=str(row.pk), sha256=row.sha256, areas=row.areas, reason=row.reason
    )
    return row


def _redacted(source: Evidence) -> list[dict[str, float]]:
    """The areas last made unrecognisable, as they are stored."""
    last = source.copies.filter(process=CopyProcess.REDACTED).order_by("-made_at", "-pk").first()
    return last.areas if last else []


def _current(source: Evidence) -> EvidenceCopy | None:
    return copies.current().filter(evidence=source).first()


def _supersede(row: EvidenceCopy, at: dt.datetime) -> None:
    row.superseded_at = at
    row.save(update_fields=["superseded_at"])
