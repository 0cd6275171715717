"""What an inspector does on site with a phone that has no signal: everything goes into the outbox."""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from backend.desk.rules.answers import sample_answers
from backend.inspections.rules.answer_keys import parse_key
from backend.inspections.rules.checklist import Item, Result, Severity, TargetType, Template
from backend.inspections.rules.verdicts import Verdict, verdict
from bench.notebook import Notebook
from bench.phone import Phone
from bench.photos import Picture, Place, photo, signature
from bench.store import Document

DEGREES_OF_200_M = 0.0018
"""How far from the target's coordinates a check-in lies at most, in degrees."""

FACTS = ("现场查看", "查阅资料并询问负责人", "随机抽查", "访谈后核实")
ON_SPOT_SHARE = 0.4
"""Of the lighter findings: fixed while the inspectors are there."""

PHOTO_OF_FINDING = (1, 2)
LIGHT = (Severity.MINOR, Severity.MODERATE)


@dataclass
class Tally:
    """What was made in the field; the day compares it with what the server holds."""

    visits: int = 0
    answers: int = 0
    findings: int = 0
    photos: int = 0
    signatures: int = 0
    bytes: int = 0
    types: dict[str, int] = field(default_factory=dict)


@dataclass
class Fieldwork:
    """One inspector at one target. `partner` is the user id of the other inspector of the crew."""

    phone: Phone
    assignment_id: str
    assignment: Document
    partner: int | None
    rng: random.Random
    fail_rate: float
    tally: Tally
    notebook: Notebook = field(init=False)

    def __post_init__(self) -> None:
        self.target = self._pulled("target", self.assignment["target"])
        self.kind = TargetType("suspected" if self.target["type"] == "unlicensed" else self.target["type"])
        self.classes = sorted(self.rng.sample([101, 102, 201, 202, 301, 302, 401, 501], 2))
        self.notebook = Notebook(self.assignment_id, self.phone.new_id(), self.assignment["templates"])

    @property
    def visit(self) -> str:
        return self.notebook.visit

    def begin(self) -> None:
        """Start, check in at the gate, draw classes."""
        phone, rng = self.phone, self.rng
        phone.do("visit.start", self.visit, {"assignment": self.assignment_id, "rev": self.assignment["rev"]})
        phone.clock.pass_(rng.uniform(1, 4))
        far = rng.random() < 0.1
        place = self._place(far=far)
        reason = "校门外道路施工，在对面路口打卡。" if far or place is None else ""
        phone.do("visit.check_in", self.visit, {"location": _location(place), "reason": reason})
        if self.target["grades"]:
            phone.do("visit.sample", self.visit, {"classes": [self._drawn() for _ in range(rng.randint(2, 3))]})

    def fill(self, codes: Collection[str]) -> None:
        """Answer these checklists, with photos where they ask for them, and record what failed."""
        for code, version in self.assignment["templates"]:
            if code in codes:
                self._fill_one(self._template(code, version))

    def close(self, *, signed_by: int) -> None:
        """Give feedback, collect signatures of so many inspectors and of the head, add remarks."""
        phone, rng = self.phone, self.rng
        phone.clock.pass_(rng.uniform(5, 15))
        names = [one["item"] for one in self.notebook.findings.values()]
        text = f"反馈问题{len(names)}项：{'、'.join(names) or '无'}。请按通知要求整改。"
        phone.do(
            "visit.feedback", self.visit, {"text": text, "explanation": rng.choice(("无异议。", "", "立即整改。"))}
        )
        phone.do("visit.amend", self.visit, {"remarks": "检查顺利，资料齐全。"} | self._papers())
        inspectors = [self._evidence(signature(rng), "signature") for _ in range(signed_by)]
        refused = rng.random() < 0.05
        unit = [] if refused else [self._evidence(signature(rng), "signature")]
        reason = "负责人外出，值班人员拒签，两名督查员在场见证。" if refused else ""
        phone.do("visit.sign", self.visit, {"inspectors": inspectors, "unit": unit, "refused": reason})

    def _papers(self) -> dict[str, Any]:
        """What a check of an institution shows: the cards of two officers and the check notice."""
        if self.assignment["kind"] != "administrative_check":
            return {}
        return {"cards": ["演执-0001", "演执-0002"], "notice_number": f"云检通〔2026〕{self.rng.randint(1, 9999)}号"}

    def submit(self) -> None:
        """Sign the content as this phone sees it and queue the submission."""
        store = self.phone.store
        visit_id = self.notebook.standing_id(store)
        upto = self.phone.outbox.highest_about({self.visit, visit_id})
        self.phone.do("visit.submit", visit_id, {"hash": self.notebook.hash(store), "upto": upto})
        self.tally.visits += 1

    def _fill_one(self, template: Template) -> None:
        def evidence(item: Item, count: int) -> list[str]:
            make = self._signed if item.type == "signature" else self._photographed
            enough = item.count.minimum + 1 if item.count else count
            return [make(item.code) for _ in range(min(count, enough))]

        values = sample_answers(
            template,
            self.kind,
            self.target["grades"] or None,
            self.rng,
            self.fail_rate,
            evidence=evidence,
            classes=self.classes,
        )
        if not values:
            return  # no item of this checklist is for this kind of target
        answers = {key: {"value": value, "note": self._note()} for key, value in values.items()}
        self.phone.clock.pass_(len(answers) * 0.5)
        self._answer(answers)
        for key, value in values.items():
            item = template.item(parse_key(key).code)
            assert item is not None
            self.tally.types[item.type] = self.tally.types.get(item.type, 0) + 1
            if template.result is Result.FINDINGS and item.severity and self._failed(item, value):
                self._found(item, key)

    def _answer(self, answers: dict[str, dict[str, Any]]) -> None:
        base = (self.phone.store.get("visit", self.visit) or {"answers": {}})["answers"]
        sent = {key: {**one, "base": base.get(key, {}).get("rev", 0)} for key, one in answers.items()}
        self.phone.answer(self.visit, sent)
        self.notebook.answers |= answers
        self.tally.answers += len(answers)

    def _failed(self, item: Item, value: object) -> bool:
        known = any(one["item"] == item.code for one in self.notebook.findings.values())
        return not known and verdict(item, value, self.kind) is Verdict.FAIL

    def _found(self, item: Item, key: str) -> None:
        """Record a finding, with photos; some are put right at once, which the partner confirms."""
        phone, rng = self.phone, self.rng
        finding_id, fix = phone.new_id(), None
        if item.severity in LIGHT and self.partner and rng.random() < ON_SPOT_SHARE:
            fix = {"before": [self._photographed(key)], "after": [self._photographed(key)]}
        told = {
            "item": item.code,
            "answer_key": key,
            "text": f"{rng.choice(FACTS)}，“{item.text.rstrip('？?。')}”一项不符合要求。",
            "severity": None,
            "severity_reason": "",
            "responsibility": "unit",
            "self_found_fixed": False,
            "on_spot": fix,
        }
        confirmed = {**fix, "confirmed_by": self.partner} if fix else None
        phone.do("finding.record", finding_id, {"visit": self.visit, **told, "on_spot": confirmed})
        self.notebook.findings[finding_id] = told
        self.tally.findings += 1
        for _ in range(0 if fix else rng.randint(*PHOTO_OF_FINDING)):
            self._photographed(key, finding_id)

    def _photographed(self, answer_key: str, finding: str | None = None) -> str:
        self.phone.clock.pass_(self.rng.uniform(0.3, 1.5))
        place = self._place(far=False)
        return self._evidence(photo(self.rng, self.phone.clock.now(), place), "photo", answer_key, finding, place)

    def _signed(self, answer_key: str) -> str:
        return self._evidence(signature(self.rng), "signature", answer_key)

    def _evidence(
        self, picture: Picture, kind: str, answer_key: str = "", finding: str | None = None, place: Place | None = None
    ) -> str:
        """State the fact, keep the bytes."""
        phone, evidence_id = self.phone, self.phone.new_id()
        fact = {
            "sha256": picture.sha256,
            "size": len(picture.data),
            "kind": kind,
            "answer_key": answer_key,
            "finding": finding,
        }
        said = {"filetype": picture.filetype, "taken_at": phone.clock.now().isoformat(timespec="seconds")}
        phone.keep(evidence_id, picture)
        phone.do("evidence.add", evidence_id, {"visit": self.visit, **fact, **said, "location": _location(place)})
        self.notebook.evidence[evidence_id] = fact
        self.tally.bytes += len(picture.data)
        if kind == "photo":
            self.tally.photos += 1
        else:
            self.tally.signatures += 1
        return evidence_id

    def _place(self, *, far: bool) -> Place | None:
        where = self.target["location"]
        if where is None:
            return None
        reach = DEGREES_OF_200_M * (8 if far else 1)
        spread = (self.rng.uniform(-reach, reach), self.rng.uniform(-reach, reach))
        return Place(where["lng"] + spread[0], where["lat"] + spread[1], round(self.rng.uniform(8, 120), 1))

    def _drawn(self) -> dict[str, Any]:
        grade = self.rng.choice(self.target["grades"])
        pupils: Sequence[int] = sorted(self.rng.sample(range(1, 46), 3))
        return {"grade": grade, "number": self.rng.randint(1, 6), "pupils": list(pupils)}

    def _note(self) -> str:
        return "见现场照片。" if self.rng.random() < 0.05 else ""

    def _template(self, code: str, version: int) -> Template:
        for document in self.phone.store.every("template").values():
            if (document["code"], document["version"]) == (code, version):
                content = {key: one for key, one in document.items() if key not in ("rev", "status", "content_hash")}
                return msgspec.convert(content, Template)
        raise KeyError(f"{self.phone.name} 没有收到清单 {code} 第{version}版")

    def _pulled(self, kind: str, object_id: str) -> Document:
        found = self.phone.store.get(kind, object_id)
        if found is None:
            raise KeyError(f"{self.phone.name} 没有收到 {kind} {object_id}")
        return found


def _location(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {"lng": place.lng, "lat": place.lat, "accuracy": place.accuracy, "datum": "wgs84"}
