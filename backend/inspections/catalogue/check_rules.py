"""Whether pass rules and their variants fit the item they judge."""

from collections.abc import Iterator

from backend.inspections.catalogue.problems import Problem
from backend.inspections.rules.checklist import (
    AnswerType,
    AnyOf,
    AtLeast,
    AtMost,
    ByStage,
    Equals,
    Item,
    OneOf,
    Repeat,
    Template,
    TextFormat,
    TimeAtLeast,
    TimeAtMost,
)

OUT_OF_RANGE = "规则的数值超出条目的取值范围。"


def pass_problems(_template: Template, item: Item) -> Iterator[Problem]:
    """The item's own pass rule."""
    if item.pass_rule is not None:
        yield from rule_problems(item, item.pass_rule, "pass", ("yes", "no"))


def variant_problems(_template: Template, item: Item) -> Iterator[Problem]:
    """Its rules by stage and grade, which need a usual one beside them."""
    if item.variants and item.pass_rule is None:
        yield Problem("variants", "no_usual_rule", "variants need a pass rule", "分段规则须另有通用的合格规则。")
    for variant in item.variants:
        yield from rule_problems(item, variant.pass_rule, "variants", ("yes", "no"))
        if any(target not in item.targets for target in variant.targets):
            text, zh = "variant names a target that the item has not", "分段规则的适用对象超出条目的适用对象。"
            yield Problem("variants", "foreign_target", text, zh)
        if variant.grades is None and not variant.targets:
            yield Problem("variants", "always_fits", "variant fits everything", "分段规则须写明适用对象或年级。")
        elif variant.grades and variant.grades[0] > variant.grades[1]:
            yield Problem("variants", "grades_backwards", "grades of a variant run backwards", "年级范围颠倒。")
        elif variant.grades and item.repeat not in (Repeat.GRADE, Repeat.RESPONDENT):
            text, zh = "a variant by grade needs an item by grade", "按年级的规则只用于按年级或按受访者应答的条目。"
            yield Problem("variants", "grade_unknown", text, zh)


def rule_problems(item: Item, rule: object, field: str, words: tuple[str, ...]) -> Iterator[Problem]:
    """Whether a rule or condition can be asked of the item's answers; ``words`` are the answers to yes or no."""
    if not _fits(item, rule):
        tag = type(rule).__struct_config__.tag  # type: ignore[attr-defined]
        text = f"pass rule {tag!r} does not fit type {item.type}"
        yield Problem(field, "rule_does_not_fit", text, f"规则“{tag}”不适用于此类条目。")
        return
    match rule:
        case Equals(value=value) if value not in words:
            text = f"pass value {value!r} is neither yes nor no"
            yield Problem(field, "not_yes_or_no", text, "“是/否”类条目的规则只能是“是”或“否”。")
        case OneOf(options=options) | AnyOf(options=options):
            yield from _unknown_options(item, options, field)
        case ByStage(primary=primary, junior=junior):
            yield from _unknown_options(item, (primary, junior), field)
        case AtMost(value=value) | AtLeast(value=value):
            if item.number and not item.number.minimum <= value <= item.number.maximum:
                yield Problem(field, "out_of_range", f"pass value {value} lies outside the number range", OUT_OF_RANGE)
        case TimeAtMost(value=value) | TimeAtLeast(value=value):
            if item.time and not item.time.earliest <= value <= item.time.latest:
                yield Problem(field, "out_of_range", f"pass value {value} lies outside the time window", OUT_OF_RANGE)


def _fits(item: Item, rule: object) -> bool:
    match rule:
        case Equals():
            return item.type in (AnswerType.YES_NO, AnswerType.YES_NO_NA)
        case AtMost() | AtLeast():
            return item.type is AnswerType.NUMBER
        case TimeAtMost() | TimeAtLeast():
            return item.format is TextFormat.TIME
        case OneOf() | AnyOf():
            return item.type in (AnswerType.SINGLE, AnswerType.MULTI)
        case _:
            return item.type is AnswerType.SINGLE


def _unknown_options(item: Item, options: tuple[str, ...], field: str) -> Iterator[Problem]:
    if not options:
        yield Problem(field, "no_option", "pass rule allows no option", "规则中没有选项。")
    for option in options:
        if option not in item.options:
            text = f"pass option {option!r} is not an option of the item"
            yield Problem(field, "unknown_option", text, f"规则中的“{option[:20]}”不是此条目的选项。")
