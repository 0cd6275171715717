"""Answer keys: ``ZY-06`` for a single answer, ``ZY-07#4`` where the item repeats (sync protocol, "Documents").

``n`` is the grade (1–9) for items repeated by grade, otherwise a pseudonymous number of a class or respondent (1–9999).
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from backend.inspections.rules.checklist import Item, Repeat
from backend.inspections.rules.errors import RuleError

HIGHEST_NUMBER = 9999
_KEY = re.compile(r"([A-Z][A-Z0-9]{1,7}-[0-9]{2,3})(?:#([1-9][0-9]{0,3}))?")


class AnswerKey(NamedTuple):
    """Item code and, for repeated items, the number behind ``#``."""

    code: str
    number: int | None = None

    def __str__(self) -> str:
        return self.code if self.number is None else f"{self.code}#{self.number}"


def parse_key(key: object) -> AnswerKey:
    """The parts of a key as written in an answer operation.

    Raises:
        RuleError: ``bad_key`` if it is not of the form ``CODE`` or ``CODE#n``.
    """
    parsed = _parsed(key) if isinstance(key, str) else None
    if parsed is None:
        raise RuleError("answers", "bad_key", "应答编号格式不正确，应为“条目编号”或“条目编号#序号”。")
    return parsed


@lru_cache(maxsize=4096)
def _parsed(key: str) -> AnswerKey | None:
    match = _KEY.fullmatch(key)
    return AnswerKey(match[1], int(match[2]) if match[2] else None) if match else None


def check_key(item: Item, key: AnswerKey, *, grades: Iterable[int] | None = None) -> None:
    """Refuse a key that the item cannot have.

    ``grades`` are the grades of the target; without them every grade of the item is allowed.

    Raises:
        RuleError: ``wrong_item``, ``repeat_missing``, ``repeat_not_allowed`` or ``repeat_out_of_range``.
    """
    if key.code != item.code:
        raise _refused(key, "wrong_item", f"应答编号不属于条目{item.code}。")
    if item.repeat is None and key.number is not None:
        raise _refused(key, "repeat_not_allowed", f"条目{item.code}只能有一份应答，不能带“#序号”。")
    if item.repeat is not None and key.number is None:
        raise _refused(key, "repeat_missing", f"条目{item.code}须{_REPEAT_ZH[item.repeat]}分别应答，请带“#序号”。")
    if key.number is not None and key.number not in allowed_numbers(item, grades=grades):
        if item.repeat is Repeat.GRADE:
            raise _refused(key, "repeat_out_of_range", f"被查单位没有条目{item.code}所问的{key.number}年级。")
        raise _refused(key, "repeat_out_of_range", f"条目{item.code}没有序号{key.number}。")


def _refused(key: AnswerKey, code: str, message: str) -> RuleError:
    return RuleError(f"answers.{key}", code, message)


def allowed_numbers(item: Item, *, grades: Iterable[int] | None = None) -> range | tuple[int, ...]:
    """Numbers that may stand behind ``#``; empty for an item that does not repeat."""
    if item.repeat is None:
        return ()
    if item.repeat is not Repeat.GRADE:
        return range(1, HIGHEST_NUMBER + 1)
    first, last = item.grades or (1, 9)
    return tuple(grade for grade in range(first, last + 1) if grades is None or grade in set(grades))


_REPEAT_ZH = {Repeat.CLASS: "按班级", Repeat.GRADE: "按年级", Repeat.RESPONDENT: "按受访者"}
