"""One visit with all that its reviewer looks at; a dozen queries."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch, prefetch_related_objects

from backend.core.actor import Actor
from backend.desk.rules.answer_sheet import Section, sheet
from backend.inspections.models import (
    Answer,
    CrewMember,
    Evidence,
    EvidenceKindName,
    Finding,
    VetoOpinion,
    Visit,
)
from backend.inspections.rules.checklist import Template
from backend.inspections.selectors import flags, scores, templates, visit_log
from backend.inspections.selectors import visits as visit_rows
from backend.inspections.selectors.flags import Shown
from backend.inspections.selectors.scores import Explained
from backend.inspections.selectors.visit_log import Step


@dataclass(slots=True)
class Photo:
    """One piece of evidence with what was noticed about it; `about` is the answer or finding that it proves."""

    row: Evidence
    flags: Sequence[Shown]
    about: str

    @property
    def is_picture(self) -> bool:
        return self.row.kind != EvidenceKindName.DOCUMENT and self.row.filetype.startswith("image/")


@dataclass(slots=True)
class Review:
    """`findings` in order, with `veto_opinions` and `hearing`; `flagged` counts evidence with warnings."""

    visit: Visit
    crew: list[CrewMember]
    sections: list[Section]
    findings: list[Finding]
    photos: list[Photo]
    signatures: list[Photo]
    score: Explained
    steps: list[Step]
    templates: list[Template] = field(default_factory=list)

    @property
    def open(self) -> list[Section]:
        """Where something has to be looked at."""
        return [section for section in self.sections if section.shown]

    @property
    def fine(self) -> list[Section]:
        return [section for section in self.sections if not section.shown]

    @property
    def flagged(self) -> int:
        return sum(bool(one.flags) for one in self.photos)


def find(actor: Actor, visit_id: uuid.UUID) -> Visit:
    """The visit with target, team, leader, findings and what was said of vetoes. Raises `NotFound`."""
    rows = Finding.objects.order_by("number").select_related("hearing")
    opinions = Prefetch("veto_opinions", queryset=VetoOpinion.objects.order_by("pk"))
    found = Prefetch("findings", queryset=rows.prefetch_related(opinions))
    visit = visit_rows.get(actor, visit_id)
    prefetch_related_objects([visit], found)
    return visit


def review(actor: Actor, visit: Visit) -> Review:
    """All of it; wants what `find` reads."""
    known = templates.pinned(visit)
    answers = {
        row.key: {"value": row.value, "note": row.note, "rivals": row.rivals}
        for row in Answer.objects.filter(visit=visit)
    }
    proofs = _photos(actor, visit)
    return Review(
        visit=visit,
        crew=list(visit.assignment.crew.select_related("user").order_by("-is_leader", "pk")),
        sections=sheet(known, answers, templates.target_type(visit.target)),
        findings=list(visit.findings.all()),
        photos=[one for one in proofs if one.row.kind != EvidenceKindName.SIGNATURE],
        signatures=[one for one in proofs if one.row.kind == EvidenceKindName.SIGNATURE],
        score=scores.explain(visit, known),
        steps=visit_log.steps(visit),
        templates=known,
    )


def _photos(actor: Actor, visit: Visit) -> list[Photo]:
    rows = list(Evidence.objects.filter(visit=visit).order_by("pk"))
    for row in rows:
        row.visit = visit
    shown = flags.of(actor, rows)
    numbers = {row.pk: row.number for row in visit.findings.all()}
    found = [Photo(row, shown.get(row.pk, ()), _about(row, numbers)) for row in rows]
    return sorted(found, key=lambda one: not one.flags)


def _about(row: Evidence, numbers: dict[uuid.UUID, int]) -> str:
    if row.finding_id:
        return f"问题{numbers.get(row.finding_id, '')}"
    return row.answer_key
