"""Whether a stored answer passes."""

from collections.abc import Mapping
from enum import StrEnum
from typing import cast

from backend.inspections.rules.answer_keys import AnswerKey
from backend.inspections.rules.checklist import (
    AnswerType,
    AtLeast,
    AtMost,
    ByStage,
    Equals,
    Item,
    OneOf,
    PassRule,
    TargetType,
    Template,
    TimeAtLeast,
    TimeAtMost,
    Variant,
)

LAST_PRIMARY_GRADE = 6


class Verdict(StrEnum):
    """``recorded``: the item has no pass rule. ``not_applicable``: the inspector said so; never a failure."""

    PASS = "pass"  # noqa: S105 - a verdict, not a secret
    FAIL = "fail"
    RECORDED = "recorded"
    NOT_APPLICABLE = "not_applicable"


def verdict(item: Item, value: object, stage: TargetType, grade: int | None = None) -> Verdict:
    """Judge a value that ``validate_answer`` accepts; ``grade`` is the respondent's or the measured grade, if known."""
    if item.type is AnswerType.YES_NO_NA and value == "na":
        return Verdict.NOT_APPLICABLE
    if item.pass_rule is None:
        return Verdict.RECORDED
    rule = rule_for(item, item.pass_rule, stage, grade)
    return Verdict.PASS if _passes(item, rule, value, stage, grade) else Verdict.FAIL


def rule_for(item: Item, usual: PassRule, stage: TargetType, grade: int | None = None) -> PassRule:
    """The rule that binds here: that of the first variant for this stage and grade, else the ``usual`` one.

    A variant for grades needs to know the grade: nobody is blamed on a guess.
    """
    fitting = (variant for variant in item.variants if _fits(variant, stage, grade))
    return next((variant.pass_rule for variant in fitting), usual)


def _fits(variant: Variant, stage: TargetType, grade: int | None) -> bool:
    if variant.targets and stage not in variant.targets:
        return False
    return variant.grades is None or (grade is not None and variant.grades[0] <= grade <= variant.grades[1])


def _passes(item: Item, rule: PassRule, value: object, stage: TargetType, grade: int | None) -> bool:
    match rule:
        case Equals():
            return value == rule.value
        case AtMost():
            return cast(float, value) <= rule.value
        case AtLeast():
            return cast(float, value) >= rule.value
        case TimeAtMost():
            return cast(str, value) <= rule.value
        case TimeAtLeast():
            return cast(str, value) >= rule.value
        case OneOf():
            return chosen(value) <= set(rule.options)
        case ByStage():
            return item.options.index(cast(str, value)) <= item.options.index(stage_limit(rule, stage, grade))


def chosen(value: object) -> set[str]:
    """The chosen options of a single or multi answer; a multi answer passes only if all of them are allowed."""
    return set(value) if isinstance(value, list) else {cast(str, value)}


def stage_limit(rule: ByStage, stage: TargetType, grade: int | None) -> str:
    """The limit that binds a respondent of this school.

    A primary or junior school has one limit. Where a school may teach both (nine-year, complete), the respondent's
    grade decides; without it the junior limit does, the more generous one: nobody is blamed on a guess.
    """
    if stage == TargetType.PRIMARY:
        return rule.primary
    if stage == TargetType.JUNIOR or grade is None or grade > LAST_PRIMARY_GRADE:
        return rule.junior
    return rule.primary


def respondent_grade(template: Template, answers: Mapping[str, Mapping[str, object]], number: int | None) -> int | None:
    """The grade respondent ``number`` gave (WS-01); None if nobody asked or the option spans several grades."""
    for item in template.items:
        if item.grades_of_option:
            value = answers.get(str(AnswerKey(item.code, number)), {}).get("value")
            if value in item.options:
                first, last = item.grades_of_option[item.options.index(value)]
                return first if first == last else None
    return None
