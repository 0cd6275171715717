"""One whole visit done offline, as the body of one push: the unit of work that pushing is measured in.

Start, check-in, sample, 60 answers in five operations, three findings, twelve facts of evidence (nine photos, three
signatures) and the submission with the content hash a phone computes: 24 operations in one batch.
"""

import datetime as dt
import gzip
import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from backend.desk.rules.answers import sample_answers
from backend.inspections.rules.answer_keys import parse_key
from backend.inspections.rules.checklist import Item, TargetType, Template
from backend.inspections.rules.verdicts import Verdict, verdict
from bench.clocks import CHINA, Clock, uuid7
from bench.notebook import Notebook
from bench.store import Store

CHECKLISTS = ("TY", "ZY", "KH")
ANSWERS, ANSWER_OPS, FINDINGS = 60, 5, 3
PHOTOS = {"TY-05": 2, "ZY-03": 2, "KH-15": 2, "TY-09": 2, "TY-10": 1}
"""Evidence per item; the signatures among them are those of two inspectors and of the unit."""

ON_SITE = dt.timedelta(minutes=45)
CLASSES = (101, 302)
ONE_MORE_CLASS = "ZY-02#501"
FACTS = "抽查两个班，公示栏未注明各科作业预计时长，与学生记录本不一致，已向负责人当面指出。"


class Errand(msgspec.Struct):
    """A prepared assignment, on its way: what a phone knows of it, and its scope's row for the bare control."""

    assignment: str
    rev: int
    templates: list[tuple[str, int]]
    type: str
    grades: list[int]
    lng: float
    lat: float
    scope: int
    after: int = 0
    """Visits of the same phone that came after it: one phone is at one school at a time."""


class Handset(msgspec.Struct):
    """One phone of its own crew, signed in, with the visits it will do. `n` is the last number it has used."""

    user: int
    device: str
    token: str
    errands: list[Errand]
    n: int = 0


@dataclass
class OfflineVisit:
    """Writes the operations of one visit; `n` numbers them from `first`."""

    errand: Errand
    templates: Sequence[Template]
    first: int
    rng: random.Random
    ops: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = Clock(dt.datetime.now(CHINA) - ON_SITE * (1 + self.errand.after))
        self.visit = self._id()
        errand = self.errand
        self.notebook = Notebook(errand.assignment, self.visit, [list(pair) for pair in errand.templates])
        self.items = {item.code: item for template in self.templates for item in template.items}

    def body(self) -> bytes:
        """The whole batch as JSON."""
        self._arrive()
        values = self._values()
        self._answer(values)
        self._find(values)
        told = {"hash": self.notebook.hash(Store()), "upto": self.first + len(self.ops) - 1}
        self._do("visit.submit", self.visit, told)
        now = int(time.time() * 1000)
        return dumps({"clock": {"now": now, "offset": -420, "age": 28_800}, "ops": self.ops})

    def _arrive(self) -> None:
        errand, place = self.errand, self._place()
        self._do("visit.start", self.visit, {"assignment": errand.assignment, "rev": errand.rev})
        self._do("visit.check_in", self.visit, {"location": place, "reason": ""})
        drawn = [{"grade": key // 100, "number": key % 100, "pupils": [3, 17, 28]} for key in CLASSES]
        self._do("visit.sample", self.visit, {"classes": drawn})

    def _values(self) -> dict[str, Any]:
        """A valid value per key, three of them failing; the photos and signatures they name become evidence."""
        kind, values = TargetType(self.errand.type), dict[str, Any]()
        for template in self.templates:
            values |= sample_answers(
                template, kind, self.errand.grades, self.rng, 0.0, evidence=self._photographed, classes=CLASSES
            )
        values[ONE_MORE_CLASS] = "yes"
        for key in self._failing(values):
            values[key] = "no" if self.items[parse_key(key).code].pass_rule.value == "yes" else "yes"  # type: ignore[union-attr]
        return values

    def _failing(self, values: Mapping[str, Any]) -> list[str]:
        """Keys of items of their own, each with a severity, that can be failed by the other word."""
        known: dict[str, str] = {}
        for key, value in values.items():
            item = self.items[parse_key(key).code]
            if item.severity and hasattr(item.pass_rule, "value") and value in ("yes", "no"):
                known.setdefault(item.code, key)
        return list(known.values())[-FINDINGS:]

    def _answer(self, values: Mapping[str, Any]) -> None:
        keys, size = list(values), -(-len(values) // ANSWER_OPS)
        for place in range(0, len(keys), size):
            part = {key: {"value": values[key], "note": "", "base": 0} for key in keys[place : place + size]}
            self._do("answer.set", self.visit, {"answers": part})
            self.notebook.answers |= {key: {"value": one["value"], "note": ""} for key, one in part.items()}

    def _find(self, values: Mapping[str, Any]) -> None:
        kind = TargetType(self.errand.type)
        for key, value in values.items():
            item = self.items[parse_key(key).code]
            if not item.severity or verdict(item, value, kind) is not Verdict.FAIL:
                continue
            told = {
                "item": item.code,
                "answer_key": key,
                "text": FACTS,
                "severity": None,
                "severity_reason": "",
                "responsibility": "unit",
                "self_found_fixed": False,
                "on_spot": None,
            }
            finding = self._id()
            self._do("finding.record", finding, {"visit": self.visit, **told})
            self.notebook.findings[finding] = told
            self._evidence("photo", key, finding)

    def _photographed(self, item: Item, _count: int) -> list[str]:
        return [self._evidence(str(item.type), item.code) for _ in range(PHOTOS[item.code])]

    def _evidence(self, kind: str, answer_key: str, finding: str | None = None) -> str:
        """State a fact; its bytes are no part of a push."""
        evidence, photo = self._id(), kind == "photo"
        fact = {
            "sha256": f"{self.rng.getrandbits(256):064x}",
            "size": self.rng.randint(120_000, 340_000) if photo else self.rng.randint(4_000, 9_000),
            "kind": kind,
            "answer_key": answer_key,
            "finding": finding,
        }
        taken = self.clock.now().isoformat(timespec="seconds")
        said = {"filetype": "image/jpeg" if photo else "image/png", "taken_at": taken}
        place = {"location": self._place() if photo else None}
        self._do("evidence.add", evidence, {"visit": self.visit, **fact, **said, **place})
        self.notebook.evidence[evidence] = fact
        return evidence

    def _place(self) -> dict[str, Any]:
        near = [round(each + self.rng.uniform(-0.001, 0.001), 6) for each in (self.errand.lng, self.errand.lat)]
        return {"lng": near[0], "lat": near[1], "accuracy": 18.5, "datum": "wgs84"}

    def _do(self, name: str, object_id: str, data: dict[str, Any]) -> None:
        kind, verb = name.split(".")
        self.clock.pass_(1.5)
        self.ops.append(
            {
                "op": self._id(),
                "n": self.first + len(self.ops),
                "kind": kind,
                "verb": verb,
                "id": object_id,
                "schema": 1,
                "at": self.clock.now().isoformat(timespec="milliseconds"),
                "data": data,
            }
        )

    def _id(self) -> str:
        return uuid7(self.clock, self.rng)


def dumps(value: Any) -> bytes:
    """Compact JSON as a browser writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def pushes(handset: Handset, templates: Sequence[Template], rng: random.Random) -> list[bytes]:
    """The body of one push per errand of the handset, in order; uses up its numbers."""
    bodies = []
    for errand in handset.errands:
        visit = OfflineVisit(errand, templates, handset.n + 1, rng)
        bodies.append(visit.body())
        handset.n += len(visit.ops)
    return bodies


def request(path: str, handset: Handset, body: bytes, **headers: str) -> bytes:
    """A whole HTTP/1.1 request as a phone sends it: gzipped, over a kept connection."""
    packed = gzip.compress(body, 6, mtime=0)
    lines = {
        "Host": "127.0.0.1",
        "Authorization": f"Bearer {handset.token}",
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
        "Content-Length": str(len(packed)),
        "Sync-Device": handset.device,
        "Sync-Schema": "1",
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + packed
