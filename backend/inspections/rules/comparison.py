"""Two visits of one target by the two tracks in one month: the answers to each item side by side.

Agreement is judged per item and not per answer: the two crews drew other classes and asked other people. An item with
a pass rule agrees when it passes on both sides or fails on both (one failing answer fails it); one without a rule when
the choices are equal. Texts, photos, signatures, measurements without a limit and questionnaires are shown and not
judged; so is an item that only one side answered, or that reads otherwise in the version the other side used.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from backend.inspections.rules.answer_keys import parse_key
from backend.inspections.rules.checklist import AnswerType, Item, Repeat, Result, TargetType, Template
from backend.inspections.rules.errors import RuleError
from backend.inspections.rules.proofs import grade_of
from backend.inspections.rules.verdicts import Verdict, verdict

METHOD = (
    "同一对象、同一计划月内，科室和督导站两条轨道各取最近一次已提交的到访，按条目对照。有合格规则的条目，两边同为合格或同为"
    "不合格的算一致（一项应答不合格即为不合格）；没有合格规则的选择题，选择相同的算一致。文字、照片、签名、没有限值的测量、"
    "匿名问卷，只有一边应答的条目，以及两边所用版本中内容不同的条目，只并列显示，不计入一致率。两边抽到的班级和受访者不同，"
    "个别差异不等于有误。一致率＝一致条目数÷可判条目数；可判条目少于10项的，不显示一致率。"
)
LEAST_JUDGED = 10
"""Items that both sides have to be judged on before a share is shown (product default, workflow §11)."""

CHOICES = (AnswerType.YES_NO, AnswerType.YES_NO_NA, AnswerType.SINGLE, AnswerType.MULTI)

Answers = Mapping[str, Mapping[str, Any]]


class Unjudged(StrEnum):
    """Why an item is shown only."""

    KIND = "kind"
    ONE_SIDED = "one_sided"
    VERSIONS = "versions"


class Side(NamedTuple):
    """What one visit says: its template versions and its submitted answers."""

    templates: tuple[Template, ...]
    answers: Answers


class Said(NamedTuple):
    """One answer; ``verdict`` None where the value could not be judged."""

    key: str
    value: Any
    note: str
    verdict: Verdict | None


class Pair(NamedTuple):
    """One item: what each side said, and whether they agree; None with the reason where that is not judged."""

    item: Item
    template: str
    first: tuple[Said, ...]
    second: tuple[Said, ...]
    agree: bool | None
    unjudged: Unjudged | None


class Agreement(NamedTuple):
    """How many items were judged on both sides, and on how many of them they agree."""

    judged: int
    agreeing: int

    @property
    def share(self) -> float | None:
        """0–1; None below ``LEAST_JUDGED``."""
        return self.agreeing / self.judged if self.judged >= LEAST_JUDGED else None


def compare(first: Side, second: Side, stage: TargetType) -> list[Pair]:
    """Every item that either side answered, in the order of the first side's templates, then the second's."""
    return list(_pairs(first, second, stage))


def agreement(pairs: Iterable[Pair]) -> Agreement:
    """Count what was judged."""
    judged = [pair.agree for pair in pairs if pair.agree is not None]
    return Agreement(len(judged), sum(judged))


def _pairs(first: Side, second: Side, stage: TargetType) -> Iterator[Pair]:
    sides = [(side, _by_item(side)) for side in (first, second)]
    seen: set[str] = set()
    for side, _ in sides:
        for template in side.templates:
            for item in template.items:
                said = [keys.get(item.code, []) for _, keys in sides]
                if item.code not in seen and any(said):
                    seen.add(item.code)
                    yield _pair(template, item, sides, said, stage)


def _by_item(side: Side) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key in sorted(side.answers):
        found.setdefault(key.partition("#")[0], []).append(key)
    return found


def _pair(
    template: Template,
    item: Item,
    sides: list[tuple[Side, dict[str, list[str]]]],
    keys: list[list[str]],
    stage: TargetType,
) -> Pair:
    said = [
        tuple(_said(template, item, side.answers, key, stage) for key in own)
        for (side, _), own in zip(sides, keys, strict=True)
    ]
    reason = _unjudged(template, item, [side for side, _ in sides], said)
    agree = None if reason else _outcome(item, said[0]) == _outcome(item, said[1])
    return Pair(item, template.code, said[0], said[1], agree, reason)


def _said(template: Template, item: Item, answers: Answers, key: str, stage: TargetType) -> Said:
    answer = answers[key]
    try:
        grade = grade_of(template, item, answers, parse_key(key))
        judged = verdict(item, answer["value"], stage, grade)
    except (RuleError, ValueError, TypeError):
        judged = None
    return Said(key, answer["value"], str(answer.get("note") or ""), judged)


def _unjudged(template: Template, item: Item, sides: list[Side], said: list[tuple[Said, ...]]) -> Unjudged | None:
    if not all(said) or any(one.verdict is None for side in said for one in side):
        return Unjudged.ONE_SIDED
    if any(template not in side.templates and _other(side, item) for side in sides):
        return Unjudged.VERSIONS
    by_chance = item.repeat in (Repeat.CLASS, Repeat.RESPONDENT)
    comparable = item.pass_rule is not None or (item.type in CHOICES and not by_chance)
    return None if comparable and template.result is not Result.AGGREGATE else Unjudged.KIND


def _other(side: Side, item: Item) -> bool:
    """Whether the item reads otherwise in this side's version."""
    return all(template.item(item.code) != item for template in side.templates)


def _outcome(item: Item, said: tuple[Said, ...]) -> object:
    if item.pass_rule is None:
        return {one.key: sorted(one.value) if isinstance(one.value, list) else one.value for one in said}
    found = {one.verdict for one in said}
    return next((one for one in (Verdict.FAIL, Verdict.PASS) if one in found), Verdict.NOT_APPLICABLE)
