"""One visit of the term: everything its phone has to say arrives together, when it comes back to a signal."""

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass, field
from random import Random
from typing import Any

from backend.core import clock
from backend.core.actor import Actor
from backend.core.ids import uuid7
from backend.desk.rules import pictures
from backend.desk.rules.answers import failing_value, sample_answers
from backend.desk.rules.faults import failing_keys
from backend.desk.rules.story import PlannedFinding, PlannedVisit
from backend.desk.rules.term import TEXTS
from backend.desk.services.term.stage import Stage
from backend.inspections.catalogue import load_wordings
from backend.inspections.models import Assignment, Visit
from backend.inspections.rules.answer_keys import parse_key
from backend.inspections.rules.checklist import AnswerType, Item, Template
from backend.inspections.selectors.templates import grades_of, parsed
from backend.inspections.services import answers, evidence, findings, submissions, visits
from backend.inspections.services.answers import NewAnswer
from backend.inspections.services.evidence import Camera, NewEvidence, Told
from backend.inspections.services.findings import NewFinding, OnSpot
from backend.inspections.services.visits import Place
from backend.journal.rows import Batch
from backend.journal.writing import write
from backend.media.services import depositing, expectations
from backend.media.services.expectations import Promise
from backend.registry.models import Target

ROOMS = (101, 102, 201, 202, 301, 302, 401, 402, 501, 601)
CLASSES = 3
"""How many are looked at in a school."""

CAMERA = Camera("演示手机", "演示系统 1", "督导 1")
SURE = (8.0, 60.0)
"""Metres of a position's accuracy."""

NEAR = 0.0012
"""Degrees around the target."""

PNG = "image/png"
ON_ROLL, PRESENT = "KH-08", "KH-09"
BALANCE, PREPAID, LEAST = "ZJ-04", "ZJ-05", "ZJ-06"


@dataclass
class Fieldwork:
    """The inspector's phone at one target."""

    stage: Stage
    planned: PlannedVisit
    rng: Random
    target: Target
    crew: list[Actor]
    visit_id: uuid.UUID = field(default_factory=uuid7)
    facts: list[tuple[uuid.UUID, NewEvidence, dt.datetime]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def author(self) -> Actor:
        """Who writes; the leader, the other of the two, confirms what was put right."""
        return self.crew[1]

    def run(self, assignment: Assignment | None) -> Visit:
        """Everything in one transaction, at the clock's present instant."""
        with write(actor=self.author):
            self._begin(assignment)
            given = self._filled()
            told = [self._finding(key, each) for key, each in given.findings.items()]
            signed = [self._signature() for _ in range(3)]
            self._deposit()
            self._say(given.values)
            for finding_id, new in told:
                findings.record(
                    actor=self.author, finding_id=finding_id, visit_id=self.visit_id, new=new, at=self._at(0.8)
                )
            return self._end(signed)

    # -- at the gate and at the end

    def _begin(self, assignment: Assignment | None) -> None:
        about = {"assignment_id": assignment.pk, "rev": 1} if assignment else {"target_id": self.target.pk}
        at = self._at(0.0)
        begun = visits.start(actor=self.author, visit_id=self.visit_id, at=at, **about)
        self.checklists = parsed(self.target.county_id, begun.visit.templates)
        place = self._place()
        reason = "" if place else "被查场所无坐标记录，现场拍照为证。"
        visits.check_in(actor=self.author, visit_id=self.visit_id, place=place, reason=reason, at=at)
        if self.target.grades:
            drawn = [self._class(room) for room in self._rooms]
            visits.sample(actor=self.author, visit_id=self.visit_id, classes=drawn, at=self._at(0.1))

    def _end(self, signed: list[str]) -> Visit:
        actor, visit_id, at = self.author, self.visit_id, self._at(1.0)
        count = len(self.planned.findings)
        text = f"现场反馈问题{count}项，请按要求整改。" if count else "未发现问题，继续保持。"
        visits.feedback(actor=actor, visit_id=visit_id, text=text, explanation="无异议。", at=at)
        visits.sign(actor=actor, visit_id=visit_id, inspectors=signed[:2], unit=signed[2:], at=at)
        return submissions.submit(actor=actor, visit_id=visit_id, at=at)

    # -- what is answered

    def _filled(self) -> "_Filled":
        """Values of all checklists: passing, but for what is planned to fail."""
        filled = _Filled()
        for template in self.checklists:
            values = sample_answers(
                template,
                self.planned.type,
                grades_of(self.target),
                self.rng,
                0.0,
                evidence=self._photos,
                classes=self._rooms,
            )
            values = {key: value for key, value in values.items() if not self._is_signature(template, key)}
            for key, each in failing_keys(template, self.planned, self._rooms).items():
                values[key] = self._failing(template, key)
                filled.findings[key] = each
            filled.values |= values
        filled.values |= self._known(filled.values)
        return filled

    def _is_signature(self, template: Template, key: str) -> bool:
        """Signed is with `visits.sign`."""
        item = template.item(parse_key(key).code)
        return item is not None and item.type is AnswerType.SIGNATURE

    def _failing(self, template: Template, key: str) -> Any:
        item = template.item(parse_key(key).code)
        assert item is not None
        return failing_value(item, self.planned.type, self.rng)

    def _known(self, values: dict[str, Any]) -> dict[str, Any]:
        """What the register or the story says: minutes of homework, heads, balances."""
        row, told = self.target, dict[str, Any]()
        for grade, minutes in self.planned.minutes.items():
            told[f"{'ZY-07' if grade <= 6 else 'ZY-08'}#{grade}"] = minutes
        if row.participants:
            told |= {ON_ROLL: row.participants, PRESENT: round(row.participants * self.rng.uniform(0.97, 1.0))}
        if row.unconsumed_prepaid is not None:
            least = row.minimum_balance or 0
            below = any(each.item == "ZJ-07" for each in self.planned.findings)
            balance = row.escrow_balance or 0 if below else max(row.escrow_balance or 0, least)
            told |= {BALANCE: balance, PREPAID: row.unconsumed_prepaid, LEAST: least}
        return {key: value for key, value in told.items() if key in values}

    def _say(self, values: dict[str, Any]) -> None:
        for evidence_id, new, at in self.facts:
            told = Told(at=at, offset_ms=120, received_at=clock.now())
            evidence.add(actor=self.author, evidence_id=evidence_id, visit_id=self.visit_id, new=new, at=at, told=told)
        new_answers = {key: NewAnswer(value) for key, value in values.items()}
        answers.set_answers(actor=self.author, visit_id=self.visit_id, answers=new_answers, at=self._at(0.7))

    # -- what was found

    def _finding(self, key: str, each: PlannedFinding) -> tuple[uuid.UUID, NewFinding]:
        fix = None
        if each.on_spot:
            fix = OnSpot([self._photo(key)], [self._photo(key)], self.crew[0].user_id)
        lowered = each.how == "lowered"
        return uuid7(), NewFinding(
            item=each.item,
            text=self._text(each.item),
            answer_key=key,
            severity=each.severity.value if lowered else None,
            severity_reason="情节较轻，涉及面小，已当场说明。" if lowered else "",
            self_found_fixed=each.how == "self_found",
            on_spot=fix,
        )

    def _text(self, code: str) -> str:
        room = self._rooms[0]
        if code in TEXTS:
            return TEXTS[code].format(room=f"{room // 100}年级{room % 100}班", few=self.rng.randint(2, 5))
        return load_wordings()[code][0].text

    # -- pictures

    def _photos(self, item: Item, _count: int) -> list[str]:
        if item.type is AnswerType.SIGNATURE:
            return []
        return [self._photo(item.code) for _ in range(item.count.minimum if item.count else 1)]

    def _photo(self, answer_key: str) -> str:
        at = self._at(self.rng.uniform(0.1, 0.9))
        return self._fact(pictures.photo(self.rng), "photo", answer_key, at)

    def _signature(self) -> str:
        return self._fact(pictures.signature(self.rng), "signature", "", self._at(1.0))

    def _fact(self, data: bytes, kind: str, answer_key: str, at: dt.datetime) -> str:
        evidence_id, place = uuid7(), self._place() if kind == "photo" else None
        new = NewEvidence(
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            filetype=PNG,
            kind=kind,
            answer_key=answer_key,
            taken_at=at,
            place=place,
            camera=CAMERA,
        )
        self.facts.append((evidence_id, new, at))
        self.files[str(evidence_id)] = data
        return str(evidence_id)

    def _deposit(self) -> None:
        """The bytes are there before their facts are judged."""
        county_id, owner = self.target.county_id, self.author.person
        batch = Batch()
        expectations.expect_all(
            [
                Promise(county_id, owner, str(evidence_id), new.sha256, new.size, new.filetype, new.kind)
                for evidence_id, new, _ in self.facts
            ],
            batch,
        )
        batch.run()
        depositing.deposit(county_id=county_id, files=self.files)

    # -- where and when

    @property
    def _rooms(self) -> tuple[int, ...]:
        """Numbers of classes of grades that the school has; an institution has none, and nobody asks."""
        grades = self.target.grades
        able = [room for room in ROOMS if room // 100 in grades] or [grade * 100 + 1 for grade in grades] or [0]
        at = self.planned.number
        return tuple(able[(at + step) % len(able)] for step in range(min(CLASSES, len(able))))

    def _class(self, room: int) -> dict[str, Any]:
        pupils = sorted(self.rng.sample(range(1, 46), 3))
        return {"grade": room // 100, "number": room % 100, "pupils": pupils}

    def _place(self) -> Place | None:
        row = self.target
        if row.longitude is None or row.latitude is None:
            return None
        east, north = self.rng.uniform(-NEAR, NEAR), self.rng.uniform(-NEAR, NEAR)
        return Place(row.longitude + east, row.latitude + north, round(self.rng.uniform(*SURE), 1))

    def _at(self, share: float) -> dt.datetime:
        """The device's time after this share of the stay; never after what the server's clock says."""
        planned = self.planned
        at = planned.begins + (planned.leaves - planned.begins) * share
        return min(at, clock.now()).astimezone(dt.UTC)


@dataclass
class _Filled:
    values: dict[str, Any] = field(default_factory=dict)
    findings: dict[str, PlannedFinding] = field(default_factory=dict)
