"""Addenda: work that reached a submitted visit too late, kept beside the round by somebody who answers for it."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid, NotFound
from backend.inspections.models import Finding, FindingState, Visit, VisitAddendum, VisitState
from backend.inspections.models.lifecycle import LOCKED
from backend.inspections.services import field, findings
from backend.journal.models.subject import Subject
from backend.journal.writing import write

Make = Callable[[], Subject]


@dataclass(frozen=True, slots=True)
class Late:
    """An operation as it was sent: `data` is JSON text, `device_at` the device's own words for its time."""

    operation: uuid.UUID
    kind: str
    verb: str
    data: str
    device_at: str
    received_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """The addendum, its visit, and the finding or evidence that it also became."""

    row: VisitAddendum
    visit: Visit
    became: Subject | None = None


def add(
    *,
    author: Actor,
    reviewer: Actor,
    visit_id: uuid.UUID,
    late: Late,
    reason: str = "",
    make: Make | None = None,
) -> Kept:
    """Keep `late` beside the visit's present round; neither the round's content nor its hash changes (I10).

    `make` records the finding or evidence that it is about, so that it can be rectified or its photo seen; it is left
    out on a visit still at work and where it proves unreadable: then the words alone are kept. A second call for the
    same operation changes nothing. Raises `NotFound(visit)`, `Conflict(finding_first, own_operation, bad_state)`.
    """
    with write(actor=author) as change:
        visit = field.locked(author, visit_id)
        known = VisitAddendum.objects.filter(operation=late.operation).first()
        if known is not None:
            return Kept(known, visit)
        became = _became(visit, author, reviewer, make)
        row = VisitAddendum(
            visit=visit,
            operation=late.operation,
            round=visit.round,
            kind=late.kind[:32],
            verb=late.verb[:32],
            data=late.data,
            author_id=author.person,
            device_at=late.device_at,
            received_at=late.received_at,
            accepted_by=reviewer.person,
            reason=reason,
        )
        row.save(force_insert=True)
        visit.addenda_kept += 1
        visit.save(update_fields=["addenda_kept"])
        change.put(visit)
        change.log("visit.addendum", visit, actor=reviewer, operation=str(late.operation), round=visit.round)
    return Kept(row, visit, became)


def _became(visit: Visit, author: Actor, reviewer: Actor, make: Make | None) -> Subject | None:
    if make is None or visit.state not in LOCKED:
        return None
    try:
        with write(actor=author, eager=True):
            made = make()
            if isinstance(made, Finding) and visit.state == VisitState.APPROVED:
                _confirm(made, author, reviewer)
            return made
    except Invalid:
        return None
    except NotFound as missing:
        if missing.kind != "finding":
            raise
        raise Conflict("finding_first", "所属的问题尚未附入，请先处理该问题。") from missing


def _confirm(finding: Finding, author: Actor, reviewer: Actor) -> None:
    """Beside an approved visit nobody will confirm it later; the one who accepts it does, and never for themselves."""
    if author.user_id == reviewer.user_id:
        raise Conflict("own_operation", "到访已审核，本人补录的问题须由他人采纳。")
    to = FindingState.CLOSED if finding.state == FindingState.RECTIFIED_ON_SPOT else FindingState.CONFIRMED
    if finding.state in (FindingState.RECORDED, FindingState.RECTIFIED_ON_SPOT):
        findings.advance(actor=reviewer, finding_id=finding.pk, to=to, reason="补录采纳")
