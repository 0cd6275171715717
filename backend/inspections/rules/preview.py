"""A checklist as a phone would show it for one kind of target: what is shown, and which rule hides the rest."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

import backend.inspections.rules.wording as w
from backend.inspections.rules.answer_keys import allowed_numbers
from backend.inspections.rules.checklist import Item, Repeat, TargetType, Template
from backend.inspections.rules.citations import citations
from backend.inspections.rules.completeness import is_mandatory
from backend.inspections.rules.verdicts import rule_for
from backend.inspections.rules.visibility import Answers, HiddenBy, hidden_by, numbers_shown


class PreviewLine(NamedTuple):
    """One item: ``hidden`` is the rule that hides it and ``reason`` that rule in words, empty where it is shown.

    ``numbers`` stand behind ``#``: the grades asked, or the numbers for which a condition holds. ``passes`` says what
    passes here, one sentence per rule that can bind this target.
    """

    item: Item
    hidden: HiddenBy | None
    reason: str
    mandatory: bool
    numbers: tuple[int, ...]
    passes: tuple[str, ...]
    citations: tuple[str, ...]


def preview(
    template: Template, target_type: TargetType, grades: Collection[int] | None, answers: Answers
) -> list[PreviewLine]:
    """Every item of the template in its order; ``answers`` are those assumed to be given already."""
    return [_line(template, item, target_type, grades, answers) for item in template.items]


def _line(
    template: Template, item: Item, target_type: TargetType, grades: Collection[int] | None, answers: Answers
) -> PreviewLine:
    hidden = hidden_by(template, item, target_type, grades, answers)
    return PreviewLine(
        item=item,
        hidden=hidden,
        reason=_reason(template, item, hidden),
        mandatory=hidden is None and is_mandatory(item),
        numbers=() if hidden else tuple(_numbers(template, item, grades, answers)),
        passes=tuple(_passes(item, target_type)),
        citations=citations(template, item),
    )


def _reason(template: Template, item: Item, hidden: HiddenBy | None) -> str:
    match hidden:
        case HiddenBy.TYPE:
            return f"只适用于{'、'.join(w.TARGETS[target] for target in item.targets)}"
        case HiddenBy.GRADES:
            return f"只适用于{w.grades_zh(item.grades)}" if item.grades else ""
        case HiddenBy.CONDITION:
            return f"须{'且'.join(w.condition_zh(template, one) for one in item.show_if)}"
        case None:
            return ""


def _numbers(template: Template, item: Item, grades: Collection[int] | None, answers: Answers) -> list[int]:
    if found := numbers_shown(template, item, answers):
        return found
    return list(allowed_numbers(item, grades=grades)) if item.repeat is Repeat.GRADE else []


def _passes(item: Item, target_type: TargetType) -> Iterator[str]:
    if item.pass_rule is None:
        return
    unit = w.unit_of(item)
    for variant in item.variants:
        if variant.grades and (not variant.targets or target_type in variant.targets):
            yield f"{w.grades_zh(variant.grades)}{w.rule_zh(variant.pass_rule, unit)}"
    yield w.rule_zh(rule_for(item, item.pass_rule, target_type), unit)
