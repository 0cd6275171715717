"""What changed between two versions of a template: for programs, and as sentences for people."""

from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from typing import Any, NamedTuple

import msgspec

import backend.inspections.rules.wording as w
from backend.inspections.rules.checklist import Item, Template


class Difference(NamedTuple):
    """``kind`` is added, removed, changed or moved; ``item`` empty for the head; values in the JSON form, None where
    a field is absent. ``moved`` has the places (from 1) as values."""

    kind: str
    item: str
    field: str
    before: Any
    after: Any
    sentence: str


HEAD = ("name", "method", "targets", "anonymous", "result")


def differences(before: Template, after: Template) -> list[Difference]:
    """Everything that differs apart from the version: the head first, then the items in their new order, then those
    that are gone. Equal templates differ in nothing."""
    old = {item.code: item for item in before.items}
    new = {item.code: item for item in after.items}
    found = [*_head(before, after)]
    for item in after.items:
        if item.code in old:
            found += _changed(before, after, old[item.code], item)
        else:
            sentence = f"新增条目{item.code}：{item.text}"
            found.append(Difference("added", item.code, "", None, msgspec.to_builtins(item), sentence))
    for item in before.items:
        if item.code not in new:
            sentence = f"删除条目{item.code}：{item.text}"
            found.append(Difference("removed", item.code, "", msgspec.to_builtins(item), None, sentence))
    return [*found, *_moved(before, after)]


def _head(before: Template, after: Template) -> Iterator[Difference]:
    old, new = msgspec.to_builtins(before), msgspec.to_builtins(after)
    for name in HEAD:
        if old.get(name) != new.get(name):
            was, now = (_head_zh(template, name) for template in (before, after))
            sentence = f"修改清单的{w.FIELDS[name]}：由“{was}”改为“{now}”"
            yield Difference("changed", "", name, old.get(name), new.get(name), sentence)
    yield from _policies(before, after)


def _policies(before: Template, after: Template) -> Iterator[Difference]:
    for old in before.policies:
        if after.policy(old.code) is None:
            was, sentence = msgspec.to_builtins(old), f"删除政策文件{old.code}：{old.name}"
            yield Difference("removed", "", "policies", was, None, sentence)
    for new in after.policies:
        known, now = before.policy(new.code), msgspec.to_builtins(new)
        if known is None:
            yield Difference("added", "", "policies", None, now, f"新增政策文件{new.code}：{new.name}")
        elif known != new:
            sentence = f"修改政策文件{new.code}：{new.name}"
            yield Difference("changed", "", "policies", msgspec.to_builtins(known), now, sentence)


def _head_zh(template: Template, name: str) -> str:
    match name:
        case "targets":
            return "、".join(w.TARGETS[target] for target in template.targets)
        case "anonymous":
            return "是" if template.anonymous else "否"
        case "result":
            return w.RESULTS[template.result]
        case _:
            return str(getattr(template, name))


def _changed(before: Template, after: Template, old: Item, new: Item) -> Iterator[Difference]:
    was, now = msgspec.to_builtins(old), msgspec.to_builtins(new)
    for name in FIELDS:
        if was.get(name) != now.get(name):
            words = [FIELDS[name](template, item) for template, item in ((before, old), (after, new))]
            yield Difference("changed", new.code, name, was.get(name), now.get(name), _sentence(new.code, name, *words))


def _sentence(code: str, field: str, was: str, now: str) -> str:
    what = f"条目{code}的{w.FIELDS[field]}"
    if not was:
        return f"新增{what}：“{now}”"
    if not now:
        return f"删除{what}：“{was}”"
    return f"修改{what}：由“{was}”改为“{now}”"


def _moved(before: Template, after: Template) -> Iterator[Difference]:
    """Items that both versions have and that left the order in which the others stand."""
    common = {item.code for item in before.items} & {item.code for item in after.items}
    old = [item.code for item in before.items if item.code in common]
    new = [item.code for item in after.items if item.code in common]
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    stayed = {code for block in blocks for code in new[block.b : block.b + block.size]}
    for place, code in enumerate(new, 1):
        if code not in stayed:
            earlier = old.index(code) + 1
            sentence = f"修改条目{code}的顺序：由第{earlier}位改为第{place}位"
            yield Difference("moved", code, "", earlier, place, sentence)


def _range(item: Item) -> str:
    number = item.number
    return f"{number.minimum}至{number.maximum}{number.unit}{'（整数）' if number.integer else ''}" if number else ""


def _basis(template: Template, item: Item) -> str:
    named = ((template.policy(basis.document), basis) for basis in item.basis)
    return "、".join(f"{policy.name if policy else basis.document}{basis.article}" for policy, basis in named)


FIELDS: dict[str, Callable[[Template, Item], str]] = {
    "section": lambda _, item: item.section,
    "text": lambda _, item: item.text,
    "type": lambda _, item: w.TYPES[item.type],
    "targets": lambda _, item: "、".join(w.TARGETS[target] for target in item.targets),
    "grades": lambda _, item: w.grades_zh(item.grades) if item.grades else "",
    "repeat": lambda _, item: w.REPEATS[item.repeat] if item.repeat else "",
    "number": lambda _, item: _range(item),
    "options": lambda _, item: "、".join(item.options),
    "grades_of_option": lambda _, item: "、".join(w.grades_zh(grades) for grades in item.grades_of_option),
    "format": lambda _, item: w.FORMATS[item.format] if item.format else "",
    "time": lambda _, item: f"{item.time.earliest}至{item.time.latest}" if item.time else "",
    "count": lambda _, item: f"{item.count.minimum}至{item.count.maximum}份" if item.count else "",
    "pass": lambda _, item: w.rule_zh(item.pass_rule, w.unit_of(item)) if item.pass_rule else "",
    "severity": lambda _, item: w.SEVERITIES[item.severity] if item.severity else "",
    "default_days": lambda _, item: f"{item.default_days}日" if item.default_days else "",
    "evidence": lambda _, item: "、".join(w.EVIDENCE[kind] for kind in item.evidence),
    "basis": _basis,
    "optional": lambda _, item: "是" if item.optional else "否",
    "refusable": lambda _, item: "是" if item.refusable else "否",
    "variants": lambda _, item: "；".join(w.variant_zh(item, variant) for variant in item.variants),
    "show_if": lambda template, item: "；".join(w.condition_zh(template, one) for one in item.show_if),
    "proof": lambda _, item: w.proof_zh(item.proof) if item.proof else "",
}
"""Every field of an item but its code, in words; empty where it is absent."""
