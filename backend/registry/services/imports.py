"""Importing lists of schools and institutions: all or nothing, found again by their codes.

Districts, stations and teams must exist before: a name that is misspelt in one row of a list would otherwise become
a district of its own. Teams are named by their code or, those of departments, by their number (3 means T03).
"""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict
from backend.journal.models import Journaled
from backend.journal.writing import Change, active, write
from backend.registry.models import BEGINNING, AreaStation, SchoolDistrict, Target, Team, Track
from backend.registry.rules.faults import Fault, Faults
from backend.registry.rules.sheets import Record, Sheet, read_sheet
from backend.registry.services.authority import only_office
from backend.registry.services.responsibility import follow
from backend.registry.services.targets import IN_CHARGE

BATCH = 500
"""Rows of one statement."""

SAYS_WHO = IN_CHARGE | {"is_active"}
"""What a team in charge follows from."""

LINKED = {"district": "学区", "station": "片区督导站", "team": "督查组"}
COLUMN = {"district": "district", "station": "area_station", "team": "team"}


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or with `dry_run` would do. With any error nothing is written and all counts are 0."""

    rows: int
    created: int
    updated: int
    unchanged: int
    errors: list[Fault]

    def as_json(self) -> dict[str, Any]:
        errors = [{"row": fault.row, "column": fault.column, "reason": fault.reason} for fault in self.errors]
        return {
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "errors": errors,
        }


def import_targets(*, actor: Actor, sheet: Sheet, data: bytes, dry_run: bool = False) -> Report:
    """Create and update the county's targets from a CSV file in UTF-8 (with or without BOM) or GBK,
    or from a workbook (XLSX).

    Raises `Forbidden`, `Conflict(import_race)` when somebody else registered one of the codes meanwhile. What is
    wrong with the file is in the report's `errors`.
    """
    only_office(actor)
    faults = Faults()
    count, records = read_sheet(sheet, data, faults)
    if dry_run or faults.found:
        return _plan(actor, sheet, records, faults).report(count)
    try:
        with write(actor=actor) as change:
            plan = _plan(actor, sheet, records, faults)
            if not faults.found:
                _carry_out(change, plan)
    except IntegrityError as fault:
        raise Conflict("import_race", "导入期间有人登记了相同的编码，请重新导入。") from fault
    return plan.report(count)


@dataclass
class _Plan:
    faults: Faults
    created: list[Target] = field(default_factory=list)
    updated: list[tuple[Target, list[str]]] = field(default_factory=list)
    unchanged: int = 0

    def report(self, rows: int) -> Report:
        if self.faults.found:
            return Report(rows, 0, 0, 0, self.faults.in_order)
        return Report(rows, len(self.created), len(self.updated), self.unchanged, [])


@dataclass
class _Directory:
    """The county's places by the words that a list uses for them, and by id."""

    words: dict[str, dict[str, Journaled | None]]
    districts: dict[uuid.UUID, SchoolDistrict]

    def find(self, field: str, word: str) -> Journaled | None:
        """Raises `LookupError` with the reason in Chinese."""
        if word not in self.words[field]:
            raise LookupError(f"没有名为“{word[:20]}”的{LINKED[field]}，请先登记。")
        found = self.words[field][word]
        if found is None:
            raise LookupError(f"有多个名为“{word[:20]}”的{LINKED[field]}，无法确定。")
        return found


def _directory(actor: Actor) -> _Directory:
    districts = list(SchoolDistrict.objects.filter(county_id=actor.county_id))
    stations = AreaStation.objects.filter(county_id=actor.county_id, closed_at__isnull=True)
    teams = Team.objects.filter(county_id=actor.county_id, closed_at__isnull=True, track=Track.DEPARTMENT)
    return _Directory(
        words={
            "district": _by_word((row.name, row) for row in districts if row.closed_at is None),
            "station": _by_word((row.name, row) for row in stations),
            "team": _by_word((word, row) for row in teams for word in _words_of(row)),
        },
        districts={row.pk: row for row in districts},
    )


def _words_of(team: Team) -> set[str]:
    number = re.fullmatch(r"[A-Za-z]*0*([1-9][0-9]*)", team.code)
    return {team.code, number[1]} if number else {team.code}


def _by_word(pairs: Iterable[tuple[str, Journaled]]) -> dict[str, Journaled | None]:
    """Found by word; None for a word that means several."""
    found: dict[str, Journaled | None] = {}
    for word, row in pairs:
        found[word] = None if word in found else row
    return found


def _plan(actor: Actor, sheet: Sheet, records: list[Record], faults: Faults) -> _Plan:
    plan, directory = _Plan(faults), _directory(actor)
    codes = [record.values["code"] for record in records]
    rows = Target.objects.filter(county_id=actor.county_id, code__in=codes)
    known = {target.code: target for target in (rows.select_for_update() if active() else rows)}
    for record in records:
        target = known.get(record.values["code"])
        _plan_one(plan, directory, record, target or Target(county_id=actor.county_id, kind=sheet.target_kind), sheet)
    return plan


def _plan_one(plan: _Plan, directory: _Directory, record: Record, target: Target, sheet: Sheet) -> None:
    if target.kind != sheet.target_kind:
        plan.faults.add(record.number, "code", "此编码已被其他类型的检查对象使用。")
        return
    linked = _linked(plan.faults, directory, record)
    if linked is None:
        return
    is_new = not target.code
    changed = [name for name, value in linked.items() if getattr(target, name) != value]
    for name in changed:
        setattr(target, name, linked[name])
    if target.district_id is not None:
        target.district = directory.districts[target.district_id]
    if is_new:
        plan.created.append(target)
    elif changed:
        plan.updated.append((target, changed))
    else:
        plan.unchanged += 1


def _linked(faults: Faults, directory: _Directory, record: Record) -> dict[str, Any] | None:
    """The record's values by column of the table, words replaced by the ids of places; None if one is not known."""
    values = dict(record.values)
    sound = True
    for name in LINKED:
        if name in values:
            word = values.pop(name)
            try:
                place = directory.find(name, word) if word else None
            except LookupError as fault:
                faults.add(record.number, COLUMN[name], str(fault.args[0]))
                sound = False
            else:
                values[f"{name}_id"] = place.pk if place else None
    return values if sound else None


def _carry_out(change: Change, plan: _Plan) -> None:
    Target.objects.bulk_create(plan.created, batch_size=BATCH)
    for target in plan.created:
        change.put(target)
        change.log("target.created", target, code=target.code, name=target.name, source="import")
    follow(change, plan.created, since=BEGINNING)
    if plan.updated:
        _save_updated(plan)
    for target, changed in plan.updated:
        change.put(target)
        change.log("target.changed", target, fields=changed, source="import")
    follow(change, [target for target, changed in plan.updated if not SAYS_WHO.isdisjoint(changed)])


def _save_updated(plan: _Plan) -> None:
    """One statement for many rows: each is locked and known in full, so that it can be written over itself."""
    fields = sorted({name for _, changed in plan.updated for name in changed})
    rows = [target for target, _ in plan.updated]
    if "is_active" in fields:
        fields.append("closed_on")
        _date_ends(plan)
    Target.objects.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=fields
    )


def _date_ends(plan: _Plan) -> None:
    for target, changed in plan.updated:
        if "is_active" in changed:
            target.closed_on = None if target.is_active else clock.today()
