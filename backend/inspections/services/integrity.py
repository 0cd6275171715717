"""Comparing verified bytes with what was declared of them, soon after they came: a duty, never a request."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from backend.core import clock
from backend.core.actor import system
from backend.inspections.models import Evidence, EvidenceFlag, EvidenceKindName
from backend.inspections.models.evidence import UNASSESSED
from backend.inspections.rules import integrity as rules
from backend.inspections.rules.integrity import Claim, Flag, Found, Metres
from backend.inspections.selectors import likeness
from backend.inspections.services import geofence
from backend.journal.writing import Change, write
from backend.media.rules import filetypes
from backend.media.services import looking

BATCH = 50
"""Assessed in one transaction: others do not wait long for it."""

Facts = dict[str, Any]


def assess_waiting(*, enough: Callable[[], bool] = lambda: False) -> int:
    """Assess verified evidence that was not assessed yet, until `enough`; how many. Safe to run twice at once."""
    return sum(_assess(batch) for batch in _waiting() if not enough())


def _waiting() -> Iterator[dict[uuid.UUID, Facts]]:
    """Batches of what waits, with the facts of the files; those whose bytes storage has lost go on waiting."""
    rows = Evidence.objects.filter(UNASSESSED).order_by("pk")
    after = None
    while batch := list((rows.filter(pk__gt=after) if after else rows).values_list("pk", "sha256")[:BATCH]):
        after = batch[-1][0]
        yield {pk: facts for pk, sha256 in batch if (facts := _look(sha256)) is not None}


def _look(sha256: str) -> Facts | None:
    try:
        seen = looking.look(sha256)
    except FileNotFoundError:
        return None
    return seen.facts if seen else {}


def _assess(batch: dict[uuid.UUID, Facts]) -> int:
    counties = Evidence.objects.filter(pk__in=batch).values_list("county_id", flat=True).distinct().order_by()
    return sum(_assess_county(county_id, batch) for county_id in list(counties))


def _assess_county(county_id: int, batch: dict[uuid.UUID, Facts]) -> int:
    with write(actor=system(county_id)) as change:
        rows = Evidence.objects.filter(UNASSESSED, county_id=county_id, pk__in=batch).select_related("visit__target")
        found = list(rows.select_for_update(of=("self",)).order_by("pk"))
        for evidence in found:
            assess(change, evidence, batch[evidence.pk])
    return len(found)


def assess(change: Change, evidence: Evidence, facts: Facts) -> None:
    """Compare one evidence with the `facts` of its file (see `media.rules.examination`), and with all other photos."""
    metres = _metres(evidence, facts)
    evidence.facts = {**facts, "metres_to_file": metres.to_file, "metres_to_target": metres.to_target}
    evidence.assessed_at = clock.now()
    evidence.save(update_fields=["facts", "assessed_at"])
    raised = [_row(evidence, flag) for flag in rules.flags(claim_of(evidence), found_of(facts), metres)]
    _raise(change, [*raised, *_repetitions(evidence)])


def claim_of(evidence: Evidence) -> Claim:
    """What was declared, as the rules take it."""
    said = evidence.declared
    return Claim(
        kind=evidence.kind,
        filetype=filetypes.plain(evidence.filetype),
        taken_at=evidence.taken_at,
        at=_instant(said.get("at")),
        received_at=_instant(said.get("received_at")) or evidence.added_at,
        offset_ms=said.get("offset_ms"),
        placed=evidence.location() is not None,
        mock=said.get("mock"),
        model=said.get("camera", {}).get("model", ""),
    )


def found_of(facts: Facts) -> Found | None:
    """What the file says, as the rules take it."""
    if not facts:
        return None
    return Found(
        filetype=facts.get("filetype"),
        readable=facts.get("readable", True),
        taken_at=_instant(facts.get("taken_at")),
        changed_at=_instant(facts.get("changed_at")),
        **{name: facts.get(name, "") for name in ("make", "model", "software")},
    )


def _instant(text: str | None) -> dt.datetime | None:
    """A time without a zone is one in China."""
    if text is None:
        return None
    read = dt.datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=clock.CHINA)


def _metres(evidence: Evidence, facts: Facts) -> Metres:
    """Where the phone told no place, the one in the file is measured from."""
    declared = _point(evidence.location())
    in_file = _point(facts if "lng" in facts else None)
    target = _point(evidence.visit.target.location)
    taken = declared or in_file
    to_target = geofence.distance(taken, target) if taken and target else None
    return Metres(
        to_file=geofence.distance(declared, in_file) if declared and in_file else None,
        to_target=to_target,
        at_target=to_target is None or geofence.is_inside(to_target, evidence.accuracy),
        sure=evidence.accuracy or 0.0,
    )


def _point(place: Facts | None) -> geofence.Point | None:
    return geofence.Point(place["lng"], place["lat"], place.get("datum") or "wgs84") if place else None


def _row(evidence: Evidence, flag: Flag, other: Evidence | None = None) -> EvidenceFlag:
    return EvidenceFlag(
        evidence=evidence, county_id=evidence.county_id, kind=flag.kind, detail=flag.detail, other=other
    )


def _repetitions(evidence: Evidence) -> list[EvidenceFlag]:
    """The same bytes under another evidence; photos of other visits that look alike. Both sides are flagged.

    Photos of one visit may look alike: one takes two of the same thing.
    """
    out: list[EvidenceFlag] = []
    for same in likeness.of(evidence):
        if same.distance is None:
            flag = Flag("reused")
        elif same.evidence.visit_id != evidence.visit_id and evidence.kind == EvidenceKindName.PHOTO:
            flag = Flag("lookalike", {"distance": same.distance})
        else:
            continue
        out += [_row(evidence, flag, same.evidence), _row(same.evidence, flag, evidence)]
    return out


def _raise(change: Change, flags: list[EvidenceFlag]) -> None:
    """Save those that are new, each kind once per evidence, with one audit line per evidence."""
    known = set(
        EvidenceFlag.objects.filter(evidence__in={row.evidence_id for row in flags}).values_list("evidence_id", "kind")
    )
    new: dict[tuple[uuid.UUID, str], EvidenceFlag] = {}
    for row in flags:
        if (row.evidence_id, row.kind) not in known:
            new.setdefault((row.evidence_id, row.kind), row)
    EvidenceFlag.objects.bulk_create(new.values(), ignore_conflicts=True)
    for evidence in {row.evidence_id: row.evidence for row in new.values()}.values():
        change.log("evidence.flagged", evidence, flags=sorted(kind for pk, kind in new if pk == evidence.pk))
