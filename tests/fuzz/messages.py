"""Messages of phones, first as they should be, then broken in one or several places.

A message is a tree of plain Python values; `text` writes it as JSON, also what no encoder would: numbers that no
double holds (`Word`), and keys that come twice (`Twice`).
"""

import json
import uuid
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.walls.world import FullCounty

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Word:
    """Written as it is."""

    text: str


@dataclass(frozen=True)
class Twice:
    """A member whose key comes twice."""

    first: Any
    last: Any


def text(value: Any) -> str:
    match value:
        case Word():
            return value.text
        case Twice():  # moved to where there are no keys
            return text(value.last)
        case dict():
            return "{" + ",".join(_member(key, each) for key, each in value.items()) + "}"
        case list():
            return "[" + ",".join(text(each) for each in value) + "]"
        case _:
            return json.dumps(value)


def _member(key: str, value: Any) -> str:
    if isinstance(value, Twice):
        return f"{_member(key, value.first)},{_member(key, value.last)}"
    return f"{json.dumps(key)}:{text(value)}"


DEEP = [Word("[" * depth + "]" * depth) for depth in (60, 1100, 6000)]

NUMBERS = [
    *[Word(each) for each in ("1e400", "-1e400", "1e-400", "-0.0", "-0", "1e2", "5e-324", "9" * 400, "0." + "3" * 400)],
    *[0, -1, 1, 2**31, 2**31 - 1, -(2**31), 2**53, 2**53 + 1, 2**63, 2**64, -(2**63) - 1, 2**70, 0.5, 1e308],
]

TEXTS = [
    *["", " ", "\x00", "a\x00b", "\ud83d", "\udc00x", "\U0001f600", "\u202e右", "\ufeff", "\x7f\x85\u2028", "null"],
    *["e\u0301", "'; DROP TABLE sync_operation; --", "<b>&amp;</b>", "../../etc", "%s{0}", "１２", "٣", "x" * 501],
    *["长" * 3000, "2026-02-30", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999-12:00", "2026-11-20T09:12:33"],
    *["0" * 64, "g" * 64, "TY-01", "TY-01#1", "TY-01#99999999999999999999", "ZY-06#", "{}", "user:1", "county:1"],
]

OTHERS: list[Any] = [
    None,
    True,
    False,
    [],
    {},
    [[]],
    [None],
    {"": None},
    {"\x00": 1},
    {"a": {"b": [1, {"c": None}]}},
    *DEEP,
]

odd_values = st.one_of(
    st.sampled_from(NUMBERS),
    st.sampled_from(TEXTS),
    st.sampled_from(OTHERS),
    st.text(st.characters(codec=None), max_size=30),
    st.uuids().map(str),
    st.integers(),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    ),
).map(deepcopy)  # what is drawn is broken further, and must be whole when it is drawn again


@dataclass
class Known:
    """What valid messages speak of, and what their senders must not know."""

    visit: str
    assignment: str
    target: str
    item: str
    finding: str
    evidence: str
    message: str
    second: int
    foreign: list[str]

    @property
    def ids(self) -> list[str]:
        return [self.visit, self.assignment, self.target, self.finding, self.evidence, self.message, *self.foreign]


PLACE = {"lng": 108.7132, "lat": 30.9322, "accuracy": 12.5, "datum": "wgs84"}
FRESH = "01980000-0000-7000-8000-00000000f0%02d"


def payloads(known: Known) -> dict[str, tuple[str, dict[str, Any]]]:
    """Of every registered operation a message that its handler can read: the id it is about, and its `data`."""
    recusal = {"kind": "own_employer", "reason": "曾在该校任教。", "assignment": known.assignment}
    site = {"name": "无名培训点（演示）", "address": "云川县城东", "description": "周末授课。", "location": PLACE}
    return {
        "assignment.accept": (known.assignment, {}),
        "assignment.decline": (known.assignment, {"reason": "另有任务。"}),
        "assignment.depart": (known.assignment, {}),
        "assignment.leave": (known.assignment, {"reason": "突发疾病。", "successor": known.second}),
        "recusal.declare": (known.assignment, recusal),
        "visit.start": (FRESH % 1, {"assignment": known.assignment, "target": known.target, "rev": 1}),
        "inbox.read": (known.message, {"upto": 1}),
        "inbox.acknowledge": (known.message, {}),
        "target.report": (FRESH % 4, site),
        "evidence.add": (FRESH % 3, _photo(known)),
        **{name: (known.visit, data) for name, data in _of_a_visit(known).items()},
        **_of_findings(known),
    }


def _of_a_visit(known: Known) -> dict[str, dict[str, Any]]:
    answers = {known.item: {"value": 3, "note": "三项", "base": 1, "settles": []}, "TY-01": {"value": "no"}}
    return {
        "visit.check_in": {"location": PLACE, "reason": "定位偏移。"},
        "visit.sample": {"classes": [{"grade": 3, "number": 2, "pupils": [4, 17, 31]}]},
        "visit.enter": {"admitted": False, "refused_by": "门卫", "reason": "称须先请示。", "witness": known.second},
        "visit.draw_classes": {
            "classes": [{"grade": 4, "number": one, "size": 40 + one} for one in range(1, 6)],
            "count": 2,
            "pupils": 3,
            "number": 1,
        },
        "visit.refile": {"target": known.target, "reason": "误选了相邻学校。"},
        "visit.amend": {"remarks": "备注", "notice_number": "云双减〔2026〕1号", "cards": ["A-1", "A-2"]},
        "visit.feedback": {"text": "已当面反馈。", "explanation": "校方无异议。"},
        "visit.sign": {"inspectors": [known.evidence], "unit": [known.evidence], "refused": ""},
        "visit.submit": {"hash": "0" * 64, "upto": 0},
        "visit.cancel": {"reason": "学校停课。"},
        "visit.alarm": {"text": "楼道堵塞。", "location": PLACE},
        "answer.set": {"answers": answers},
        "review.decide": {"decisions": [{"finding": known.finding, "result": "closed", "reason": "已整改。"}]},
    }


def _of_findings(known: Known) -> dict[str, tuple[str, dict[str, Any]]]:
    words = {
        "item": known.item,
        "text": "记录不全。",
        "answer_key": known.item,
        "severity": "minor",
        "severity_reason": "已当场说明。",
        "responsibility": "unit",
        "self_found_fixed": False,
        "standard": None,
        "on_spot": {"before": [known.evidence], "after": [known.evidence], "confirmed_by": known.second},
    }
    return {
        "finding.record": (FRESH % 2, {**words, "visit": known.visit}),
        "finding.amend": (known.finding, words),
        "finding.confirm_fix": (known.finding, {}),
        "finding.withdraw": (known.finding, {"reason": "重复记录。"}),
    }


def _photo(known: Known) -> dict[str, Any]:
    return {
        "visit": known.visit,
        "sha256": "a" * 64,
        "size": 2048,
        "filetype": "image/jpeg",
        "kind": "photo",
        "answer_key": "TY-05",
        "finding": known.finding,
        "taken_at": "2026-11-20T09:12:33+08:00",
        "location": PLACE,
    }


def operation(name: str, known: Known, *, op: str, n: int) -> dict[str, Any]:
    kind, verb = name.split(".")
    about, data = payloads(known)[name]
    return {
        "op": op,
        "n": n,
        "kind": kind,
        "verb": verb,
        "id": about,
        "schema": 1,
        "at": "2026-11-20T09:12:33.120+08:00",
        "data": deepcopy(data),
    }


def places(tree: Any, at: Path = ()) -> list[Path]:
    """Every place in a tree but its root."""
    pairs: Any = ()
    if isinstance(tree, dict):
        pairs = tree.items()
    elif isinstance(tree, list):
        pairs = enumerate(tree)
    return [found for key, value in pairs for found in ((*at, key), *places(value, (*at, key)))]


def _holder(tree: Any, path: Path) -> Any:
    for step in path[:-1]:
        tree = tree[step]
    return tree


@st.composite
def broken(draw: st.DrawFn, tree: Any, ids: list[str], most: int = 3) -> Any:
    """`tree` with one to `most` faults."""
    tree = deepcopy(tree)
    for _ in range(draw(st.integers(1, most))):
        found = places(tree)
        if not found:
            break
        _break(draw, tree, draw(st.sampled_from(found)), ids)
    return tree


def _break(draw: st.DrawFn, tree: Any, path: Path, ids: list[str]) -> None:
    holder, last = _holder(tree, path), path[-1]
    if isinstance(holder, (Twice, Word)):
        return
    match draw(st.sampled_from(["odd", "odd", "odd", "gone", "id", "wrapped", "twice", "more", "key"])):
        case "odd":
            holder[last] = draw(odd_values)
        case "gone":
            del holder[last]
        case "id":
            holder[last] = draw(st.sampled_from(ids))
        case "wrapped":
            holder[last] = [holder[last]]
        case "twice" if isinstance(holder, dict):
            holder[last] = Twice(draw(odd_values), holder[last])
        case "more" if isinstance(holder, dict):
            holder[draw(st.sampled_from(["future", "\x00", "长", "op", "data"]))] = draw(odd_values)
        case "key" if isinstance(holder, dict):
            holder[draw(st.sampled_from(TEXTS))] = holder.pop(last)
        case _:
            holder[last] = draw(odd_values)


@st.composite
def pushes(draw: st.DrawFn, names: list[str], known: Known, most: int = 4) -> list[Any]:
    """A batch: some operations as they should be, some broken, some that are no operation at all."""
    out: list[Any] = []
    for n in range(1, draw(st.integers(1, most)) + 1):
        op = str(draw(st.uuids(version=None)))
        valid = operation(draw(st.sampled_from(names)), known, op=op, n=n)
        out.append(draw(st.one_of(broken(valid, known.ids), broken(valid, known.ids), st.just(valid), odd_values)))
    return out


def known_of(world: FullCounty, *, evidence: uuid.UUID, finding: uuid.UUID, message: str, foreign: list[str]) -> Known:
    visit = world.under_way
    second = world.fieldwork.crew(visit.assignment)[1]
    return Known(
        visit=str(visit.pk),
        assignment=str(visit.assignment_id),
        target=str(world.school.pk),
        item="TY-02",
        finding=str(finding),
        evidence=str(evidence),
        message=message,
        second=second.pk,
        foreign=foreign,
    )
