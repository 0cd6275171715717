"""Whether one value may be stored as the answer of one item.

Storing is lenient about what may still grow (one of two photos, an empty remark) and strict about what could never
become right (an option that does not exist, 25:00, 140 %). What is missing for a submission is ``completeness``.
"""

import math
import re
from collections.abc import Callable, Collection

from backend.inspections.rules.answer_keys import check_key, parse_key
from backend.inspections.rules.checklist import AnswerType, Item, TextFormat
from backend.inspections.rules.errors import RuleError

LONGEST_TEXT = 2000
"""Characters (Unicode code points) of a long text or a note (workflow §7)."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_EVIDENCE_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def validate_answer(
    item: Item, key: object, value: object, note: object = "", *, grades: Collection[int] | None = None
) -> None:
    """Refuse an answer the item cannot have; ``value`` and ``note`` are plain JSON values of any kind.

    ``grades`` are the grades of the target, for items repeated by grade.

    Raises:
        RuleError: ``path`` is ``answers.<key>``, ``answers.<key>.value`` or ``answers.<key>.note``.
    """
    parsed = parse_key(key)
    check_key(item, parsed, grades=grades)
    _VALUE_CHECKS[item.type](item, value, f"answers.{key}.value")
    if note != "":
        _check_note(note, f"answers.{key}.note")


def _check_note(note: object, path: str) -> None:
    if not isinstance(note, str):
        raise RuleError(path, "not_text", "备注应为文字。")
    _check_text(note, path, "备注")


def _check_text(text: str, path: str, what: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise RuleError(path, "too_long", f"{what}不得超过{LONGEST_TEXT}字。")
    if _UNSTORABLE.search(text):
        raise RuleError(path, "bad_characters", f"{what}含有无法保存的字符。")


def _yes_no(_item: Item, value: object, path: str) -> None:
    if value not in ("yes", "no"):
        raise RuleError(path, "not_an_option", "请选择“是”或“否”。")


def _yes_no_na(_item: Item, value: object, path: str) -> None:
    if value not in ("yes", "no", "na"):
        raise RuleError(path, "not_an_option", "请选择“是”“否”或“不适用”。")


def _number(item: Item, value: object, path: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RuleError(path, "not_a_number", "请填写数字。")
    if isinstance(value, float) and not math.isfinite(value):
        raise RuleError(path, "not_a_number", "请填写有效的数字。")
    spec = item.number
    if spec is None:
        return
    if not spec.minimum <= value <= spec.maximum:
        raise RuleError(path, "out_of_range", f"数值应在{spec.minimum}至{spec.maximum}{spec.unit}之间。")
    if spec.integer and value != int(value):
        raise RuleError(path, "not_an_integer", f"请填写整数（单位：{spec.unit}）。")


def _single(item: Item, value: object, path: str) -> None:
    if not isinstance(value, str) or value not in item.options:
        raise RuleError(path, "not_an_option", "请从所列选项中选择一项。")


def _multi(item: Item, value: object, path: str) -> None:
    if not isinstance(value, list):
        raise RuleError(path, "not_a_list", "请从所列选项中选择一项或多项。")
    if not value:
        raise RuleError(path, "empty", "请至少选择一项。")
    for option in value:
        _single(item, option, path)
    if len(set(value)) != len(value):
        raise RuleError(path, "repeated", "同一选项不能重复选择。")


def _text(item: Item, value: object, path: str) -> None:
    if not isinstance(value, str):
        raise RuleError(path, "not_text", "请填写文字。")
    if item.format is TextFormat.TIME:
        _time(item, value, path)
    else:
        _check_text(value, path, "文字")


def _time(item: Item, value: str, path: str) -> None:
    if not _TIME.fullmatch(value):
        raise RuleError(path, "not_a_time", "请按24小时制填写时间，例如08:20。")
    if item.time and not item.time.earliest <= value <= item.time.latest:
        raise RuleError(path, "out_of_range", f"时间应在{item.time.earliest}至{item.time.latest}之间。")


def _evidence(item: Item, value: object, path: str) -> None:
    if not isinstance(value, list):
        raise RuleError(path, "not_a_list", "应为佐证编号的列表。")
    for one in value:
        if not isinstance(one, str) or not _EVIDENCE_ID.fullmatch(one):
            raise RuleError(path, "bad_evidence_id", "佐证编号格式不正确。")
    if len(set(value)) != len(value):
        raise RuleError(path, "repeated", "同一佐证不能重复列出。")
    if item.count and len(value) > item.count.maximum:
        what = "签名" if item.type is AnswerType.SIGNATURE else "照片"
        raise RuleError(path, "too_many", f"{what}最多{item.count.maximum}份。")


_VALUE_CHECKS: dict[AnswerType, Callable[[Item, object, str], None]] = {
    AnswerType.YES_NO: _yes_no,
    AnswerType.YES_NO_NA: _yes_no_na,
    AnswerType.NUMBER: _number,
    AnswerType.SINGLE: _single,
    AnswerType.MULTI: _multi,
    AnswerType.TEXT: _text,
    AnswerType.PHOTO: _evidence,
    AnswerType.SIGNATURE: _evidence,
}
