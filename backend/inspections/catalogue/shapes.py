"""Reads a document field by field, so that one slip does not hide the next: every fault of shape with its place."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from backend.inspections.catalogue.faults import Fault
from backend.inspections.rules.checklist import Item, Template

LONGEST_TEXT = 2000
LONGEST_NAME = 120
LONGEST_OPTION = 200
MOST_OPTIONS = 60
HIGHEST_VERSION = 9999
LARGEST_NUMBER = 2**53 - 1
"""Beyond it canonical JSON, and with it the content hash, is not defined (RFC 8785)."""

_BAD = re.compile("[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML, PostgreSQL or a spreadsheet cannot hold; the line feed they can."""

_REASONS = (
    (re.compile("missing required field"), "missing", "此项必填。"),
    (re.compile("unknown field"), "unknown_field", "没有这个字段。"),
    (re.compile("[Ii]nvalid (enum )?value"), "bad_choice", "不在可选范围内。"),
    (re.compile("matching regex"), "bad_format", "格式不正确。"),
    (re.compile(r"Expected .* (>=|<=) |length"), "out_of_range", "超出允许的范围。"),
)


def shape_faults(document: object) -> Iterator[Fault]:
    """What keeps the document from being a template at all; nothing where it is one, contradictions aside."""
    if not isinstance(document, Mapping):
        yield Fault(None, "", "", "wrong_type", "not an object", "清单内容应为一组字段。")
        return
    head = {name: value for name, value in document.items() if name != "items"}
    yield from _of(Template, head, None, "", without=("items",))
    items = document.get("items")
    if not isinstance(items, list | tuple):
        yield Fault(None, "", "items", "wrong_type", "items is no list", "条目应为列表。")
        return
    for row, item in enumerate(items):
        if isinstance(item, Mapping):
            yield from _of(Item, item, row, str(item.get("code", ""))[:20])
        else:
            yield Fault(row, "", "", "wrong_type", "item is no object", "条目应为一组字段。")


def _of(
    kind: Any, given: Mapping[Any, Any], row: int | None, item: str, without: tuple[str, ...] = ()
) -> Iterator[Fault]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind) if field.encode_name not in without}
    for name in given:
        if name not in fields:
            yield Fault(row, item, str(name)[:40], "unknown_field", f"unknown field {name!r}", "没有这个字段。")
    for name, field in fields.items():
        if name not in given:
            if field.required:
                yield Fault(row, item, name, "missing", f"missing field {name}", "此项必填。")
            continue
        try:
            msgspec.convert(given[name], field.type)
        except msgspec.ValidationError as error:
            yield Fault(row, item, name, *_reason(str(error)))


def _reason(text: str) -> tuple[str, str, str]:
    for pattern, code, message in _REASONS:
        if pattern.search(text):
            return code, text, message
    return "wrong_type", text, "内容类型不正确。"


def plain_faults(template: Template) -> Iterator[Fault]:
    """Texts and numbers that could not be stored, hashed or put into a spreadsheet."""
    if len(template.name) > LONGEST_NAME:
        yield Fault(None, "", "name", "too_long", "name is too long", f"名称不得超过{LONGEST_NAME}字。")
    if template.version > HIGHEST_VERSION:
        yield Fault(None, "", "version", "out_of_range", "version is too high", "版本号过大。")
    for name in ("name", "method"):
        yield from _plain(getattr(template, name), None, "", name)
    for policy in template.policies:
        yield from _plain(msgspec.to_builtins(policy), None, "", "policies")
    for row, item in enumerate(template.items):
        for name, value in msgspec.to_builtins(item).items():
            yield from _plain(value, row, item.code, name)
        if len(item.options) > MOST_OPTIONS or any(len(option) > LONGEST_OPTION for option in item.options):
            zh = f"选项不得超过{MOST_OPTIONS}个，每个不得超过{LONGEST_OPTION}字。"
            yield Fault(row, item.code, "options", "too_long", "too many or too long options", zh)


def _plain(value: Any, row: int | None, item: str, field: str) -> Iterator[Fault]:
    match value:
        case str():
            if _BAD.search(value):
                yield Fault(row, item, field, "bad_characters", "bad characters", "含有无法保存的字符。")
            elif len(value) > LONGEST_TEXT:
                yield Fault(row, item, field, "too_long", "too long", f"不得超过{LONGEST_TEXT}字。")
        case bool():
            return
        case int() | float():
            if not abs(value) <= LARGEST_NUMBER:
                yield Fault(row, item, field, "out_of_range", "number out of range", "数值过大。")
        case list() | dict():
            for one in value.values() if isinstance(value, dict) else value:
                yield from _plain(one, row, item, field)
