"""What a template must fulfil beyond its JSON shape, with errors that name the item."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from backend.inspections.catalogue.check_conditions import condition_problems
from backend.inspections.catalogue.check_rules import pass_problems, variant_problems
from backend.inspections.catalogue.faults import CatalogueError, Fault
from backend.inspections.catalogue.problems import Problem
from backend.inspections.rules.checklist import AnswerType, Item, Repeat, Template, TextFormat

MAX_ITEMS = 300
LONGEST_KEY = 16
"""Characters of an answer key as it is stored; a repeated item's key ends in up to five of them (``#9999``)."""


class _Shape(NamedTuple):
    """A field that some types of items need and all others must not have."""

    field: str
    wanted: bool
    zh: str


def check_template(template: Template) -> None:
    """Refuse a template with contradictions, naming all of them at once.

    Raises:
        CatalogueError: one line per contradiction, each beginning with the code of the template or item.
    """
    faults = tuple(contradictions(template))
    if faults:
        raise CatalogueError("\n".join(f"{fault.item or template.code}: {fault.text}" for fault in faults), faults)


def contradictions(template: Template) -> Iterator[Fault]:
    """Everything that contradicts itself, the head first, then item by item."""
    for problem in _template_problems(template):
        yield Fault(None, "", *problem)
    for row, item in enumerate(template.items):
        for check in _ITEM_CHECKS:
            for problem in check(template, item):
                yield Fault(row, item.code, *problem)


def _template_problems(template: Template) -> Iterator[Problem]:
    if not template.items:
        yield Problem("items", "no_items", "has no items", "清单没有条目。")
    if len(template.items) > MAX_ITEMS:
        yield Problem("items", "too_many_items", f"has more than {MAX_ITEMS} items", f"条目不得超过{MAX_ITEMS}条。")
    for code, times in Counter(item.code for item in template.items).items():
        if times > 1:
            yield Problem(
                "items", "item_repeats", f"item code {code} occurs {times} times", f"条目编码{code}重复{times}次。"
            )
    for code, times in Counter(policy.code for policy in template.policies).items():
        if times > 1:
            yield Problem(
                "policies", "policy_repeats", f"policy {code} occurs {times} times", f"政策编码{code}重复{times}次。"
            )


def _code_problems(template: Template, item: Item) -> Iterator[Problem]:
    if not item.code.startswith(template.code + "-"):
        text, zh = f"code does not begin with {template.code}-", f"条目编码须以“{template.code}-”开头。"
        yield Problem("code", "foreign_code", text, zh)
    if item.repeat and len(item.code) + 5 > LONGEST_KEY:
        yield Problem("code", "code_too_long", "code is too long for a repeated item", "重复应答的条目编码过长。")


def _target_problems(template: Template, item: Item) -> Iterator[Problem]:
    if not item.targets:
        yield Problem("targets", "no_targets", "has no targets", "未写明适用对象。")
    for target in item.targets:
        if target not in template.targets:
            text = f"target {target} is not a target of template {template.code}"
            yield Problem("targets", "foreign_target", text, "适用对象超出清单的适用对象。")
    if item.grades and item.grades[0] > item.grades[1]:
        text = f"grades {list(item.grades)} run backwards"
        yield Problem("grades", "grades_backwards", text, "年级范围颠倒。")


def _basis_problems(template: Template, item: Item) -> Iterator[Problem]:
    if not item.basis:
        yield Problem("basis", "no_basis", "has no basis", "未写明依据。")
    for basis in item.basis:
        if template.policy(basis.document) is None:
            text = f"basis {basis.document} is not a known policy document"
            yield Problem("basis", "unknown_policy", text, f"政策库中没有编码为“{basis.document[:20]}”的文件。")


def _shape_problems(_template: Template, item: Item) -> Iterator[Problem]:
    evidence = item.type in (AnswerType.PHOTO, AnswerType.SIGNATURE)
    for field, wanted, zh in (
        _Shape("number", item.type is AnswerType.NUMBER, "单位和取值范围"),
        _Shape("options", item.type in (AnswerType.SINGLE, AnswerType.MULTI), "选项"),
        _Shape("format", item.type is AnswerType.TEXT, "文本格式"),
        _Shape("time", item.format is TextFormat.TIME, "时间范围"),
        _Shape("count", evidence, "份数"),
    ):
        if bool(getattr(item, field)) != wanted:
            text = f"type {item.type} {'needs' if wanted else 'must not have'} {field}"
            yield Problem(field, "needed" if wanted else "not_allowed", text, f"此类条目{_WANTED[wanted]}{zh}。")
    if item.proof and (evidence or item.repeat is Repeat.RESPONDENT):
        yield Problem("proof", "not_allowed", "must not require evidence", "此类条目不能另外要求佐证。")


_WANTED = {True: "须写明", False: "不能有"}


def _range_problems(_template: Template, item: Item) -> Iterator[Problem]:
    if item.number and item.number.minimum > item.number.maximum:
        yield Problem("number", "empty_range", "number range is empty", "最小值大于最大值。")
    if item.time and item.time.earliest > item.time.latest:
        yield Problem("time", "empty_range", "time window is empty", "最早时间晚于最迟时间。")
    if item.count and item.count.minimum > item.count.maximum:
        yield Problem("count", "empty_range", "count range is empty", "最少份数大于最多份数。")
    if len(set(item.options)) != len(item.options):
        yield Problem("options", "options_repeat", "options repeat", "选项有重复。")
    if item.grades_of_option and len(item.grades_of_option) != len(item.options):
        text = "grades_of_option needs one range per option"
        yield Problem("grades_of_option", "grades_of_option", text, "每个选项须各对应一个年级范围。")


def _grading_problems(_template: Template, item: Item) -> Iterator[Problem]:
    if (item.pass_rule is None) != (item.severity is None):
        yield Problem("severity", "pass_without_grade", "pass and severity go together", "合格规则与级别须同时写明。")
    if (item.pass_rule is None) != (item.default_days is None):
        text, zh = "pass and default_days go together", "合格规则与整改天数须同时写明。"
        yield Problem("default_days", "pass_without_grade", text, zh)


def _repeat_problems(template: Template, item: Item) -> Iterator[Problem]:
    if template.anonymous and item.repeat is not Repeat.RESPONDENT:
        text, zh = "an anonymous template repeats every item by respondent", "匿名清单的每个条目都须按受访者重复。"
        yield Problem("repeat", "not_by_respondent", text, zh)


_ITEM_CHECKS: tuple[Callable[[Template, Item], Iterator[Problem]], ...] = (
    _code_problems,
    _target_problems,
    _basis_problems,
    _shape_problems,
    _range_problems,
    _grading_problems,
    _repeat_problems,
    pass_problems,
    variant_problems,
    condition_problems,
)
