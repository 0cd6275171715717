"""The catalogue as delivered: figures recounted by hand from the office's list, and the decisions of its README."""

import hashlib
from collections import Counter
from typing import NamedTuple

import msgspec
import orjson
import pytest

from backend.inspections.catalogue import content_hash, from_document, load_catalogue, load_policies, to_document
from backend.inspections.catalogue.documents import MAX_DOCUMENT_BYTES
from backend.inspections.rules.answers import validate_answer
from backend.inspections.rules.checklist import (
    AtLeast,
    AtMost,
    ByStage,
    OneOf,
    Repeat,
    Result,
    TargetType,
    Template,
    TimeAtMost,
)

TEMPLATES = {template.code: template for template in load_catalogue()}
ITEMS = {item.code: item for template in TEMPLATES.values() for item in template.items}
every_template = pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda template: template.code)


class Figures(NamedTuple):
    """Totals of one template."""

    items: int
    minor: int
    moderate: int
    serious: int
    veto: int
    days: int
    references: int
    evidence: int
    targets: int
    options: int


RECOUNTED = {
    "TY": Figures(10, 2, 0, 1, 1, 34, 17, 11, 80, 0),
    "ZY": Figures(21, 7, 8, 5, 0, 168, 42, 31, 76, 0),
    "KH": Figures(22, 3, 10, 5, 1, 133, 42, 38, 87, 0),
    "BX": Figures(30, 4, 9, 11, 6, 177, 62, 57, 115, 0),
    "WX": Figures(23, 6, 15, 2, 0, 193, 29, 36, 78, 0),
    "SD": Figures(13, 2, 2, 3, 6, 59, 29, 20, 52, 0),
    "XK": Figures(24, 0, 9, 11, 4, 94, 46, 34, 24, 0),
    "FX": Figures(19, 0, 7, 7, 5, 55, 33, 26, 19, 0),
    "ZJ": Figures(16, 0, 5, 7, 0, 38, 28, 22, 32, 4),
    "YX": Figures(18, 0, 0, 2, 4, 6, 29, 23, 36, 51),
    "AQ": Figures(15, 0, 6, 8, 1, 53, 28, 20, 75, 0),
    "WS": Figures(14, 0, 4, 4, 0, 40, 15, 14, 56, 50),
    "WP": Figures(15, 0, 0, 7, 0, 21, 19, 15, 60, 43),
    "JS": Figures(10, 4, 1, 1, 0, 62, 15, 11, 50, 6),
}


def figures(template: Template) -> Figures:
    severities = Counter(str(item.severity) for item in template.items)
    return Figures(
        items=len(template.items),
        **{name: severities[name] for name in ("minor", "moderate", "serious", "veto")},
        days=sum(item.default_days or 0 for item in template.items),
        references=sum(len(item.basis) for item in template.items),
        evidence=sum(len(item.evidence) for item in template.items),
        targets=sum(len(item.targets) for item in template.items),
        options=sum(len(item.options) for item in template.items),
    )


def codes_where(**fields: object) -> set[str]:
    return {code for code, item in ITEMS.items() if all(getattr(item, name) == is_ for name, is_ in fields.items())}


def test_there_are_14_templates_with_250_items_in_the_order_of_the_list():
    assert [template.code for template in load_catalogue()] == list(RECOUNTED)
    assert len(ITEMS) == sum(len(template.items) for template in load_catalogue()) == 250


@every_template
def test_totals_of_a_template_are_those_recounted_from_the_list(template: Template):
    assert figures(template) == RECOUNTED[template.code]


def test_answer_types_and_pass_rules_add_up_to_those_of_the_list():
    assert Counter(str(item.type) for item in ITEMS.values()) == {
        "yes_no": 132,
        "number": 46,
        "single": 27,
        "yes_no_na": 17,
        "text": 13,
        "multi": 8,
        "photo": 5,
        "signature": 2,
    }
    rules = Counter(
        str(msgspec.to_builtins(item.pass_rule)["op"]) for item in ITEMS.values() if item.pass_rule is not None
    )
    assert rules == {"=": 145, ">=": 23, "in": 17, "<=": 13, "time<=": 5, "time>=": 2, "by_stage": 1}


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("ZY-07", AtMost(value=60)),
        ("ZY-08", AtMost(value=90)),
        ("KH-03", AtLeast(value=0)),
        ("KH-04", TimeAtMost(value="20:30")),
        ("ZJ-02", OneOf(options=("银行托管", "风险保证金", "第三方平台+最低余额"))),
        ("WS-02", ByStage(primary="31-60分钟", junior="61-90分钟")),
        ("WS-07", OneOf(options=("没有",))),
        ("TY-01", None),
    ],
)
def test_pass_rules_are_structured(code: str, rule: object):
    assert ITEMS[code].pass_rule == rule


def test_which_items_repeat_is_as_the_readme_says():
    by_grade = {"ZY-07", "ZY-08", "ZY-10", "ZY-11", "BX-12", "BX-13", "WX-16", "WX-17", "WX-18"}
    assert codes_where(repeat=Repeat.GRADE) == by_grade
    assert codes_where(repeat=Repeat.CLASS) == {"ZY-02", "ZY-04", "ZY-16", "BX-06", "BX-08", "WX-11"}
    questionnaires = {item.code for code in ("WS", "WP", "JS") for item in TEMPLATES[code].items}
    assert codes_where(repeat=Repeat.RESPONDENT) == questionnaires


def test_only_questionnaires_are_anonymous_and_counted():
    assert {code for code, one in TEMPLATES.items() if one.anonymous} == {"WS", "WP"}
    assert {code for code, one in TEMPLATES.items() if one.result is Result.AGGREGATE} == {"WS", "WP"}


def test_optional_and_refusable_items_are_as_the_readme_says():
    assert codes_where(optional=True) == {"KH-04", "WX-04", "WX-05", "ZJ-14", "YX-15", "YX-16"}
    assert codes_where(refusable=True) == {"TY-10"}


def test_targets_of_the_templates():
    schools = {TargetType.PRIMARY, TargetType.JUNIOR, TargetType.NINE_YEAR, TargetType.COMPLETE_JUNIOR}
    assert set(TEMPLATES["ZY"].targets) == schools
    assert set(TEMPLATES["AQ"].targets) == schools | {TargetType.SPECIAL}
    assert set(TEMPLATES["YX"].targets) == {TargetType.SUSPECTED, TargetType.NON_SUBJECT}
    assert set(TEMPLATES["TY"].targets) == set(TargetType)


def test_texts_for_people_carry_full_width_punctuation():
    texts = [text for item in ITEMS.values() for text in (item.text, item.section, *item.options)]
    texts += [template.name for template in TEMPLATES.values()] + [policy.name for policy in load_policies()]
    assert [text for text in texts if set(text) & set(",;:?()")] == []


def test_policies_to_review_are_those_the_readme_lists():
    policies = load_policies()
    assert len(policies) == 56
    doubtful = {"SJ", "DW", "KS25", "GF25", "WZ", "CF", "YX12", "FXK13", "YSF", "XF9", "JFGL", "DFSF"}
    assert {policy.code for policy in policies if policy.needs_review} == doubtful
    assert {policy.code for policy in policies if policy.confidence in ("medium", "uncertain")} == doubtful - {
        "SJ",
        "GF25",
    }


def test_local_drafts_and_product_defaults_are_not_citable():
    assert {policy.code for policy in load_policies() if not policy.citable} == {
        "S000",
        "S001",
        "S002",
        "S003",
        "S004",
        "LOCAL",
    }


@every_template
def test_a_template_carries_exactly_the_policies_it_refers_to(template: Template):
    referred = {basis.document for item in template.items for basis in item.basis}
    assert {policy.code for policy in template.policies} == referred


@every_template
def test_a_document_comes_back_as_the_equal_template(template: Template):
    stored = orjson.loads(orjson.dumps(to_document(template)))
    assert from_document(stored) == template
    assert content_hash(from_document(stored)) == content_hash(template)


@every_template
def test_a_document_is_well_under_the_limit_of_the_protocol(template: Template):
    assert len(orjson.dumps(to_document(template))) < MAX_DOCUMENT_BYTES // 2


CANONICAL = (
    '{"anonymous":false,"code":"AB","items":[{"basis":[{"document":"LOCAL"}],"code":"AB-01",'
    '"number":{"maximum":60,"minimum":0.5,"unit":"分钟"},"section":"一","targets":["primary"],"text":"用时","type":"number"}],'
    '"method":"查","name":"小","result":"findings","targets":["primary"],"version":1}'
)


def test_the_hash_is_that_of_canonical_json():
    template = msgspec.json.decode(CANONICAL, type=Template)
    assert content_hash(template) == hashlib.sha256(CANONICAL.encode()).hexdigest()


def test_the_hash_does_not_depend_on_how_defaults_and_whole_numbers_are_written():
    spelled_out = orjson.loads(CANONICAL)
    spelled_out["items"][0] |= {"optional": False, "grades": None}
    spelled_out["items"][0]["number"]["maximum"] = 60.0
    assert content_hash(msgspec.convert(spelled_out, Template)) == hashlib.sha256(CANONICAL.encode()).hexdigest()


def test_any_change_changes_the_hash():
    template = TEMPLATES["ZY"]
    changed = msgspec.structs.replace(template, version=template.version + 1)
    assert content_hash(changed) != content_hash(template)


def test_limits_of_pass_rules_can_be_entered():
    numbers = [item for item in ITEMS.values() if isinstance(item.pass_rule, AtMost | AtLeast)]
    for item in numbers:
        assert isinstance(item.pass_rule, AtMost | AtLeast)
        key = f"{item.code}#{item.grades[0] if item.grades else 1}" if item.repeat else item.code
        validate_answer(item, key, item.pass_rule.value)
    assert len(numbers) == 36
