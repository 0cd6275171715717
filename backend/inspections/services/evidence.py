"""Evidence: the fact, added once; and what `media` found when the bytes came."""

import datetime as dt
import re
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from backend.core import clock, duties
from backend.core.actor import Actor, system
from backend.core.errors import Conflict, NotFound
from backend.core.lookup import find_one
from backend.core.making import made
from backend.inspections.models import Evidence, EvidenceKindName, EvidenceState, Finding
from backend.inspections.services import dossiers, field
from backend.inspections.services.dossier import Dossier
from backend.inspections.services.visits import Place
from backend.journal.writing import write
from backend.media.services import expectations

SHA256 = re.compile(r"[0-9a-f]{64}")
LARGEST = 64 * 1024 * 1024
"""Bytes of one upload (protocol, Uploads)."""

KINDS = frozenset(EvidenceKindName.values)

YEARS = range(1970, 9999)
"""Of the time a photo was taken. Outside them a time can be stored that nobody can read again."""


@dataclass(frozen=True, slots=True)
class Camera:
    """The device that took a photo, in its own words."""

    model: str = ""
    os: str = ""
    app: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """How the fact reached us: the device's time, by how many milliseconds its clock is ahead of ours, and our time."""

    at: dt.datetime | None
    offset_ms: int | None
    received_at: dt.datetime


@dataclass(frozen=True, slots=True)
class NewEvidence:
    """The fact as the phone states it: `size` in bytes, `sha256` in lower-case hex.

    `mock`: whether the device says that another app made up its location; None where it does not tell.
    """

    sha256: str
    size: int
    filetype: str
    kind: str = EvidenceKindName.PHOTO
    answer_key: str = ""
    finding: uuid.UUID | None = None
    taken_at: dt.datetime | None = None
    place: Place | None = None
    mock: bool | None = None
    camera: Camera | None = None


def add(
    *,
    actor: Actor,
    evidence_id: uuid.UUID,
    visit_id: uuid.UUID,
    new: NewEvidence,
    at: dt.datetime | None = None,
    addendum: bool = False,
    told: Told | None = None,
) -> Evidence:
    """Add evidence to a visit; `verified` at once where the bytes were faster.

    The same fact once more changes nothing; another fact under its id is refused. As an `addendum` it stands beside
    the submitted round, whatever the visit's state.

    Raises `NotFound` (visit, finding), `Conflict(late_lock, late_assignment, bad_state)`, `Invalid(invalid)`.
    """
    _check(new)
    with write(actor=actor) as change:
        dossier = dossiers.for_work(change, actor, visit_id)
        known = dossier.evidence.get(evidence_id)
        if known is not None and (known.sha256, known.size) == (new.sha256, new.size):
            return known
        if known is not None or dossiers.is_taken(change, Evidence, evidence_id):
            raise Conflict("bad_state", "佐证一经登记不能更改，请以新编号登记。")
        if not addendum:
            dossier.move("work", actor, at=at)
        evidence = _build(actor, evidence_id, dossier, new)
        evidence.declared = _declared(actor, new, told)
        evidence.addendum = dossier.visit.round if addendum else None
        dossier.add_evidence(evidence)
        change.put(dossier)
        change.put(evidence)
        change.log("evidence.added", evidence, sha256=new.sha256, size=new.size)
    return evidence


def state_fact(*, actor: Actor, evidence_id: uuid.UUID, visit_id: uuid.UUID, new: NewEvidence) -> Evidence:
    """`add` for clients that do not sync: the bytes may be uploaded from now on. Raises what `add` raises."""
    with write(actor=actor):
        row = add(actor=actor, evidence_id=evidence_id, visit_id=visit_id, new=new)
        expectations.expect(
            county_id=actor.county_id,
            owner_id=actor.user_id or 0,
            evidence_id=str(row.pk),
            sha256=new.sha256,
            size=new.size,
            filetype=new.filetype,
            purpose=new.kind,
        )
    return row


def _check(new: NewEvidence) -> None:
    if not SHA256.fullmatch(new.sha256):
        raise field.refuse("sha256", "摘要须为64位小写十六进制。")
    if not 0 < new.size <= LARGEST:
        raise field.refuse("size", "文件大小须在1字节至64 MB之间。")
    if new.kind not in KINDS:
        raise field.refuse("kind", "佐证种类不正确。")
    if new.taken_at is not None and new.taken_at.year not in YEARS:
        raise field.refuse("taken_at", "拍摄时间不正确。")


def _instant(taken_at: dt.datetime | None) -> dt.datetime | None:
    """A time without a zone is one in China, as in the photo itself. Kept in UTC, so that the document of the evidence
    says it in the same words before and after it was read from the table."""
    if taken_at is None:
        return None
    return (taken_at.replace(tzinfo=clock.CHINA) if taken_at.tzinfo is None else taken_at).astimezone(dt.UTC)


def _build(actor: Actor, evidence_id: uuid.UUID, dossier: Dossier, new: NewEvidence) -> Evidence:
    place = new.place
    return made(
        Evidence,
        id=evidence_id,
        county_id=actor.county_id,
        visit=dossier.visit,
        finding=_finding(dossier, new.finding),
        answer_key=new.answer_key,
        kind=new.kind,
        sha256=new.sha256,
        size=new.size,
        filetype=new.filetype,
        taken_at=_instant(new.taken_at),
        lng=place.lng if place else None,
        lat=place.lat if place else None,
        accuracy=place.accuracy if place else None,
        datum=place.datum if place else "",
        author_id=actor.user_id,
    )


def _declared(actor: Actor, new: NewEvidence, told: Told | None) -> dict[str, Any]:
    """What the custody of a photo begins with; nothing that was not told is in it."""
    said: dict[str, Any] = {
        "mock": new.mock,
        "camera": _camera(new.camera) if new.camera else None,
        "device": str(actor.device_id) if actor.device_id else None,
        "at": told.at.isoformat() if told and told.at else None,
        "offset_ms": told.offset_ms if told else None,
        "received_at": told.received_at.isoformat() if told else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _camera(camera: Camera) -> dict[str, str] | None:
    said = (("model", camera.model), ("os", camera.os), ("app", camera.app))
    return {name: text for name, text in said if text} or None


def _finding(dossier: Dossier, finding_id: uuid.UUID | None) -> Finding | None:
    if finding_id is None:
        return None
    if finding_id not in dossier.findings:
        raise NotFound("finding", finding_id)
    return dossier.findings[finding_id]


def received(*, evidence_id: str, sha256: str, intact: bool, facts: dict[str, Any]) -> None:
    """The bytes came and were hashed again: the fact becomes `verified` or `corrupt`, and every phone hears of it.

    Ids that are no evidence of ours (a school's upload, a fact still held) are passed over.
    """
    known = _find(evidence_id)
    if known is None:
        return
    with write(actor=system(known.county_id)) as change:
        evidence = Evidence.objects.select_for_update(of=("self",)).select_related("visit").get(pk=known.pk)
        if evidence.state == EvidenceState.VERIFIED or evidence.sha256 != sha256:
            return
        if not intact and facts.get("owner_id") != evidence.author_id:
            return  # somebody else's failed upload under our id says nothing about ours
        evidence.state = EvidenceState.VERIFIED if intact else EvidenceState.CORRUPT
        evidence.verified_at = clock.now() if intact else None
        evidence.facts = facts
        evidence.save(update_fields=["state", "verified_at", "facts"])
        change.put(evidence)
        change.log(f"evidence.{evidence.state}", evidence, sha256=sha256)
    transaction.on_commit(_wake)


def _wake() -> None:
    duties.wake("inspections.assess")


def _find(evidence_id: str) -> Evidence | None:
    try:
        return find_one(Evidence, only=("id", "county_id"), id=uuid.UUID(evidence_id))
    except ValueError:
        return None
