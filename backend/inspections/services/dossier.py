"""The dossier of a visit: everything in it, held in memory while a transaction works on it.

A phone hands in a visit as two dozen operations. Each changes the same few things, and reading and writing them once
per operation was most of what a push cost. A dossier is read once (`dossiers`), changed by any number of attempts, and
written once (`journal.attempts`). Rows in it are replaced, never changed in place, so that an attempt that fails is put
back by keeping references; only the visit itself is changed, and copied. Field work goes through it; what the desk does
with a submitted visit (`reviews`) does not need it.
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from dataclasses import field as default
from functools import cached_property
from operator import attrgetter
from typing import Any, ClassVar

from django.db.models import Max

from backend.core import clock, codec
from backend.core.actor import Actor
from backend.core.errors import Conflict
from backend.core.lookup import find
from backend.inspections.models import (
    Answer,
    AnswerRevision,
    CrewMember,
    Evidence,
    EvidenceState,
    Finding,
    FindingTransition,
    Recusal,
    Visit,
    VisitRound,
    VisitTransition,
)
from backend.inspections.models.answer import REGISTER, Register
from backend.inspections.models.template import MAX_DOCUMENT_BYTES
from backend.inspections.models.visit import visit_document
from backend.inspections.rules.checklist import Item, Template
from backend.inspections.selectors import crews
from backend.inspections.selectors import findings as finding_rows
from backend.inspections.selectors import templates as template_rows
from backend.inspections.services import field
from backend.journal.rows import Batch, Row, Some, by_model
from backend.journal.writing import Change
from backend.media.services import expectations

BARE = 2048
"""Bytes, counted high, of a visit's document with nothing in it."""

_words = attrgetter(*REGISTER)

CHANGING = [name for name in REGISTER if name != "key"]
"""What a new word changes in a register."""


@dataclass(slots=True)
class _Parts:
    """What a dossier holds beside the visit, None where it was not read yet; and what is not written yet."""

    answers: dict[str, Register] | None = None
    newest: dict[uuid.UUID, dict[str, int]] = default(default_factory=dict)
    findings: dict[uuid.UUID, Finding] | None = None
    evidence: dict[uuid.UUID, Evidence] | None = None
    size: int | None = None
    visit_new: bool = False
    visit_changed: bool = False
    answers_changed: set[str] = default(default_factory=set)
    findings_new: set[uuid.UUID] = default(default_factory=set)
    findings_changed: set[uuid.UUID] = default(default_factory=set)
    evidence_new: set[uuid.UUID] = default(default_factory=set)
    added: list[Some] = default(default_factory=list)

    def copy(self) -> "_Parts":
        return _Parts(
            None if self.answers is None else dict(self.answers),
            {device: dict(said) for device, said in self.newest.items()},
            None if self.findings is None else dict(self.findings),
            None if self.evidence is None else dict(self.evidence),
            self.size,
            self.visit_new,
            self.visit_changed,
            set(self.answers_changed),
            set(self.findings_new),
            set(self.findings_changed),
            set(self.evidence_new),
            list(self.added),
        )

    def written(self) -> "_Parts":
        """The same with nothing left to write."""
        return _Parts(self.answers, self.newest, self.findings, self.evidence, self.size)


class Dossier:
    """A visit, locked, with its answers, findings and evidence; a document of the journal."""

    journal_kind = Visit.journal_kind
    tables: ClassVar[frozenset[str]] = frozenset(
        model._meta.db_table
        for model in (
            Visit,
            Answer,
            AnswerRevision,
            Finding,
            FindingTransition,
            Evidence,
            VisitTransition,
            VisitRound,
            CrewMember,
            Recusal,
        )
    )

    def __init__(self, change: Change, visit: Visit, *, new: bool = False) -> None:
        self._change, self.visit = change, visit
        self._parts = _Parts({}, {}, {}, {}, BARE, visit_new=True) if new else _Parts()
        self._marked = False
        self._workers: dict[int, bool] = {}
        self._recused: dict[int, bool] = {}
        self._history: list[tuple[str, dt.datetime]] | None = None
        self._new = new
        self._stale = False

    # -- what the journal asks

    @cached_property
    def journal_id(self) -> str:
        return str(self.visit.pk)

    @property
    def journal_scope(self) -> str:
        return self.visit.journal_scope

    def journal_document(self) -> dict[str, Any]:
        if self._stale:
            return Visit.objects.get(pk=self.visit.pk).journal_document()
        with self._change.aside():
            return visit_document(self.visit, self.answers.values())

    def mark(self) -> Any:
        self._marked = True
        return dict(self.visit.__dict__), self._parts, dict(self._workers), dict(self._recused), self._stale

    def back_to(self, mark: Any) -> None:
        fields, self._parts, self._workers, self._recused, self._stale = mark
        self._marked = True
        self.visit.__dict__.clear()
        self.visit.__dict__.update(fields)

    def _changing(self) -> _Parts:
        """What it holds, to be changed: a copy where an attempt may go back to what is there."""
        if self._marked:
            self._parts, self._marked = self._parts.copy(), False
        return self._parts

    def forget(self) -> None:
        self._stale = True

    def save(self, batch: Batch) -> None:
        parts, self._parts = self._parts, self._parts.written()
        if parts.visit_new:
            batch.insert([self.visit])
        elif parts.visit_changed:
            batch.put([self.visit])
        registers = [self._row(self.answers[key]) for key in sorted(parts.answers_changed)]
        batch.upsert(registers, unique=["visit", "key"], update=CHANGING)
        batch.insert([self.findings[key] for key in sorted(parts.findings_new)])
        batch.put([self.findings[key] for key in sorted(parts.findings_changed - parts.findings_new)])
        batch.insert(_seen([self.evidence[key] for key in sorted(parts.evidence_new)]))
        for added in by_model(parts.added).values():
            batch.insert(added)

    def _row(self, register: Register) -> Row:
        return Row(Answer, visit_id=self.visit.id, **dict(zip(REGISTER, _words(register), strict=True)))

    # -- what is in it

    @property
    def answers(self) -> dict[str, Register]:
        """By key."""
        found = self._parts.answers
        if found is None:
            found = self._changing().answers = {row.key: row.register() for row in self._mine(Answer)}
        return found

    @property
    def findings(self) -> dict[uuid.UUID, Finding]:
        """By id, withdrawn ones too."""
        found = self._parts.findings
        if found is None:
            found = self._changing().findings = {row.pk: row for row in self._mine(Finding)}
        return found

    @property
    def evidence(self) -> dict[uuid.UUID, Evidence]:
        """By id."""
        found = self._parts.evidence
        if found is None:
            found = self._changing().evidence = {row.pk: row for row in self._mine(Evidence)}
        return found

    def _mine(self, model: Any) -> list[Any]:
        with self._change.aside():
            found = find(model, visit_id=self.visit.pk)
        for row in found:
            row.visit = self.visit
        return found

    @cached_property
    def templates(self) -> list[Template]:
        """The template versions the visit is pinned to."""
        with self._change.aside():
            return template_rows.pinned(self.visit)

    @cached_property
    def items(self) -> dict[str, tuple[Template, Item]]:
        """By code the items that apply to the visit's target, with their template."""
        return template_rows.items_by_code(self.templates, template_rows.target_type(self.visit.target))

    def newest_words(self, device: uuid.UUID | None) -> dict[str, int]:
        """Per answer key the highest `n` that `device` has sent."""
        if device is None:
            return {}
        said = self._parts.newest.get(device)
        if said is None:
            said = self._changing().newest[device] = {} if self._new else self._read_newest(device)
        return said

    def _read_newest(self, device: uuid.UUID) -> dict[str, int]:
        sent = AnswerRevision.objects.filter(visit_id=self.visit.pk, device_id=device, n__isnull=False)
        with self._change.aside():
            return dict(sent.values("key").annotate(newest=Max("n")).values_list("key", "newest"))

    def was_found_before(self, finding: Finding) -> bool:
        """Whether the same item failed at the same target within 12 months (workflow.md section 4)."""
        if self._history is None:
            with self._change.aside():
                self._history = finding_rows.history_of(self.visit)
        return finding_rows.is_repeat(self._history, finding)

    # -- changing it

    def touch(self) -> None:
        """Something of the visit itself was set."""
        self._changing().visit_changed = True

    def set_answer(self, row: Register) -> None:
        parts = self._changing()
        self.answers[row.key] = row
        parts.answers_changed.add(row.key)

    def hear(self, device: uuid.UUID | None, key: str, n: int) -> None:
        """`device` has sent its word number `n` for an answer."""
        if device is not None:
            self._changing()
            said = self.newest_words(device)
            said[key] = max(n, said.get(key, n))

    def set_finding(self, row: Finding) -> None:
        """A new finding, or a changed copy in place of the one that is there."""
        parts = self._changing()
        changed = parts.findings_changed if row.pk in self.findings else parts.findings_new
        changed.add(row.pk)
        self.findings[row.pk] = row

    def locked_finding(self, finding_id: uuid.UUID) -> Finding:
        """One of the findings, locked after its visit, and as it is now: others move findings without the visit."""
        parts = self._parts
        if finding_id not in parts.findings_new | parts.findings_changed:
            with self._change.aside():
                row = Finding.objects.select_for_update(of=("self",)).get(pk=finding_id)
            row.visit = self.visit
            self._changing()
            self.findings[finding_id] = row
        return self.findings[finding_id]

    def add_evidence(self, row: Evidence) -> None:
        parts = self._changing()
        self.evidence[row.pk] = row
        parts.evidence_new.add(row.pk)

    def add(self, *new: Some) -> None:
        """Rows that are only ever added: revisions, steps, rounds."""
        self._changing().added += new

    def move(self, verb: str, actor: Actor, *, at: dt.datetime | None = None, **how: Any) -> None:
        """Take the step `verb`; see `field.step`. Raises `Conflict`: `late_lock`, `bad_state`."""
        step = field.step(self.visit, verb, actor, at=at, **how)
        if step is not None:
            self.touch()
            self.add(step)

    def check_room(self, content: Any, *, parts: int = 1) -> None:
        """`content`, in so many parts, came into the visit's document. Raises `Invalid` if it no longer fits into one.

        What is added is counted high; the document is measured only when by this count it might be too large.
        """
        size = self._parts.size
        if size is not None:
            size += 2 * len(codec.dumps(content)) + 300 * parts
        if size is None or size >= MAX_DOCUMENT_BYTES:
            size = len(codec.dumps({"rev": 1, **self.journal_document()}))
        if size >= MAX_DOCUMENT_BYTES:
            raise field.refuse("", "本次到访的内容超过 64 KB，请精简文字。")
        self._changing().size = size

    # -- authority

    def admit(self, user_id: int) -> None:
        """`user_id` was found to work on it; nobody need look again in this transaction."""
        self._workers[user_id], self._recused[user_id] = True, False

    def works_here(self, actor: Actor) -> bool:
        """Whether the actor has, or had, the authority to work on this visit."""
        if actor.vouched_by is not None:
            return True
        if actor.user_id is None:
            return False
        if actor.user_id not in self._workers:
            self._workers[actor.user_id] = crews.works_on(actor, self.visit.assignment)
        return self._workers[actor.user_id]

    def check_not_recused(self, actor: Actor) -> None:
        """Raises `Conflict(late_assignment)` if the actor stays away from it and nobody vouches for the work."""
        if actor.user_id is None or actor.vouched_by is not None:
            return
        if actor.user_id not in self._recused:
            self._recused[actor.user_id] = crews.is_recused(actor.user_id, self.visit.assignment)
        if self._recused[actor.user_id]:
            raise Conflict("late_assignment", field.LATE)


def _seen(new: list[Evidence]) -> list[Evidence]:
    """Bytes may be faster than the judgement of their fact: then it is `verified` from the beginning, or `corrupt`
    where its own author sent something else. What others sent under its id and came to nothing says nothing of it."""
    came = expectations.receipts(str(row.pk) for row in new)
    intact = {(each.evidence_id, each.sha256, each.size) for each in came if each.intact}
    broken = {(each.evidence_id, each.sha256, each.owner_id) for each in came if not each.intact}
    for row in new:
        if (str(row.pk), row.sha256, row.size) in intact:
            row.state, row.verified_at = EvidenceState.VERIFIED, clock.now()
        elif (str(row.pk), row.sha256, row.author_id) in broken:
            row.state = EvidenceState.CORRUPT
    return new
