"""What the loader refuses, and that its message says where."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from backend.inspections.catalogue import CatalogueError, from_document, load_catalogue, load_policies, to_document
from backend.inspections.catalogue import load_template as template_of
from backend.inspections.catalogue.load import CATALOGUE

Document = dict[str, Any]
Change = Callable[[Document], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(CATALOGUE / "templates", tmp_path / "templates")
    shutil.copy(CATALOGUE / "policies.json", tmp_path)
    return tmp_path


def change(path: Path, how: Callable[[Any], object]) -> None:
    content = orjson.loads(path.read_bytes())
    how(content)
    path.write_bytes(orjson.dumps(content))


def item(document: Document, code: str) -> Document:
    return next(one for one in document["items"] if one["code"] == code)


def set_on(code: str, /, **fields: object) -> Change:
    return lambda document: item(document, code).update(fields)


def drop_on(code: str, field: str) -> Change:
    return lambda document: item(document, code).pop(field)


REFUSED: list[tuple[str, Change, str]] = [
    (
        "unknown basis",
        set_on("ZY-01", basis=[{"document": "NOPE"}]),
        "ZY-01: basis NOPE is not a known policy document",
    ),
    ("no basis", set_on("ZY-01", basis=[]), "ZY-01: has no basis"),
    ("bad op", set_on("ZY-07", **{"pass": {"op": "<", "value": 60}}), "Invalid value '<' - at `$.items[6].pass.op`"),
    ("op of numbers on yes/no", set_on("ZY-01", **{"pass": {"op": "<=", "value": 1}}), "pass rule '<=' does not fit"),
    ("op of yes/no on numbers", set_on("ZY-07", **{"pass": {"op": "=", "value": "yes"}}), "pass rule '=' does not fit"),
    (
        "op of times on numbers",
        set_on("ZY-07", **{"pass": {"op": "time<=", "value": "20:30"}}),
        "does not fit type number",
    ),
    (
        "op of options on numbers",
        set_on("ZY-07", **{"pass": {"op": "in", "options": ["60"]}}),
        "does not fit type number",
    ),
    ("malformed time", set_on("ZY-07", **{"pass": {"op": "time<=", "value": "8:20"}}), "$.items[6].pass.value"),
    ("pass value na", set_on("ZY-06", **{"pass": {"op": "=", "value": "na"}}), "'na' is neither yes nor no"),
    (
        "limit out of range",
        set_on("ZY-07", **{"pass": {"op": "<=", "value": 601}}),
        "601 lies outside the number range",
    ),
    ("pass without severity", drop_on("ZY-07", "severity"), "ZY-07: pass and severity go together"),
    ("pass without days", drop_on("ZY-07", "default_days"), "ZY-07: pass and default_days go together"),
    ("severity without pass", drop_on("ZY-07", "pass"), "ZY-07: pass and severity go together"),
    ("unknown severity", set_on("ZY-07", severity="terrible"), "Invalid enum value 'terrible'"),
    ("unknown target", set_on("ZY-07", targets=["kindergarten"]), "Invalid enum value 'kindergarten'"),
    ("target beyond the template's", set_on("ZY-07", targets=["subject"]), "ZY-07: target subject is not a target"),
    ("no target", set_on("ZY-07", targets=[]), "ZY-07: has no targets"),
    ("unknown type", set_on("ZY-07", type="slider"), "Invalid enum value 'slider'"),
    ("number without unit", drop_on("ZY-07", "number"), "ZY-07: type number needs number"),
    ("options on yes/no", set_on("ZY-01", options=["是"]), "ZY-01: type yes_no must not have options"),
    ("photo without count", drop_on("ZY-03", "count"), "ZY-03: type photo needs count"),
    ("empty count", set_on("ZY-03", count={"minimum": 3, "maximum": 2}), "ZY-03: count range is empty"),
    ("empty range", set_on("ZY-08", number={"unit": "分", "minimum": 9, "maximum": 1}), "ZY-08: number range is empty"),
    ("grades backwards", set_on("ZY-07", grades=[6, 3]), "ZY-07: grades [6, 3] run backwards"),
    ("grade 10", set_on("ZY-07", grades=[3, 10]), "$.items[6].grades[1]"),
    ("zero days", set_on("ZY-07", default_days=0), "$.items[6].default_days"),
    ("code of another template", set_on("ZY-02", code="KH-02"), "KH-02: code does not begin with ZY-"),
    ("duplicate code", set_on("ZY-02", code="ZY-01"), "item code ZY-01 occurs 2 times"),
    ("unknown field", set_on("ZY-01", weight=3), "Object contains unknown field `weight` - at `$.items[0]`"),
    ("missing text", drop_on("ZY-01", "text"), "Object missing required field `text` - at `$.items[0]`"),
    ("no items", lambda document: document.update(items=[]), "ZY: has no items"),
    ("format on a number", set_on("ZY-07", format="long"), "ZY-07: type number must not have format"),
    ("anonymous but single", lambda document: document.update(anonymous=True), "repeats every item by respondent"),
]


@pytest.mark.parametrize(("how", "message"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_contradictory_template_is_refused_by_name(folder: Path, how: Change, message: str):
    change(folder / "templates" / "02-ZY.json", how)
    with pytest.raises(CatalogueError) as refusal:
        load_catalogue(folder)
    assert str(refusal.value).startswith("02-ZY.json: ")
    assert message in str(refusal.value)


@pytest.mark.parametrize(("how", "message"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_contradictory_document_is_refused_alike(how: Change, message: str):
    document = to_document(template_of("ZY"))
    how(document)
    with pytest.raises(CatalogueError) as refusal:
        from_document(document)
    assert message in str(refusal.value)


def test_all_contradictions_are_named_at_once(folder: Path):
    change(
        folder / "templates" / "02-ZY.json",
        lambda one: (set_on("ZY-01", basis=[])(one), drop_on("ZY-03", "count")(one)),
    )
    with pytest.raises(CatalogueError) as refusal:
        load_catalogue(folder)
    assert str(refusal.value) == "02-ZY.json: ZY-01: has no basis\nZY-03: type photo needs count"


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"op": "in", "options": ["校长担保"]}, "ZJ-02: pass option '校长担保' is not an option of the item"),
        ({"op": "in", "options": []}, "ZJ-02: pass rule allows no option"),
        (
            {"op": "by_stage", "primary": "未监管", "junior": "无"},
            "ZJ-02: pass option '无' is not an option of the item",
        ),
        ({"op": "by_stage", "primary": "未监管"}, "Object missing required field `junior`"),
    ],
)
def test_options_of_a_pass_rule_must_exist(folder: Path, rule: Document, message: str):
    change(folder / "templates" / "09-ZJ.json", set_on("ZJ-02", **{"pass": rule}))
    with pytest.raises(CatalogueError) as refusal:
        load_catalogue(folder)
    assert message in str(refusal.value)


def test_two_templates_of_one_code_are_refused(folder: Path):
    shutil.copy(folder / "templates" / "02-ZY.json", folder / "templates" / "99-ZY.json")
    with pytest.raises(CatalogueError, match="template codes repeat"):
        load_catalogue(folder)


def test_two_policies_of_one_code_are_refused(folder: Path):
    change(folder / "policies.json", lambda policies: policies.append(policies[0]))
    with pytest.raises(CatalogueError, match=r"policies\.json: codes repeat: \['SJ'\]"):
        load_policies(folder)


def test_a_policy_of_unknown_confidence_is_refused(folder: Path):
    change(folder / "policies.json", lambda policies: policies[0].update(confidence="sure"))
    with pytest.raises(CatalogueError, match=r"policies\.json: Invalid enum value 'sure'"):
        load_catalogue(folder)


def test_a_file_that_is_no_json_is_refused_by_name(folder: Path):
    (folder / "templates" / "02-ZY.json").write_text("{", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"02-ZY\.json: "):
        load_catalogue(folder)


def test_a_template_file_brings_no_policies_of_its_own(folder: Path):
    policy = {"code": "XX", "name": "某规定", "confidence": "high"}
    change(folder / "templates" / "02-ZY.json", lambda one: one.update(policies=[policy]))
    with pytest.raises(CatalogueError, match=r"policies belong into policies\.json"):
        load_catalogue(folder)


def test_an_unknown_template_is_a_key_error():
    with pytest.raises(KeyError):
        template_of("QQ")
