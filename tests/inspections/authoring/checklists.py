"""A small checklist in which every field of the JSON form occurs, and random ones for laws."""

from typing import Any

from hypothesis import strategies as st

from backend.inspections.catalogue import from_document
from backend.inspections.rules.checklist import EvidenceKind, TargetType, Template

SCHOOLS = ["primary", "junior", "nine_year"]
BASIS: list[dict[str, str]] = [{"document": "SJ", "article": "第3条"}]
POLICY = {"code": "SJ", "name": "《关于减负的意见》", "number": "中办发〔2021〕40号", "confidence": "high"}


def item(number: int, kind: str, /, **more: Any) -> dict[str, Any]:
    return {
        "code": f"XT-{number:02d}",
        "section": "作业",
        "text": f"第{number}项怎么样？",
        "type": kind,
        "targets": SCHOOLS,
        "basis": BASIS,
        **more,
    }


FAILS = {"severity": "moderate", "default_days": 7}
YES = {"op": "=", "value": "yes"}

ITEMS: list[dict[str, Any]] = [
    item(1, "yes_no", **{"pass": YES}, **FAILS, evidence=["photo"]),
    item(
        2,
        "number",
        number={"unit": "分钟", "minimum": 0, "maximum": 300, "integer": True},
        repeat="grade",
        variants=[
            {"grades": [1, 2], "pass": {"op": "<=", "value": 0}},
            {"grades": [3, 6], "pass": {"op": "<=", "value": 60}},
        ],
        **{"pass": {"op": "<=", "value": 90}},
        **FAILS,
    ),
    item(
        3,
        "yes_no",
        show_if=[{"item": "XT-01", "is": {"op": "=", "value": "no"}}],
        proof={"kind": "photo", "minimum": 2},
        **{"pass": YES},
        **FAILS,
    ),
    item(4, "multi", options=["甲；乙", "丙｜丁", "=戊\\"], **{"pass": {"op": "in", "options": ["甲；乙"]}}, **FAILS),
    item(5, "text", format="long", show_if=[{"item": "XT-04", "is": {"op": "any", "options": ["丙｜丁"]}}]),
    item(6, "text", format="time", time={"earliest": "07:00", "latest": "10:00"}, optional=True),
    item(7, "photo", count={"minimum": 1, "maximum": 3}, grades=[7, 9]),
    item(8, "signature", count={"minimum": 1, "maximum": 1}, refusable=True),
]

CHECKLIST: dict[str, Any] = {
    "code": "XT",
    "version": 1,
    "name": "=专项（试）",
    "method": "抽查",
    "targets": SCHOOLS,
    "anonymous": False,
    "result": "findings",
    "items": ITEMS,
    "policies": [POLICY],
}


def checklist(**more: Any) -> Template:
    return from_document({**CHECKLIST, **more})


texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn"], include_characters="\n；｜\\、=+-@'\"#:&*!|>%`,[]{}?~"),
    min_size=1,
    max_size=12,
) | st.sampled_from(
    ["yes", "no", "null", "1e5", "08:20", "0x1F", "=1+1", "@SUM(A1)", "2021-07-24", "- a", "a: b", " ", "_x000D_"]
)
targets = st.lists(st.sampled_from(list(TargetType)), min_size=1, max_size=8, unique=True)
numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15, allow_nan=False).map(lambda x: x + 0.0)


@st.composite
def templates(draw: st.DrawFn) -> Template:
    """Checklists of any texts, options and ranges, free of contradictions."""
    of = [str(one.value) for one in draw(targets)]
    rows = [draw(items(number, of)) for number in range(1, draw(st.integers(1, 4)) + 1)]
    document = {**CHECKLIST, "name": draw(texts), "method": draw(texts), "targets": of, "items": rows}
    return from_document({**document, "policies": [{**POLICY, "name": draw(texts), "note": draw(st.just("") | texts)}]})


@st.composite
def items(draw: st.DrawFn, number: int, of: list[str]) -> dict[str, Any]:
    kind = draw(st.sampled_from(["yes_no", "number", "single", "multi", "text"]))
    row = item(number, kind, section=draw(texts), text=draw(texts), targets=of)
    row["basis"] = [{"document": "SJ", "article": draw(st.just("") | texts)}]
    row["evidence"] = [str(one.value) for one in draw(st.lists(st.sampled_from(list(EvidenceKind)), max_size=3))]
    row["optional"] = draw(st.booleans())
    if draw(st.booleans()):
        row["grades"] = sorted(draw(st.lists(st.integers(1, 9), min_size=2, max_size=2)))
    if number > 1:
        row["show_if"] = draw(st.just([]) | st.just([{"item": "XT-01", "is": YES}])) if of else []
    match kind:
        case "number":
            low, high = sorted([draw(numbers), draw(numbers)])
            row["number"] = {"unit": draw(texts), "minimum": low, "maximum": high, "integer": draw(st.booleans())}
            row |= {"pass": {"op": "<=", "value": low}, **FAILS}
        case "single" | "multi":
            row["options"] = draw(st.lists(texts, min_size=1, max_size=4, unique=True))
            row |= {"pass": {"op": "in", "options": row["options"][:1]}, **FAILS}
        case "text":
            row["format"] = "long"
        case _:
            row |= {"pass": YES, **FAILS}
    if number == 1:
        row |= {"type": "yes_no", "pass": YES, **FAILS}
        for name in ("number", "options", "format"):
            row.pop(name, None)
    return row
