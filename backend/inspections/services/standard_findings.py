"""The office keeps the library of standard findings."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import IntegrityError

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, NotFound
from backend.inspections.catalogue import load_wordings
from backend.inspections.models import ChecklistTemplate, StandardFinding, TemplateStatus
from backend.inspections.models.template import legal_basis
from backend.inspections.rules.checklist import Item, Severity, Template
from backend.inspections.rules.grading import LADDER, LEVELS
from backend.inspections.services import field
from backend.inspections.services.authority import only_office
from backend.journal.writing import write


@dataclass(frozen=True, slots=True)
class Wording:
    """A standard finding as the office writes it.

    `severity` None: the item's own; `due_days` None: the item's, or those usual for the level. `basis`: documents of
    the item's basis by their code (empty: all that may be cited).
    """

    text: str
    severity: str | None = None
    due_days: int | None = None
    basis: Sequence[str] = ()
    measure: str = ""


def add(*, actor: Actor, item: str, wording: Wording) -> StandardFinding:
    """A new standard finding on an item of a published checklist.

    Raises `Forbidden`, `Conflict(wording_taken)`, `Invalid(invalid, path, errors)`.
    """
    only_office(actor)
    return _write(actor, StandardFinding(county_id=actor.county_id, item_code=item), wording, "added")


def publish_shipped(*, actor: Actor) -> int:
    """Bring the shipped wordings of all published checklists into the actor's county; how many were new.

    What the county has worded, amended or retired itself stays as it is: an item that has any standard finding gets
    none of ours. Raises `Forbidden`.
    """
    only_office(actor)
    with write(actor=actor) as change:
        known = set(StandardFinding.objects.filter(county_id=actor.county_id).values_list("item_code", flat=True))
        published = ChecklistTemplate.objects.filter(county_id=actor.county_id, status=TemplateStatus.PUBLISHED)
        rows = [row for one in published for row in _shipped(one.parsed, actor.county_id, known)]
        StandardFinding.objects.bulk_create(rows)
        for row in rows:
            change.put(row)
            change.log("standard_finding.added", row, item=row.item_code, severity=row.severity, shipped=True)
    return len(rows)


def _shipped(template: Template, county_id: int, known: set[str]) -> Iterator[StandardFinding]:
    for item in template.items:
        if item.severity is None or item.code in known:
            continue
        for shipped in load_wordings().get(item.code, ()):
            row = StandardFinding(county_id=county_id, item_code=item.code, text=shipped.text, measure=shipped.measure)
            row.severity, row.due_days = item.severity, _usual_days(item, item.severity)
            row.legal_basis = legal_basis(template, item)
            yield row


def amend(*, actor: Actor, standard_id: uuid.UUID, wording: Wording) -> StandardFinding:
    """Word it anew. Findings that cite it stay as they were written. Raises as `add`, `NotFound`, `Conflict`."""
    only_office(actor)
    with write(actor=actor):
        row = _locked(actor, standard_id)
        if not row.is_active:
            raise Conflict("bad_state", "该标准问题已停用，不能修改。")
        return _write(actor, row, wording, "amended")


def retire(*, actor: Actor, standard_id: uuid.UUID) -> StandardFinding:
    """Take it out of use; it leaves the phones. A second time changes nothing. Raises `Forbidden`, `NotFound`."""
    only_office(actor)
    with write(actor=actor) as change:
        row = _locked(actor, standard_id)
        if row.is_active:
            row.is_active, row.retired_at = False, clock.now()
            row.save(update_fields=["is_active", "retired_at"])
            change.remove(row)
            change.log("standard_finding.retired", row, item=row.item_code)
    return row


def _write(actor: Actor, row: StandardFinding, wording: Wording, verb: str) -> StandardFinding:
    template, item = _item(actor, row.item_code)
    severity = _severity(item, wording)
    if not wording.text.strip():
        raise field.refuse("text", "请填写问题表述。", because="text_missing")
    row.text, row.severity, row.measure = wording.text.strip(), severity, wording.measure
    row.due_days = wording.due_days or _usual_days(item, severity)
    row.legal_basis = _basis(template, item, wording)
    try:
        with write(actor=actor) as change:
            row.save()
            change.put(row)
            change.log(f"standard_finding.{verb}", row, item=row.item_code, severity=row.severity)
    except IntegrityError as fault:
        raise Conflict("wording_taken", "该条目已有相同表述的标准问题。") from fault
    return row


def _item(actor: Actor, code: str) -> tuple[Template, Item]:
    rows = ChecklistTemplate.objects.filter(county_id=actor.county_id, status=TemplateStatus.PUBLISHED)
    for template in (row.parsed for row in rows.filter(code=code.partition("-")[0])):
        item = template.item(code)
        if item is not None and item.severity is not None:
            return template, item
    raise field.refuse("item", f"启用中的清单里没有可以判为问题的条目{code}。", because="unknown_item")


def _severity(item: Item, wording: Wording) -> Severity:
    """The item's level or a lighter one: the library never makes a failing graver than its checklist."""
    own = item.severity or Severity.MINOR
    chosen = Severity(wording.severity) if wording.severity else own
    if LADDER.index(chosen) > LADDER.index(own):
        raise field.refuse("severity", "标准问题的级别不能高于条目的级别。", because="severity_raised")
    return chosen


def _usual_days(item: Item, severity: Severity) -> int:
    own = item.default_days if severity == item.severity else None
    return own if own is not None else LEVELS[severity].default_days


def _basis(template: Template, item: Item, wording: Wording) -> list[dict[str, str]]:
    citable = legal_basis(template, item)
    if not wording.basis:
        return citable
    unknown = set(wording.basis) - {one["document"] for one in citable}
    if unknown:
        names = "、".join(sorted(unknown))
        raise field.refuse("basis", f"条目{item.code}的依据中没有：{names}。", because="unknown_basis")
    return [one for one in citable if one["document"] in wording.basis]


def _locked(actor: Actor, standard_id: uuid.UUID) -> StandardFinding:
    row = StandardFinding.objects.select_for_update().filter(pk=standard_id, county_id=actor.county_id).first()
    if row is None:
        raise NotFound("standard_finding", standard_id)
    return row
