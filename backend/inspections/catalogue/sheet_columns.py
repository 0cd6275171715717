"""The columns of a template's spreadsheet: heading, place in the JSON form, and how a value stands in a cell."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backend.inspections.catalogue import notation as n
from backend.inspections.rules import wording as w

Json = dict[str, Any]
YES = "是"


@dataclass(frozen=True, slots=True)
class Column:
    """``path`` is one field, or a field and one within it. ``read`` raises ``Unreadable``."""

    heading: str
    path: tuple[str, ...]
    write: Callable[[Any], str | float]
    read: Callable[[str], Any]

    @property
    def field(self) -> str:
        """The field that faults are told of."""
        return self.path[0]

    def cell(self, source: Json) -> str | float | None:
        """What stands in the cell; None where the field is absent."""
        value: Any = source
        for name in self.path:
            value = (value or {}).get(name)
        return None if value is None or value == [] or value is False else self.write(value)

    def put(self, target: Json, text: str) -> None:
        """Read the cell's text into the document; empty cells say nothing."""
        if not text:
            return
        value = self.read(text)
        for name in self.path[:-1]:
            target = target.setdefault(name, {})
        if value is not False:
            target[self.path[-1]] = value


def _text(heading: str, *path: str) -> Column:
    return Column(heading, path, str, str)


def _choice(heading: str, words: w.Words, *path: str) -> Column:
    return Column(heading, path, lambda value: words[value], lambda text: n.read_word(text.strip(), words))


def _choices(heading: str, words: w.Words, *path: str) -> Column:
    return Column(heading, path, lambda value: n.write_words(value, words), lambda text: n.read_words(text, words))


def _number(heading: str, *path: str) -> Column:
    return Column(heading, path, lambda value: value, n.read_number)


def _truth(heading: str, *path: str) -> Column:
    return Column(heading, path, lambda _: YES, _read_truth)


def _parts(heading: str, write: Callable[[Any], str], read: Callable[[str], Any], *path: str) -> Column:
    return Column(heading, path, lambda value: n.write_parts(value, write), lambda text: n.read_parts(text, read))


def _read_truth(text: str) -> bool:
    if text.strip() in (YES, "true", "TRUE", "1"):
        return True
    if text.strip() in ("否", "false", "FALSE", "0"):
        return False
    raise n.Unreadable("应填“是”或“否”。")


def _always_truth(heading: str, *path: str) -> Column:
    return Column(heading, path, lambda value: YES if value else "否", _read_truth)


HEAD = (
    _text("编码", "code"),
    _number("版本", "version"),
    _text("名称", "name"),
    _text("方式", "method"),
    _choices("适用对象", w.TARGETS, "targets"),
    _truth("匿名", "anonymous"),
    _choice("结果用途", w.RESULTS, "result"),
)

ITEMS = (
    _text("编码", "code"),
    _text("栏目", "section"),
    _text("内容", "text"),
    _choice("类型", w.TYPES, "type"),
    _choices("适用对象", w.TARGETS, "targets"),
    Column("年级", ("grades",), n.write_grades, n.read_grades),
    _choice("重复应答", w.REPEATS, "repeat"),
    _text("单位", "number", "unit"),
    _number("最小值", "number", "minimum"),
    _number("最大值", "number", "maximum"),
    _truth("整数", "number", "integer"),
    Column("选项", ("options",), n.write_list, n.read_list),
    _parts("选项对应年级", n.write_grades, n.read_grades, "grades_of_option"),
    _choice("文字格式", w.FORMATS, "format"),
    _text("最早", "time", "earliest"),
    _text("最迟", "time", "latest"),
    _number("最少份数", "count", "minimum"),
    _number("最多份数", "count", "maximum"),
    Column("合格规则", ("pass",), n.write_rule, n.read_rule),
    _parts("分段规则", n.write_variant, n.read_variant, "variants"),
    _choice("级别", w.SEVERITIES, "severity"),
    _number("整改天数", "default_days"),
    _choices("佐证方式", w.EVIDENCE, "evidence"),
    Column("必需佐证", ("proof",), n.write_proof, n.read_proof),
    _parts("依据", n.write_basis, n.read_basis, "basis"),
    _truth("可不填", "optional"),
    _truth("可拒签", "refusable"),
    _parts("显示条件", n.write_condition, n.read_condition, "show_if"),
)

POLICIES = (
    _text("编码", "code"),
    _text("名称", "name"),
    _text("文号", "number"),
    _text("印发时间", "issued"),
    _text("备注", "remark"),
    _choice("可信度", w.CONFIDENCES, "confidence"),
    _text("说明", "note"),
    _truth("待核", "needs_review"),
)

GUIDE = (
    "本文件由督导平台导出，修改后可再导入，成为新版本的草稿；启用中的版本不会被改动。",
    "不要更改工作表名称和表头。单元格一律填文字，不要填公式。",
    "多项之间换行或用“；”隔开，一项之内用“｜”隔开；内容本身含有这些符号的，在前面加“\\”。",
    "合格规则：等于｜是　不超过｜60　不少于｜2　不晚于｜20:30　不早于｜08:20　限选｜甲｜乙　小学初中上限｜甲｜乙",
    "分段规则：适用对象｜年级｜规则，例如“小学｜1至2年级｜不超过｜0”；按顺序取第一条符合的，都不符合的用合格规则。",
    "显示条件：前面条目的编码｜规则，例如“ZY-01｜等于｜否”；多项须同时成立。选项的条件写“选有｜甲｜乙”。",
    "必需佐证：不合格时｜照片｜1，或每次应答｜材料｜1。",
    "依据：政策编码｜条款。政策编码取自政策库；库中没有的，先在“政策”表中补充。",
)
