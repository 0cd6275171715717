"""Conditions, rules by stage and grade, and required evidence: what is shown, what passes, what is missing."""

from typing import Any

import pytest

from backend.inspections.catalogue import CatalogueError, from_document
from backend.inspections.rules.checklist import TargetType, Template
from backend.inspections.rules.completeness import missing_for_submit
from backend.inspections.rules.differences import differences
from backend.inspections.rules.preview import preview
from backend.inspections.rules.proofs import Attached
from backend.inspections.rules.verdicts import verdict
from backend.inspections.rules.visibility import hidden_by
from tests.inspections.authoring.checklists import CHECKLIST, FAILS, ITEMS, YES, checklist, item

P, J = TargetType.PRIMARY, TargetType.JUNIOR
PHOTO = "0198a000-0000-7000-8000-000000000001"
FULL: dict[str, Any] = {
    "XT-01": {"value": "yes"},
    "XT-02#3": {"value": 40},
    "XT-04": {"value": ["甲；乙"]},
    "XT-08": {"value": [PHOTO]},
}


def missing(
    answers: dict[str, Any], evidence: tuple[Attached, ...] = (), template: Template | None = None
) -> list[tuple[str, str]]:
    gaps = missing_for_submit([template or checklist()], answers, P, None, evidence)
    return [(gap.key, gap.code) for gap in gaps]


def test_a_condition_hides_an_item_until_the_answer_it_asks_for_is_given() -> None:
    template = checklist()
    asked = template.items[2]
    assert hidden_by(template, asked, P) == "condition"
    assert hidden_by(template, asked, P, None, {"XT-01": {"value": "yes"}}) == "condition"
    assert hidden_by(template, asked, P, None, {"XT-01": {"value": "no"}}) is None
    assert hidden_by(template, template.items[4], P, None, {"XT-04": {"value": ["甲；乙", "丙｜丁"]}}) is None
    assert hidden_by(template, asked, TargetType.SUBJECT) == "type"
    assert hidden_by(template, template.items[6], P) == "grades"
    assert hidden_by(template, template.items[6], P, [7]) is None


def test_what_a_condition_hides_is_not_missing_and_what_it_shows_is() -> None:
    assert missing(FULL) == []
    shown = FULL | {"XT-01": {"value": "no"}}
    assert missing(shown) == [("XT-03", "unanswered")]
    assert (
        missing(FULL | {"XT-03": {"value": "no"}}) == []
    )  # answered before XT-01 was changed: kept, and not asked for


def test_a_condition_on_a_hidden_item_does_not_hold() -> None:
    chain = [*ITEMS[:3], item(4, "yes_no", show_if=[{"item": "XT-03", "is": YES}], **{"pass": YES}, **FAILS)]
    template = checklist(items=chain)
    answers: dict[str, Any] = {"XT-03": {"value": "yes"}, "XT-01": {"value": "yes"}}
    assert hidden_by(template, template.items[3], P, None, answers) == "condition"
    assert hidden_by(template, template.items[3], P, None, answers | {"XT-01": {"value": "no"}}) is None


def test_a_condition_between_repeated_items_is_asked_for_each_number() -> None:
    rows = [
        item(1, "yes_no", repeat="class"),
        item(2, "text", format="time", time={"earliest": "07:00", "latest": "22:00"}, repeat="class",
             show_if=[{"item": "XT-01", "is": YES}]),
    ]  # fmt: skip
    template = checklist(items=rows)
    answers: dict[str, Any] = {"XT-01#1": {"value": "yes"}, "XT-01#2": {"value": "no"}, "XT-01#3": {"value": "yes"}}
    assert missing(answers, template=template) == [("XT-02#1", "unanswered"), ("XT-02#3", "unanswered")]
    answers |= {"XT-02#1": {"value": "08:00"}, "XT-02#3": {"value": "08:00"}, "XT-02#2": {"value": "99:00"}}
    assert missing(answers, template=template) == []


@pytest.mark.parametrize(
    ("stage", "grade", "value", "outcome"),
    [(P, 1, 0, "pass"), (P, 2, 10, "fail"), (P, 3, 60, "pass"), (P, 6, 61, "fail"), (J, 7, 90, "pass"), (J, 7, 91, "fail"),
     (P, None, 90, "pass")],
)  # fmt: skip
def test_the_rule_of_the_grade_binds(stage: TargetType, grade: int | None, value: int, outcome: str) -> None:
    assert verdict(checklist().items[1], value, stage, grade) == outcome


def test_a_rule_by_stage_takes_the_place_of_the_usual_one() -> None:
    row = item(1, "number", number={"unit": "人", "minimum": 0, "maximum": 99},
               variants=[{"targets": ["junior"], "pass": {"op": "<=", "value": 50}}],
               **{"pass": {"op": "<=", "value": 45}}, **FAILS)  # fmt: skip
    asked = checklist(items=[row]).items[0]
    assert [verdict(asked, 48, stage) for stage in (P, J, TargetType.NINE_YEAR)] == ["fail", "pass", "fail"]


def test_required_evidence_is_missing_until_enough_of_its_kind_is_there() -> None:
    failing = FULL | {"XT-01": {"value": "no"}, "XT-03": {"value": "no"}}
    photo, paper = Attached("XT-03", "photo"), Attached("XT-03", "document")
    assert missing(failing) == [("XT-03", "no_proof")]
    assert missing(failing, (photo, paper)) == [("XT-03", "no_proof")]
    assert missing(failing, (photo, Attached("XT-01", "photo"))) == [("XT-03", "no_proof")]
    assert missing(failing, (photo, photo)) == []
    assert missing(failing | {"XT-03": {"value": "yes"}}) == []
    always = checklist(items=[{**one, **({"proof": {"kind": "photo", "when": "always"}} if one["code"] == "XT-03" else {})}
                              for one in ITEMS])  # fmt: skip
    assert missing(failing | {"XT-03": {"value": "yes"}}, template=always) == [("XT-03", "no_proof")]


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "condition on a later item": ({"show_if": [{"item": "XT-09", "is": YES}]}, "show_if", "no_earlier_item"),
    "condition on itself": ({"show_if": [{"item": "XT-03", "is": YES}]}, "show_if", "no_earlier_item"),
    "condition on a repeated item": (
        {"show_if": [{"item": "XT-02", "is": {"op": "<=", "value": 3}}]},
        "show_if",
        "repeats_otherwise",
    ),
    "condition of another kind": (
        {"show_if": [{"item": "XT-01", "is": {"op": ">=", "value": 3}}]},
        "show_if",
        "rule_does_not_fit",
    ),
    "condition on na": ({"show_if": [{"item": "XT-01", "is": {"op": "=", "value": "na"}}]}, "show_if", "not_yes_or_no"),
    "condition by stage": (
        {"show_if": [{"item": "XT-01", "is": {"op": "by_stage", "primary": "a", "junior": "b"}}]},
        "show_if",
        "bad_choice",
    ),
    "variant for nobody in particular": ({"variants": [{"pass": YES}]}, "variants", "always_fits"),
    "variant by grade of an item that has none": ({"variants": [{"grades": [1, 2], "pass": YES}]}, "variants", "grade_unknown"),
    "variant of another kind": (
        {"variants": [{"targets": ["primary"], "pass": {"op": "<=", "value": 1}}]},
        "variants",
        "rule_does_not_fit",
    ),
    "variant of other targets": ({"variants": [{"targets": ["subject"], "pass": YES}]}, "variants", "foreign_target"),
    "no evidence at all": ({"proof": {"kind": "photo", "minimum": 0}}, "proof", "out_of_range"),
    "grade that does not exist": ({"grades": [1, 10]}, "grades", "out_of_range"),
    "unknown field": ({"weight": 3}, "weight", "unknown_field"),
    "null byte": ({"text": "a\x00b"}, "text", "bad_characters"),
    "half a character": ({"text": "\ud800"}, "text", "bad_characters"),
    "endless text": ({"text": "长" * 2001}, "text", "too_long"),
    "unknown policy": ({"basis": [{"document": "NONE"}]}, "basis", "unknown_policy"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_contradiction_is_told_with_item_field_code_and_sentence(name: str) -> None:
    change, field, code = REFUSED[name]
    rows = [{**one, **(change if one["code"] == "XT-03" else {})} for one in ITEMS]
    with pytest.raises(CatalogueError) as refused:
        from_document({**CHECKLIST, "items": rows})
    faults = [fault.as_json() for fault in refused.value.faults]
    assert [(one["row"], one["item"], one["field"], one["code"]) for one in faults] == [(3, "XT-03", field, code)]
    assert faults[0]["message"].endswith("。")


def test_faults_of_many_items_are_told_at_once() -> None:
    rows: list[Any] = [{**ITEMS[0], "type": "slider", "targets": 5}, 7, {**ITEMS[2], "severity": "bad"}]
    with pytest.raises(CatalogueError) as refused:
        from_document({**CHECKLIST, "items": rows, "result": "none", "extra": 1})
    found = [(fault.row, fault.field, fault.code) for fault in refused.value.faults]
    assert found == [
        (None, "extra", "unknown_field"),
        (None, "result", "bad_choice"),
        (0, "type", "bad_choice"),
        (0, "targets", "wrong_type"),
        (1, "", "wrong_type"),
        (2, "severity", "bad_choice"),
    ]


@pytest.mark.parametrize("value", [2**53, 2**70, -(2**60), float("inf"), float("nan")])
def test_a_number_that_has_no_canonical_form_is_a_fault(value: float) -> None:
    row = item(1, "number", number={"unit": "人", "minimum": 0, "maximum": value})
    with pytest.raises(CatalogueError) as refused:
        from_document({**CHECKLIST, "items": [row]})
    assert refused.value.faults[0].field == "number"


def sentences(**more: Any) -> list[str]:
    return [one.sentence for one in differences(checklist(), checklist(**more))]


def test_equal_templates_differ_in_nothing_and_a_version_is_no_difference() -> None:
    assert sentences() == sentences(version=2) == []


def test_differences_are_sentences_per_item_and_field() -> None:
    first = {**ITEMS[0], "text": "新问法？", "severity": "serious", "default_days": 3}
    third = {key: value for key, value in ITEMS[2].items() if key not in ("proof", "show_if")}
    added = item(9, "yes_no")
    assert sentences(name="专项", items=[first, ITEMS[1], third, *ITEMS[3:7], added]) == [
        "修改清单的名称：由“=专项（试）”改为“专项”",
        "修改条目XT-01的内容：由“第1项怎么样？”改为“新问法？”",
        "修改条目XT-01的级别：由“较重”改为“严重”",
        "修改条目XT-01的整改天数：由“7日”改为“3日”",
        "删除条目XT-03的显示条件：“XT-01为“否””",
        "删除条目XT-03的必需佐证：“不合格时至少2份照片”",
        "新增条目XT-09：第9项怎么样？",
        "删除条目XT-08：第8项怎么样？",
    ]


def test_an_item_that_moved_is_told_and_those_it_passed_are_not() -> None:
    assert sentences(items=[ITEMS[0], *ITEMS[2:6], ITEMS[1], *ITEMS[6:]]) == ["修改条目XT-02的顺序：由第2位改为第6位"]


def test_differences_are_readable_by_programs() -> None:
    rows = [{**ITEMS[0], "grades": [1, 3]}, *ITEMS[1:]]
    (found,) = differences(checklist(), checklist(items=rows))
    assert found[:5] == ("changed", "XT-01", "grades", None, (1, 3))


def test_every_field_of_an_item_is_compared() -> None:
    import msgspec

    from backend.inspections.rules.checklist import Item
    from backend.inspections.rules.differences import FIELDS
    from backend.inspections.rules.wording import FIELDS as NAMED

    fields = {field.encode_name for field in msgspec.structs.fields(Item)} - {"code"}
    assert set(FIELDS) == fields
    assert fields <= set(NAMED)


def test_the_preview_says_what_is_shown_and_which_rule_hides_the_rest() -> None:
    lines = {line.item.code: line for line in preview(checklist(), P, None, {"XT-04": {"value": ["丙｜丁"]}})}
    hidden = {code: (str(line.hidden), line.reason) for code, line in lines.items() if line.hidden}
    assert hidden == {"XT-03": ("condition", "须XT-01为“否”"), "XT-07": ("grades", "只适用于7至9年级")}
    assert lines["XT-02"].passes == ("1至2年级不超过0分钟", "3至6年级不超过60分钟", "不超过90分钟")
    assert lines["XT-02"].numbers == (1, 2, 3, 4, 5, 6, 7, 8, 9)
    assert [lines[code].mandatory for code in ("XT-01", "XT-03", "XT-05", "XT-06")] == [True, False, False, False]
    assert lines["XT-01"].citations == ("《关于减负的意见》（中办发〔2021〕40号）第3条",)
    others = preview(checklist(), TargetType.SUBJECT, None, {})
    assert {(str(line.hidden), line.reason) for line in others} == {("type", "只适用于小学、初中、九年一贯制学校")}
