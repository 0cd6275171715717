"""What a template must fulfil beyond its JSON shape, with errors that name the item."""

from collections import Counter
from collections.abc import Callable, Iterator

from backend.inspections.rules.checklist import (
    AnswerType,
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


class CatalogueError(ValueError):
    """A template or policy list that must not be used; the message names file, item and reason."""


def check_template(template: Template) -> None:
    """Refuse a template with contradictions, naming all of them at once.

    Raises:
        CatalogueError: one line per contradiction, each beginning with the code of the template or item.
    """
    problems = [*_template_problems(template)]
    for item in template.items:
        problems += [f"{item.code}: {problem}" for check in _ITEM_CHECKS for problem in check(template, item)]
    if problems:
        raise CatalogueError("\n".join(problems))


def _template_problems(template: Template) -> Iterator[str]:
    if not template.items:
        yield f"{template.code}: has no items"
    for code, times in Counter(item.code for item in template.items).items():
        if times > 1:
            yield f"{template.code}: item code {code} occurs {times} times"
    for code, times in Counter(policy.code for policy in template.policies).items():
        if times > 1:
            yield f"{template.code}: policy {code} occurs {times} times"


def _code_problems(template: Template, item: Item) -> Iterator[str]:
    if not item.code.startswith(template.code + "-"):
        yield f"code does not begin with {template.code}-"


def _target_problems(template: Template, item: Item) -> Iterator[str]:
    if not item.targets:
        yield "has no targets"
    for target in item.targets:
        if target not in template.targets:
            yield f"target {target} is not a target of template {template.code}"
    if item.grades and item.grades[0] > item.grades[1]:
        yield f"grades {list(item.grades)} run backwards"


def _basis_problems(template: Template, item: Item) -> Iterator[str]:
    if not item.basis:
        yield "has no basis"
    for basis in item.basis:
        if template.policy(basis.document) is None:
            yield f"basis {basis.document} is not a known policy document"


def _shape_problems(_template: Template, item: Item) -> Iterator[str]:
    wants = {
        "number": item.type is AnswerType.NUMBER,
        "options": item.type in (AnswerType.SINGLE, AnswerType.MULTI),
        "format": item.type is AnswerType.TEXT,
        "time": item.format is TextFormat.TIME,
        "count": item.type in (AnswerType.PHOTO, AnswerType.SIGNATURE),
    }
    for field, wanted in wants.items():
        present = bool(getattr(item, field))
        if present != wanted:
            yield f"type {item.type} {'needs' if wanted else 'must not have'} {field}"


def _range_problems(_template: Template, item: Item) -> Iterator[str]:
    if item.number and item.number.minimum > item.number.maximum:
        yield "number range is empty"
    if item.time and item.time.earliest > item.time.latest:
        yield "time window is empty"
    if item.count and item.count.minimum > item.count.maximum:
        yield "count range is empty"
    if len(set(item.options)) != len(item.options):
        yield "options repeat"
    if item.grades_of_option and len(item.grades_of_option) != len(item.options):
        yield "grades_of_option needs one range per option"


def _grading_problems(_template: Template, item: Item) -> Iterator[str]:
    if (item.pass_rule is None) != (item.severity is None):
        yield "pass and severity go together"
    if (item.pass_rule is None) != (item.default_days is None):
        yield "pass and default_days go together"


def _repeat_problems(template: Template, item: Item) -> Iterator[str]:
    if template.anonymous and item.repeat is not Repeat.RESPONDENT:
        yield "an anonymous template repeats every item by respondent"


def _pass_problems(_template: Template, item: Item) -> Iterator[str]:
    rule = item.pass_rule
    if rule is None:
        return
    if not _fits(item, rule):
        yield f"pass rule {type(rule).__struct_config__.tag!r} does not fit type {item.type}"
        return
    yield from _pass_value_problems(item, rule)


def _fits(item: Item, rule: object) -> bool:
    match rule:
        case Equals():
            return item.type in (AnswerType.YES_NO, AnswerType.YES_NO_NA)
        case AtMost() | AtLeast():
            return item.type is AnswerType.NUMBER
        case TimeAtMost() | TimeAtLeast():
            return item.format is TextFormat.TIME
        case OneOf():
            return item.type in (AnswerType.SINGLE, AnswerType.MULTI)
        case _:
            return item.type is AnswerType.SINGLE


def _pass_value_problems(item: Item, rule: object) -> Iterator[str]:
    match rule:
        case Equals(value=value) if value not in ("yes", "no"):
            yield f"pass value {value!r} is neither yes nor no"
        case OneOf(options=options):
            yield from _unknown_options(item, options)
        case ByStage(primary=primary, junior=junior):
            yield from _unknown_options(item, (primary, junior))
        case AtMost(value=value) | AtLeast(value=value):
            if item.number and not item.number.minimum <= value <= item.number.maximum:
                yield f"pass value {value} lies outside the number range"
        case TimeAtMost(value=value) | TimeAtLeast(value=value):
            if item.time and not item.time.earliest <= value <= item.time.latest:
                yield f"pass value {value} lies outside the time window"


def _unknown_options(item: Item, options: tuple[str, ...]) -> Iterator[str]:
    if not options:
        yield "pass rule allows no option"
    for option in options:
        if option not in item.options:
            yield f"pass option {option!r} is not an option of the item"


_ITEM_CHECKS: tuple[Callable[[Template, Item], Iterator[str]], ...] = (
    _code_problems,
    _target_problems,
    _basis_problems,
    _shape_problems,
    _range_problems,
    _grading_problems,
    _repeat_problems,
    _pass_problems,
)
