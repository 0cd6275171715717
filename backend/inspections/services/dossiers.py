"""The dossiers that a transaction works on: opened once each, by whoever has the authority."""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, ClassVar

from django.db import models

from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.core.lookup import existing, find_one
from backend.inspections.models import Evidence, Finding, Visit, VisitAlias
from backend.inspections.services.dossier import Dossier
from backend.journal.rows import Batch
from backend.journal.writing import Change


def opened(change: Change, actor: Actor, visit_id: uuid.UUID) -> Dossier:
    """The dossier of a visit, also by an id it is known by besides. Raises `NotFound` also for another county's."""
    dossier = change.hold(("visit", visit_id), lambda: _load(change, actor, visit_id))
    if dossier.visit.county_id != actor.county_id:
        raise NotFound("visit", visit_id)
    return dossier


def _load(change: Change, actor: Actor, visit_id: uuid.UUID) -> Dossier:
    visit = _locked(actor, visit_id)
    if visit is not None:
        return Dossier(change, visit)
    aliases = VisitAlias.objects.filter(pk=visit_id, visit__county_id=actor.county_id)
    alias = aliases.values_list("visit_id", flat=True).first()
    if alias is None:
        raise NotFound("visit", visit_id)
    return opened(change, actor, alias)


def _locked(actor: Actor, visit_id: uuid.UUID) -> Visit | None:
    visit = find_one(Visit, lock=True, related=["assignment", "target"], id=visit_id, county_id=actor.county_id)
    if visit is not None:
        visit.assignment.target = visit.target
    return visit


def of_finding(change: Change, actor: Actor, finding_id: uuid.UUID) -> Dossier:
    """The dossier of the visit a finding is in; see `for_work`. Raises `NotFound(finding)`."""
    for dossier in change.held(Dossier):
        if finding_id in dossier.findings:
            return _worked_on(dossier, actor, "finding", finding_id)
    rows = Finding.objects.filter(pk=finding_id, county_id=actor.county_id)
    visit_id = rows.values_list("visit_id", flat=True).first()
    if visit_id is None:
        raise NotFound("finding", finding_id)
    return _worked_on(opened(change, actor, visit_id), actor, "finding", finding_id)


def for_work(change: Change, actor: Actor, visit_id: uuid.UUID) -> Dossier:
    """The dossier for somebody of the visit's crew, present or past.

    Raises `NotFound` for everybody else, exactly as if there were no such visit, and `Conflict(late_assignment)` for
    those who declared recusal.
    """
    return _worked_on(opened(change, actor, visit_id), actor, "visit", visit_id)


def _worked_on(dossier: Dossier, actor: Actor, kind: str, id: uuid.UUID) -> Dossier:
    if not dossier.works_here(actor):
        raise NotFound(kind, id)
    dossier.check_not_recused(actor)
    return dossier


def begun(change: Change, actor: Actor, visit: Visit) -> Dossier:
    """The dossier of a visit that begins now; nothing of it is in the database yet."""
    dossier: Dossier = change.hold(("visit", visit.pk), lambda: Dossier(change, visit, new=True))
    if actor.user_id is not None and actor.vouched_by is None:
        dossier.admit(actor.user_id)
    return dossier


KEPT_HERE: tuple[type[Finding], type[Evidence]] = (Finding, Evidence)
"""What has ids that phones choose, in a visit."""


class Elsewhere:
    """Which visit has a finding or a piece of evidence of some id, asked at once for all that the transaction is about.

    Ids are the phones' choice: one that is in use in another visit must be refused and not overwrite what is there.
    """

    tables: ClassVar[frozenset[str]] = frozenset(each._meta.db_table for each in KEPT_HERE)

    def __init__(self, change: Change) -> None:
        self._change = change
        self._known: dict[tuple[type[models.Model], uuid.UUID], bool] = {}

    def has(self, model: type[Finding] | type[Evidence], id: uuid.UUID) -> bool:
        if (model, id) not in self._known:
            self._read({model: {id}})
        return self._known[model, id] or any(self._contains(one, model, id) for one in self._change.held(Dossier))

    def _read(self, asked: dict[type[models.Model], set[uuid.UUID]]) -> None:
        coming = self._change.coming
        wanted = {model: {*asked.get(model, ()), *_uuids(coming.get(model.journal_kind, []))} for model in KEPT_HERE}
        with self._change.aside():
            found = existing(wanted)
        self._known |= {(model, each): (model, each) in found for model, ids in wanted.items() for each in ids}

    def _contains(self, dossier: Dossier, model: type[Finding] | type[Evidence], id: uuid.UUID) -> bool:
        return id in (dossier.findings if model is Finding else dossier.evidence)

    def mark(self) -> Any:
        return dict(self._known)

    def back_to(self, mark: Any) -> None:
        self._known = mark

    def save(self, batch: Batch) -> None:
        """Nothing is ever changed here."""

    def forget(self) -> None:
        self._known = {}


def _uuids(texts: Iterable[str]) -> Iterator[uuid.UUID]:
    for text in texts:
        with suppress(ValueError):
            yield uuid.UUID(text)


def is_taken(change: Change, model: type[Finding] | type[Evidence], id: uuid.UUID) -> bool:
    """Whether some visit has a row of this id."""
    return change.hold("elsewhere", lambda: Elsewhere(change)).has(model, id)
