"""Plausible answers for a whole checklist, drawn from a seed: for the demonstration, load runs and tests."""

from collections.abc import Callable, Collection
from random import Random
from typing import Any

from backend.inspections.rules.answer_keys import AnswerKey
from backend.inspections.rules.applicability import default_grades, items_for
from backend.inspections.rules.checklist import (
    AnswerType,
    AtLeast,
    AtMost,
    ByStage,
    Equals,
    Item,
    NumberSpec,
    OneOf,
    Repeat,
    TargetType,
    Template,
    TextFormat,
    TimeAtLeast,
    TimeAtMost,
    TimeWindow,
)
from backend.inspections.rules.verdicts import stage_limit

EvidenceIds = Callable[[Item, int], list[str]]
"""Gives ``n`` ids of evidence for an item; the caller creates that evidence."""

REMARKS = (
    "无。",
    "已当场告知负责人。",
    "作业公示较规范，课后服务组织有序。",
    "建议加强年级组统筹。",
    "负责人表示立即整改。",
)


def random_evidence_ids(rng: Random) -> EvidenceIds:
    """Ids that look like evidence and belong to none."""

    def ids(_item: Item, count: int) -> list[str]:
        return [_uuid7_like(rng) for _ in range(count)]

    return ids


def sample_answers(
    template: Template,
    target_type: TargetType,
    grades: Collection[int] | None,
    rng: Random,
    fail_rate: float,
    *,
    evidence: EvidenceIds | None = None,
    classes: Collection[int] = (101, 302),
    respondents: int = 3,
) -> dict[str, Any]:
    """A valid value for every answer of every item that applies: ``{key: value}``.

    About ``fail_rate`` (0–1) of the values with a pass rule fail it. Items repeat once per class, per grade of the
    target, or per respondent (1 to ``respondents``). Photos and signatures take their ids from ``evidence``.
    """
    ids = evidence or random_evidence_ids(rng)
    present = default_grades(target_type) if grades is None else grades
    answers: dict[str, Any] = {}
    for item in items_for(template, target_type, grades):
        for number in _numbers(item, present, classes, respondents):
            key = str(AnswerKey(item.code, number))
            answers[key] = _value(item, target_type, rng, fail=rng.random() < fail_rate, ids=ids)
    return answers


def failing_value(item: Item, target_type: TargetType, rng: Random) -> Any:
    """A valid value that does not pass; for items with a pass rule."""
    return _value(item, target_type, rng, fail=True, ids=random_evidence_ids(rng))


def _numbers(item: Item, grades: Collection[int], classes: Collection[int], respondents: int) -> Collection[int | None]:
    match item.repeat:
        case None:
            return (None,)
        case Repeat.CLASS:
            return list(classes)
        case Repeat.RESPONDENT:
            return range(1, respondents + 1)
        case Repeat.GRADE:
            first, last = item.grades or (1, 9)
            return [grade for grade in sorted(grades) if first <= grade <= last]


def _value(item: Item, stage: TargetType, rng: Random, *, fail: bool, ids: EvidenceIds) -> Any:
    match item.type:
        case AnswerType.YES_NO | AnswerType.YES_NO_NA:
            return _yes_no(item, rng, fail=fail)
        case AnswerType.NUMBER:
            return _number(item, rng, fail=fail)
        case AnswerType.SINGLE:
            return rng.choice(_options(item, stage, fail=fail))
        case AnswerType.MULTI:
            options = _options(item, stage, fail=fail)
            return rng.sample(options, rng.randint(1, min(3, len(options))))
        case AnswerType.TEXT:
            return _time(item, rng, fail=fail) if item.format is TextFormat.TIME else rng.choice(REMARKS)
        case AnswerType.PHOTO | AnswerType.SIGNATURE:
            return ids(item, rng.randint(item.count.minimum, item.count.maximum) if item.count else 1)


def _yes_no(item: Item, rng: Random, *, fail: bool) -> str:
    if not isinstance(item.pass_rule, Equals):
        return rng.choice(("yes", "no"))
    if fail:
        return "no" if item.pass_rule.value == "yes" else "yes"
    if item.type is AnswerType.YES_NO_NA and rng.random() < 0.1:
        return "na"
    return item.pass_rule.value


def _number(item: Item, rng: Random, *, fail: bool) -> int:
    spec = item.number or NumberSpec(unit="", minimum=0, maximum=100)
    low, high = int(spec.minimum), int(spec.maximum)
    match item.pass_rule:
        case AtMost(value=limit):
            low, high = (int(limit) + 1, _near(limit, high)) if fail else (max(low, int(limit) // 2), int(limit))
        case AtLeast(value=limit):
            low, high = (low, int(limit) - 1) if fail and limit > low else (int(limit), _near(limit, high))
        case _:
            high = min(high, low + 200)
    return rng.randint(low, max(low, high))


def _near(limit: float, maximum: int) -> int:
    return min(maximum, int(limit) * 2 + 2)


def _options(item: Item, stage: TargetType, *, fail: bool) -> list[str]:
    match item.pass_rule:
        case OneOf(options=allowed):
            wanted = [option for option in item.options if (option not in allowed) == fail]
        case ByStage():
            last = item.options.index(stage_limit(item.pass_rule, stage, None))
            wanted = [option for n, option in enumerate(item.options) if (n > last) == fail]
        case _:
            wanted = []
    return wanted or list(item.options)


def _time(item: Item, rng: Random, *, fail: bool) -> str:
    window = item.time or TimeWindow(earliest="05:00", latest="23:59")
    earliest, latest = _minutes(window.earliest), _minutes(window.latest)
    match item.pass_rule:
        case TimeAtMost(value=limit):
            span = (_minutes(limit) + 1, latest) if fail else (max(earliest, _minutes(limit) - 90), _minutes(limit))
        case TimeAtLeast(value=limit):
            span = (earliest, _minutes(limit) - 1) if fail else (_minutes(limit), min(latest, _minutes(limit) + 60))
        case _:
            span = (earliest, latest)
    hour, minute = divmod(rng.randint(*span), 60)
    return f"{hour:02d}:{minute:02d}"


def _minutes(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:])


def _uuid7_like(rng: Random) -> str:
    digits = f"{rng.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-7{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"
