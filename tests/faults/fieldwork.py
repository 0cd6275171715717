"""What an inspector does on site with a phone that has no signal: everything goes into the outbox."""

import functools
import hashlib
import io
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from bench.notebook import Notebook
from bench.photos import Picture, signature
from tests.faults.decks import Decks, Page
from tests.faults.phone import Phone
from tests.faults.store import Document

BYTES_SHARE = 0.05
"""Of the evidence: its bytes are uploaded; of the rest only the fact is handed in."""

PICTURES = 6
AMENDED, WITHDRAWN = 0.2, 0.1
"""Of the findings."""

SECOND_THOUGHTS = 0.5
ALARMS = 0.02
MOST_FINDINGS = 4
FACTS = ("现场查看", "查阅资料并询问负责人", "随机抽查", "访谈后核实")


@dataclass
class Made:
    """What was created in the field; at the end exactly this must be on the server."""

    findings: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    evidence: set[str] = field(default_factory=set)
    verbs: Counter[str] = field(default_factory=Counter)


@dataclass
class Fieldwork:
    """One inspector at one target. `quarrel`: keys that both phones of the crew answered on their own."""

    phone: Phone
    task: str
    assignment: Document
    rng: random.Random
    decks: Decks
    made: Made
    notebook: Notebook = field(init=False)
    hash: str = ""
    """The last one that was signed."""

    def __post_init__(self) -> None:
        self.target = self._held("target", self.assignment["target"])
        self.notebook = Notebook(self.task, self.phone.new_id(), self.assignment["templates"])

    @property
    def visit(self) -> str:
        return self.notebook.visit

    def begin(self) -> None:
        """Start, check in at the gate, draw classes."""
        self.phone.do("visit.start", self.visit, {"assignment": self.task, "rev": self.assignment["rev"]})
        where = self.target["location"]
        place = where and {"lng": where["lng"], "lat": where["lat"], "accuracy": 12.5, "datum": where["datum"]}
        reason = "" if place else "未取得定位，门卫登记为证。"
        self.phone.do("visit.check_in", self.visit, {"location": place, "reason": reason})
        if self.target["grades"]:
            drawn = {"grade": self.rng.choice(self.target["grades"]), "number": self.rng.randint(1, 6), "pupils": [3]}
            self.phone.do("visit.sample", self.visit, {"classes": [drawn]})

    def fill(self, codes: list[str]) -> None:
        """Answer these checklists, with photos where they ask for them, and record what failed."""
        for code, version in self.assignment["templates"]:
            if code in codes:
                page = self.decks.draw(self._template(code, version), self.target, self.rng)
                self._answer(page)
                for item, key in page.failed[: max(0, MOST_FINDINGS - len(self.notebook.findings))]:
                    self._found(item, key)

    def contradict(self, code: str, version: int) -> None:
        """Answer a checklist that the other phone answers, too: only what takes no photo."""
        page = self.decks.draw(self._template(code, version), self.target, self.rng)
        self._set(
            {key: {"value": value, "note": "另一名督查员所见。", "base": 0} for key, value in page.values.items()}
        )

    def close(self) -> None:
        """Give feedback, think again about an answer, sign, sometimes raise the alarm."""
        phone, rng = self.phone, self.rng
        phone.do("visit.feedback", self.visit, {"text": f"反馈问题{len(self.notebook.findings)}项，请按期整改。"})
        if self.notebook.answers and rng.random() < SECOND_THOUGHTS:
            key, said = rng.choice([*self.notebook.answers.items()])
            self._set({key: {"value": said["value"], "note": "复核无误。", "base": 0}})
        phone.do("visit.amend", self.visit, {"remarks": "检查顺利，资料齐全。", "cards": ["演督-0401"]})
        inspectors, unit = [self._evidence("signature")], [self._evidence("signature")]
        phone.do("visit.sign", self.visit, {"inspectors": inspectors, "unit": unit, "refused": ""})
        if rng.random() < ALARMS:
            phone.do("visit.alarm", self.visit, {"text": "围墙有倒塌危险。"})

    def settle(self) -> None:
        """Decide every conflict that was pulled, for the value that stands."""
        document = self._held("visit", self.notebook.standing_id(self.phone.store))
        decided = {}
        for key, rivals in document["conflicts"].items():
            present = document["answers"][key]
            ids = [rival["id"] for rival in rivals]
            decided[key] = {
                "value": present["value"],
                "note": present["note"],
                "base": present["rev"],
                "settles": ids,
            }
        if decided:
            self._set(decided)

    def submit(self) -> None:
        """Sign the content as this phone sees it."""
        store = self.phone.store
        visit = self.notebook.standing_id(store)
        upto = self.phone.outbox.highest_about({self.visit, visit})
        self.hash = self.notebook.hash(store)
        self.phone.do("visit.submit", visit, {"hash": self.hash, "upto": upto})

    def _answer(self, page: Page) -> None:
        values = dict(page.values)
        for key, (kind, count) in page.media.items():
            values[key] = [self._evidence(kind, key) for _ in range(count)]
        if values:
            self._set({key: {"value": value, "note": "", "base": 0} for key, value in values.items()})

    def _set(self, answers: dict[str, dict[str, Any]]) -> None:
        self.phone.answer(self.visit, answers)
        self.notebook.answers |= {key: {"value": one["value"], "note": one["note"]} for key, one in answers.items()}

    def _found(self, item: str, key: str) -> None:
        """Record a finding with a photo; some are written anew, some taken back."""
        phone, rng, finding = self.phone, self.rng, self.phone.new_id()
        told = {
            "item": item,
            "answer_key": key,
            "text": f"{rng.choice(FACTS)}，该项不符合要求。",
            "severity": None,
            "severity_reason": "",
            "responsibility": "unit",
            "self_found_fixed": False,
            "on_spot": None,
        }
        phone.do("finding.record", finding, {"visit": self.visit, **told})
        self.made.findings.add(finding)
        self.notebook.findings[finding] = told
        self._evidence("photo", key, finding)
        if rng.random() < AMENDED:
            told = self.notebook.findings[finding] = {**told, "text": "复核后：该项不符合要求，负责人在场。"}
            phone.do("finding.amend", finding, told)
        elif rng.random() < WITHDRAWN:
            phone.do("finding.withdraw", finding, {"reason": "误记。"})
            self.made.withdrawn.add(finding)
            del self.notebook.findings[finding]

    def _evidence(self, kind: str, answer_key: str = "", finding: str | None = None) -> str:
        """State the fact; of some, keep the bytes to be uploaded."""
        phone, evidence = self.phone, self.phone.new_id()
        picture = picture_of(kind, self.rng.randrange(PICTURES), evidence) if self.rng.random() < BYTES_SHARE else None
        fact = {
            "sha256": picture.sha256 if picture else hashlib.sha256(evidence.encode()).hexdigest(),
            "size": len(picture.data) if picture else 180_000,
            "kind": kind,
            "answer_key": answer_key,
            "finding": finding,
        }
        filetype = picture.filetype if picture else "image/jpeg"
        if picture:
            phone.pictures[evidence] = picture
        taken_at = phone.clock.now().isoformat(timespec="seconds")
        phone.do("evidence.add", evidence, {"visit": self.visit, **fact, "filetype": filetype, "taken_at": taken_at})
        self.notebook.evidence[evidence] = fact
        self.made.evidence.add(evidence)
        return evidence

    def _template(self, code: str, version: int) -> Document:
        for document in self.phone.store.every("template").values():
            if (document["code"], document["version"]) == (code, version):
                return document
        raise AssertionError(f"{self.phone.name} did not receive checklist {code} {version}")

    def _held(self, kind: str, object_id: str) -> Document:
        found = self.phone.store.get(kind, object_id)
        assert found is not None, f"{self.phone.name} did not receive {kind} {object_id}"
        return found


def picture_of(kind: str, number: int, name: str) -> Picture:
    """A real file that no other call repeats: bytes after the end of an image belong to no image."""
    plain = _signature(number) if kind == "signature" else _photo(number)
    return Picture(plain.data + name.encode(), plain.filetype)


@functools.cache
def _signature(number: int) -> Picture:
    return signature(random.Random(number))


@functools.cache
def _photo(number: int) -> Picture:
    out = io.BytesIO()
    Image.effect_noise((160 + 40 * number, 200), 60).convert("RGB").save(out, "JPEG", quality=70)
    return Picture(out.getvalue(), "image/jpeg")
