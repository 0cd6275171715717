"""The answers of a visit as somebody reviews them: by checklist and section, what fails first. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.inspections.rules.answer_keys import parse_key
from backend.inspections.rules.checklist import AnswerType, Item, TargetType, Template
from backend.inspections.rules.errors import RuleError
from backend.inspections.rules.proofs import grade_of
from backend.inspections.rules.verdicts import Verdict, verdict
from backend.inspections.rules.wording import ANSWERS, unit_of

Answers = Mapping[str, Mapping[str, Any]]
"""By key `{value, note}` and, where devices contradict each other, `rivals`."""

FILES = (AnswerType.PHOTO, AnswerType.SIGNATURE)


@dataclass(frozen=True, slots=True)
class Line:
    """One answer. `verdict` None where the value could not be judged; `files`: ids of evidence that it names."""

    key: str
    text: str
    said: str
    note: str
    verdict: Verdict | None
    files: Sequence[str] = ()
    rivals: int = 0

    @property
    def fails(self) -> bool:
        return self.verdict is Verdict.FAIL

    @property
    def open(self) -> bool:
        """Whether a reviewer has to look at it: it fails, cannot be judged, or two phones say different things."""
        return self.fails or self.verdict is None or self.rivals > 0


@dataclass(frozen=True, slots=True)
class Section:
    """A section of one checklist: `shown` what has to be looked at, `others` the rest."""

    title: str
    shown: list[Line]
    others: list[Line]


def sheet(templates: Iterable[Template], answers: Answers, stage: TargetType) -> list[Section]:
    """Every answer, in the order of checklists and items; sections with something to look at come first."""
    found: dict[str, list[Line]] = {}
    left = dict(answers)
    for template in templates:
        by_item = _by_item(template, answers)
        for item in template.items:
            for key in by_item.get(item.code, ()):
                left.pop(key, None)
                title = f"{template.name} · {item.section}"
                found.setdefault(title, []).append(_line(template, item, key, answers, stage))
    if left:
        found["不属于现用清单的应答"] = [Line(key, "", said(None, one["value"]), "", None) for key, one in left.items()]
    sections = [
        Section(title, [one for one in lines if one.open], [one for one in lines if not one.open])
        for title, lines in found.items()
    ]
    return sorted(sections, key=lambda section: not section.shown)


def _by_item(template: Template, answers: Answers) -> dict[str, list[str]]:
    """The keys that were answered, by item, in their numbers' order."""
    found: dict[str, list[tuple[int, str]]] = {}
    for key in answers:
        try:
            code, number = parse_key(key)
        except RuleError:
            continue
        if template.item(code) is not None:
            found.setdefault(code, []).append((number or 0, key))
    return {code: [key for _, key in sorted(keys)] for code, keys in found.items()}


def _line(template: Template, item: Item, key: str, answers: Answers, stage: TargetType) -> Line:
    one = answers[key]
    value = one["value"]
    files = [str(each) for each in value] if item.type in FILES and isinstance(value, list) else []
    judged = _judged(template, item, key, answers, stage)
    return Line(key, item.text, said(item, value), one["note"], judged, files, len(one.get("rivals") or ()))


def _judged(template: Template, item: Item, key: str, answers: Answers, stage: TargetType) -> Verdict | None:
    value = answers[key]["value"]
    if value is None:
        return Verdict.RECORDED
    try:
        return verdict(item, value, stage, grade_of(template, item, answers, parse_key(key)))
    except (TypeError, ValueError):  # of another kind than the item asks for
        return None


def said(item: Item | None, value: Any) -> str:
    """An answer in words."""
    if isinstance(value, list):
        if item is not None and item.type in FILES:
            return f"{len(value)}件"
        return "、".join(str(each) for each in value)
    if isinstance(value, str):
        return ANSWERS.get(value, value)
    if value is None:
        return "未答"
    return f"{value}{unit_of(item) if item is not None else ''}"
