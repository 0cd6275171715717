"""How the operations of this room are reviewed (protocol, Review)."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from backend.core.actor import Actor
from backend.core.errors import Invalid, NotFound
from backend.core.garbage import untie_rows
from backend.inspections import commands as c
from backend.inspections.selectors import addressed
from backend.inspections.selectors import evidence as evidence_rows
from backend.inspections.services import addenda, evidence, findings
from backend.inspections.sync.payloads import evidence_of, finding_of, object_id
from backend.media import registry as media
from backend.sync.registry import Acceptance, Context, Filed, Outcome, Reviewer, registry
from backend.sync.services import reviewable


def _asked(filed: Filed) -> addressed.Asked:
    return addressed.Asked(filed.kind, filed.verb, filed.id, filed.data, filed.user_id)


def contexts(filed: Sequence[Filed]) -> list[Context]:
    """What operations under review are about; all of one county."""
    found = addressed.about(filed[0].county_id, [_asked(one) for one in filed]) if filed else []
    told = [
        Context(
            known=one.known,
            kind=one.kind,
            id=one.id,
            title=one.title,
            assignment=str(one.assignment.pk) if one.assignment else None,
            visit=str(one.visit.pk) if one.visit else None,
            first=one.first,
        )
        for one in found
    ]
    untie_rows(one.visit for one in found)
    return told


def keep_beside(filed: Filed, acceptance: Acceptance) -> Outcome:
    """An operation as an addendum of the visit it is about. Raises `NotFound` where that is no visit known here."""
    visit = addressed.about(filed.county_id, [_asked(filed)])[0].visit
    if visit is None:
        raise NotFound("visit", filed.id)
    late = addenda.Late(filed.op, filed.kind, filed.verb, filed.text, filed.device_at, filed.received_at)
    kept = addenda.add(
        author=acceptance.author,
        reviewer=acceptance.reviewer,
        visit_id=visit.pk,
        late=late,
        reason=acceptance.reason,
        make=_maker(filed, acceptance.author, visit.pk),
    )
    detail = {"addendum": str(kept.row.pk)}
    return Outcome(kept.became or kept.visit, "addendum", detail=detail)


def _maker(filed: Filed, author: Actor, visit_id: uuid.UUID) -> addenda.Make | None:
    """What makes the finding or evidence that an addendum is to become; None where it is only words."""
    try:
        if filed.name == "evidence.add":
            photo, new_id = msgspec.convert(filed.data, c.AddEvidence), object_id(filed.id)
            return lambda: evidence.add(
                actor=author, evidence_id=new_id, visit_id=visit_id, new=evidence_of(photo), addendum=True
            )
        if filed.name == "finding.record":
            said, new_id = msgspec.convert(filed.data, c.RecordFinding), object_id(filed.id)
            return lambda: findings.record(
                actor=author, finding_id=new_id, visit_id=visit_id, new=finding_of(said), n=filed.n, addendum=True
            )
    except (msgspec.ValidationError, Invalid):
        return None
    return None


def readdress(filed: Filed, to: str) -> Filed:
    """The operation as if it had been about `to`. Raises `NotFound` where there is no such object in the county."""
    asked = _asked(filed)
    moved = addressed.readdressed(filed.county_id, asked, to)
    text = filed.text if moved.data is asked.data else msgspec.json.encode(moved.data).decode()
    return replace(filed, id=moved.id, data=moved.data, text=text)


def may_see_bytes(actor: Actor, sha256: str) -> bool:
    """Whether these are the bytes of a photo whose fact waits for the actor's decision."""
    return bool(waiting_as(actor, sha256))


def waiting_as(actor: Actor, sha256: str) -> list[str]:
    """The ids of evidence with these bytes whose facts wait for the actor's decision.

    Only what the author of the operation sent up under its id: a hash that was merely declared opens nothing.
    """
    if not registry.may_sync(actor):
        return []
    waiting = list(reviewable.open_operations().filter(county_id=actor.county_id, kind="evidence"))
    sent = evidence_rows.senders([row.object_id for row in waiting], sha256)
    mine = [row for row in waiting if (row.object_id, row.user_id) in sent]
    told = reviewable.contexts(mine)
    return [row.object_id for row in mine if reviewable.may_review(actor, told[row.pk])]


registry.review(
    Reviewer(contexts, keep_beside, readdress, addressed.near),
    *("assignment", "recusal", "visit", "answer", "finding", "evidence", "review", "target", ""),
)
media.reader(may_see_bytes)
media.viewer(waiting_as)
