"""Evidence with the same bytes as another one, and photos that look like it, within one county."""

import uuid
from dataclasses import dataclass

from backend.core.actor import Actor
from backend.inspections.models import Evidence, EvidenceKindName, EvidenceState
from backend.inspections.selectors import evidence as evidence_rows
from backend.inspections.selectors.assignments import EVERYTHING
from backend.media.services import looking

MOST = 50
"""Shown at most, the nearest first: what looks like more than that is a form, and no photo."""


@dataclass(frozen=True, slots=True)
class Same:
    """Another evidence: the same bytes (`distance` None), or a picture of which so many of 64 bits differ."""

    evidence: Evidence
    distance: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What the reader may see of it; `hidden`: there is more, and the office has to look."""

    found: list[Same]
    hidden: bool


def of(evidence: Evidence) -> list[Same]:
    """Verified evidence of its county that repeats it; the same bytes first, then the nearest."""
    others = Evidence.objects.filter(county_id=evidence.county_id, state=EvidenceState.VERIFIED)
    # Not put in order by the database: it would rather read a whole county in that order than look a hash up.
    others = others.exclude(pk=evidence.pk).select_related("visit__target", "visit__assignment").order_by()
    same = [Same(row, None) for row in sorted(others.filter(sha256=evidence.sha256)[:MOST], key=_age)]
    if evidence.kind != EvidenceKindName.PHOTO:
        return same
    alike = dict(looking.alike(evidence.sha256))
    photos = others.filter(sha256__in=alike, kind=EvidenceKindName.PHOTO) if alike else Evidence.objects.none()
    near = (Same(row, alike[row.sha256]) for row in sorted(photos, key=_age))
    return [*same, *sorted(near, key=lambda one: one.distance or 0)][:MOST]


def _age(row: Evidence) -> uuid.UUID:
    return row.pk


def shown(actor: Actor, evidence: Evidence) -> Shown:
    """`of`, as far as `actor` may see both. The two tracks of a month never see each other's evidence: of what is
    hidden a reviewer learns only that the office has to look, not how much there is or whose.
    """
    found = of(evidence)
    if actor.has(*EVERYTHING):
        return Shown(found, hidden=False)
    ids = [one.evidence.pk for one in found]
    seen = set(evidence_rows.scoped(actor, many=False).filter(pk__in=ids).values_list("pk", flat=True))
    visible = [one for one in found if one.evidence.pk in seen]
    return Shown(visible, hidden=len(visible) < len(found))
