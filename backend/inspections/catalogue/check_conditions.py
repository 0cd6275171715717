"""Whether conditions ("show if") can ever hold, and end: they look back only, so that none depends on itself."""

from collections.abc import Iterator

from backend.inspections.catalogue.check_rules import rule_problems
from backend.inspections.catalogue.problems import Problem
from backend.inspections.rules.checklist import AnswerType, Condition, Item, Template


def condition_problems(template: Template, item: Item) -> Iterator[Problem]:
    """All conditions of one item."""
    for condition in item.show_if:
        asked = _earlier(template, item, condition)
        if asked is None:
            text = f"condition on {condition.item}, which is no earlier item"
            yield Problem("show_if", "no_earlier_item", text, f"显示条件中的{condition.item}须是排在前面的条目。")
        else:
            yield from _problems_with(item, asked, condition)


def _earlier(template: Template, item: Item, condition: Condition) -> Item | None:
    for one in template.items:
        if one.code == item.code:
            return None
        if one.code == condition.item:
            return one
    return None


def _problems_with(item: Item, asked: Item, condition: Condition) -> Iterator[Problem]:
    if asked.repeat and asked.repeat is not item.repeat:
        text = f"condition on {asked.code}, which repeats otherwise"
        yield Problem("show_if", "repeats_otherwise", text, f"显示条件中的{asked.code}与本条目的重复方式不同。")
    if any(target not in asked.targets for target in item.targets):
        text = f"condition on {asked.code}, which some targets are never asked"
        yield Problem("show_if", "never_asked", text, f"部分适用对象不填写{asked.code}，条件无法成立。")
    words = ("yes", "no", "na") if asked.type is AnswerType.YES_NO_NA else ("yes", "no")
    yield from rule_problems(asked, condition.test, "show_if", words)
