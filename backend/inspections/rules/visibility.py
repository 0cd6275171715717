"""Which items of a checklist are shown, and by which rule one is hidden: type of target, grades, or a condition.

What is hidden need not be answered. An answer to it that was given before stays where it is.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from backend.inspections.rules.answer_keys import AnswerKey
from backend.inspections.rules.applicability import applies
from backend.inspections.rules.checklist import (
    AnyOf,
    AtLeast,
    AtMost,
    Condition,
    Equals,
    Item,
    TargetType,
    Template,
    Test,
    TimeAtLeast,
    TimeAtMost,
)

Answers = Mapping[str, Mapping[str, object]]
"""By key; ``value`` is read, anything else ignored."""


class HiddenBy(StrEnum):
    """The rule that keeps an item from being shown."""

    TYPE = "type"
    GRADES = "grades"
    CONDITION = "condition"


def hidden_by(
    template: Template,
    item: Item,
    target_type: TargetType,
    grades: Collection[int] | None = None,
    answers: Answers | None = None,
) -> HiddenBy | None:
    """Why the target is not shown the item; None if it is. Without ``answers`` conditions do not hold yet."""
    if target_type not in item.targets:
        return HiddenBy.TYPE
    if not applies(item, target_type, grades):
        return HiddenBy.GRADES
    if numbers_shown(template, item, answers or {}) == []:
        return HiddenBy.CONDITION
    return None


def shown(template: Template, item: Item, answers: Answers, number: int | None = None) -> bool:
    """Whether all conditions of the item hold; ``number`` is that behind ``#`` where the item repeats."""
    return all(_holds(template, condition, answers, number) for condition in item.show_if)


def numbers_shown(template: Template, item: Item, answers: Answers) -> list[int] | None:
    """For which numbers the item is shown: None where it is shown as a whole, ``[]`` where it is hidden.

    A list with numbers only for an item with a condition on an item that repeats as it does.
    """
    leading = [found for each in item.show_if if (found := template.item(each.item)) and found.repeat]
    if not leading:
        return None if shown(template, item, answers) else []
    numbers = sorted({number for key in answers if (number := _number(key, leading[0].code)) is not None})
    return [number for number in numbers if shown(template, item, answers, number)]


def _number(key: str, code: str) -> int | None:
    own, _, number = key.partition("#")
    return int(number) if own == code and number.isascii() and number.isdigit() and len(number) <= 4 else None


def _holds(template: Template, condition: Condition, answers: Answers, number: int | None) -> bool:
    asked = template.item(condition.item)
    if asked is None or not shown(template, asked, answers, number):
        return False
    key = str(AnswerKey(asked.code, number if asked.repeat else None))
    return _is(condition.test, answers.get(key, {}).get("value"))


def _is(test: Test, value: object) -> bool:
    """Whether a value, possibly none or one of another kind, is what the condition asks for."""
    match test:
        case Equals(value=wanted):
            return value == wanted
        case AtMost(value=limit) | AtLeast(value=limit):
            return _within(value, limit, below=isinstance(test, AtMost))
        case TimeAtMost(value=time):
            return isinstance(value, str) and value <= time
        case TimeAtLeast(value=time):
            return isinstance(value, str) and value >= time
        case AnyOf(options=options):
            return any(one in options for one in (value if isinstance(value, list) else [value]))


def _within(value: object, limit: float, *, below: bool) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return value <= limit if below else value >= limit
