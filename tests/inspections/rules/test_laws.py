"""What must hold for every item of the catalogue and every input, found by Hypothesis."""

from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from backend.desk.rules.answers import sample_answers
from backend.inspections.catalogue import load_catalogue
from backend.inspections.rules.answer_keys import parse_key
from backend.inspections.rules.answers import validate_answer
from backend.inspections.rules.applicability import items_for
from backend.inspections.rules.checklist import AnswerType, Item, Severity, TargetType, Template
from backend.inspections.rules.completeness import missing_for_submit
from backend.inspections.rules.errors import RuleError
from backend.inspections.rules.grading import LADDER, severity_after
from backend.inspections.rules.questionnaires import violation_share
from backend.inspections.rules.scoring import ScoredFinding, score
from backend.inspections.rules.verdicts import Verdict, verdict


def given(*strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """``hypothesis.given`` without a deadline: a busy machine is no counter-example."""

    def decorate(law: Callable[..., None]) -> Callable[..., None]:
        return settings(deadline=None)(given_any(*strategies)(law))

    return decorate


TEMPLATES = {template.code: template for template in load_catalogue()}
ITEMS = {item.code: item for template in TEMPLATES.values() for item in template.items}

codes = st.sampled_from(sorted(ITEMS))
items = codes.map(ITEMS.__getitem__)
may_be_na = st.sampled_from([code for code in ITEMS if ITEMS[code].type is AnswerType.YES_NO_NA]).map(ITEMS.__getitem__)
templates = st.sampled_from(sorted(TEMPLATES)).map(TEMPLATES.__getitem__)
stages = st.sampled_from(list(TargetType))
grade_sets = st.none() | st.frozensets(st.integers(1, 9))
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["yes", "no", "na", "20:30"])
)
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
numbers = st.integers(-1, 10_001)
item_keys = codes | st.builds("{}#{}".format, codes, numbers)
keys = json_values | item_keys


@st.composite
def filled_in(draw: st.DrawFn, fail_rate: float | None = None) -> tuple[Template, TargetType, Any, dict[str, Any]]:
    template = draw(templates)
    target_type = draw(st.sampled_from(template.targets))
    grades = draw(grade_sets)
    rate = draw(st.floats(0, 1)) if fail_rate is None else fail_rate
    answers = sample_answers(template, target_type, grades, Random(draw(st.integers(0, 2**32))), rate)
    return template, target_type, grades, answers


def own_key(item: Item) -> str:
    return f"{item.code}#{item.grades[0] if item.grades else 1}" if item.repeat else item.code


def refusal_of(item: Item, key: object, value: object, note: object = "", grades: Any = None) -> RuleError | None:
    try:
        validate_answer(item, key, value, note, grades=grades)
    except RuleError as refusal:
        return refusal
    return None


def item_of(template: Template, key: str) -> Item:
    item = template.item(parse_key(key).code)
    assert item is not None
    return item


@given(items, keys, json_values, json_values, grade_sets)
def test_validation_raises_nothing_but_rule_errors(item: Item, key: object, value: object, note: object, grades: Any):
    refusal = refusal_of(item, key, value, note, grades)
    if refusal is not None:
        assert refusal.path.startswith("answers")
        assert refusal.code
        assert refusal.message_zh.endswith("。")


@given(filled_in(), stages, st.none() | st.integers(1, 9))
def test_every_valid_answer_has_a_verdict(filled: Any, stage: TargetType, grade: int | None):
    template, _, _, answers = filled
    for key, value in answers.items():
        item = item_of(template, key)
        expected = {Verdict.RECORDED} if item.pass_rule is None else {Verdict.PASS, Verdict.FAIL}
        assert verdict(item, value, stage, grade) in ({Verdict.NOT_APPLICABLE} if value == "na" else expected)


@given(items, json_values, stages, st.none() | st.integers(1, 9))
def test_whatever_may_be_stored_can_be_judged(item: Item, value: object, stage: TargetType, grade: int | None):
    if refusal_of(item, own_key(item), value) is None:
        assert verdict(item, value, stage, grade) in set(Verdict)


@given(may_be_na, stages)
def test_not_applicable_never_fails(item: Item, stage: TargetType):
    assert verdict(item, "na", stage) is Verdict.NOT_APPLICABLE


@given(filled_in())
def test_sampled_answers_may_be_stored_and_complete_the_visit(filled: Any):
    template, target_type, grades, answers = filled
    for key, value in answers.items():
        validate_answer(item_of(template, key), key, value, grades=grades)
    stored = {key: {"value": value, "note": ""} for key, value in answers.items()}
    assert missing_for_submit([template], stored, target_type, grades) == []
    assert {parse_key(key).code for key in answers} == {item.code for item in items_for(template, target_type, grades)}


@given(filled_in(fail_rate=0))
def test_without_failures_nothing_sampled_fails(filled: Any):
    template, target_type, _, answers = filled
    assert [k for k, v in answers.items() if verdict(item_of(template, k), v, target_type) is Verdict.FAIL] == []


@given(filled_in(fail_rate=1))
def test_with_failures_only_everything_judged_fails(filled: Any):
    template, target_type, _, answers = filled
    assert [k for k, v in answers.items() if verdict(item_of(template, k), v, target_type) is Verdict.PASS] == []


@given(filled_in(), st.data())
def test_one_answer_less_never_means_fewer_gaps(filled: Any, data: st.DataObject):
    template, target_type, grades, answers = filled
    if not answers:
        return
    stored = {key: {"value": value, "note": ""} for key, value in answers.items()}
    dropped = data.draw(st.sampled_from(sorted(stored)))
    rest = {key: answer for key, answer in stored.items() if key != dropped}
    gaps = missing_for_submit([template], rest, target_type, grades)
    assert {gap.key for gap in gaps} <= {parse_key(dropped).code}


@given(
    templates,
    stages,
    grade_sets,
    st.dictionaries(st.text() | item_keys, json_values),
)
def test_completeness_survives_any_answers(template: Template, target_type: TargetType, grades: Any, values: Any):
    stored = {key: {"value": value, "note": value} for key, value in values.items()}
    for gap in missing_for_submit([template], stored, target_type, grades):
        assert gap.code in {"unanswered", "invalid", "too_few_photos", "unsigned"}


@given(st.lists(st.sampled_from(list(Severity)), max_size=150))
def test_a_score_lies_between_0_and_100_and_follows_from_its_lines(severities: list[Severity]):
    result = score(ScoredFinding(f"ZY-{n:02d}", severity) for n, severity in enumerate(severities))
    assert 0 <= result.value <= 100
    assert result.value == max(0, 100 - result.deducted)
    assert [line.severity for line in result.lines] == severities


@given(st.lists(st.sampled_from(list(Severity))), st.sampled_from(list(Severity)))
def test_one_more_finding_never_raises_a_score(severities: list[Severity], more: Severity):
    findings = [ScoredFinding("ZY-01", severity) for severity in severities]
    assert score([*findings, ScoredFinding("ZY-02", more)]).value <= score(findings).value


@given(st.sampled_from(LADDER), st.booleans(), st.booleans())
def test_a_level_moves_by_one_step_at_most(base: Severity, repeat: bool, fixed: bool):
    grading = severity_after(base, repeat_within_12_months=repeat, self_found_fixed=fixed)
    assert abs(LADDER.index(grading.severity) - LADDER.index(base)) <= 1
    assert grading.veto_candidate == (grading.severity is Severity.VETO)


@given(st.lists(st.sampled_from(list(Verdict))))
def test_a_share_counts_only_what_was_judged(verdicts: list[Verdict]):
    share = violation_share(verdicts)
    assert 0 <= share.reported <= share.judged <= len(verdicts)
    assert 0 <= share.percent <= 100
    assert not violation_share([one for one in verdicts if one is not Verdict.FAIL]).needs_verifying(0)
