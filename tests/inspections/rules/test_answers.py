"""Values that no JSON vector can carry."""

import math
from typing import Any

import pytest

from backend.inspections.catalogue import load_template
from backend.inspections.rules.answers import validate_answer
from backend.inspections.rules.errors import RuleError


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_is_finite(value: float):
    item = load_template("KH").item("KH-03")
    assert item is not None
    with pytest.raises(RuleError) as refusal:
        validate_answer(item, "KH-03", value)
    assert (refusal.value.path, refusal.value.code) == ("answers.KH-03.value", "not_a_number")


def test_an_integer_beyond_any_float_is_out_of_range_and_no_overflow():
    item = load_template("KH").item("KH-03")
    assert item is not None
    with pytest.raises(RuleError) as refusal:
        validate_answer(item, "KH-03", 10**400)
    assert refusal.value.code == "out_of_range"


@pytest.mark.parametrize(
    ("code", "value", "message"),
    [
        ("ZY-10#3", 101, "数值应在0至100%之间。"),
        ("ZY-07#3", -1, "数值应在0至600分钟之间。"),
        ("WX-04", "8:20", "请按24小时制填写时间，例如08:20。"),
        ("WX-04", "00:10", "时间应在05:00至23:59之间。"),
        ("ZY-02", "yes", "条目ZY-02须按班级分别应答，请带“#序号”。"),
        ("ZY-01#1", "yes", "条目ZY-01只能有一份应答，不能带“#序号”。"),
        ("ZY-03", [], None),
    ],
)
def test_a_refusal_tells_people_what_to_do(code: str, value: Any, message: str | None):
    item = load_template(code[:2]).item(code[:5])
    assert item is not None
    refused = None
    try:
        validate_answer(item, code, value)
    except RuleError as refusal:
        refused = refusal.message_zh
    assert refused == message
