"""Reading one cell of an imported table. A cell that looks like a formula is text like any other."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from backend.registry.rules.places import CODE

Reader = Callable[[str], Any]


class BadCell(ValueError):
    """The reason, in Chinese."""


def text(longest: int) -> Reader:
    """Any text of at most `longest` characters without control characters; NUL can be stored by no database."""

    def read(cell: str) -> str:
        if any(unicodedata.category(char) in {"Cc", "Cs"} for char in cell):
            raise BadCell("含有不可见的控制字符。")
        if len(cell) > longest:
            raise BadCell(f"不能超过 {longest} 个字。")
        return cell

    return read


def code(cell: str) -> str:
    if not CODE.fullmatch(cell):
        raise BadCell("编码只能由 1 到 32 个字母、数字、下划线和短横线组成。")
    return cell


def word(words: Mapping[str, str]) -> Reader:
    """One of the Chinese words of a list, as its code."""

    def read(cell: str) -> str:
        if cell not in words:
            raise BadCell(f"不认识“{cell[:20]}”，应为：{'、'.join(words)}。")
        return words[cell]

    return read


def whole(most: int) -> Reader:
    """A whole number from 0 to `most`."""

    def read(cell: str) -> int:
        if re.fullmatch(r"-[0-9]+(\.[0-9]*)?", cell):
            raise BadCell("不能是负数。")
        if not re.fullmatch(r"[0-9]{1,18}(\.0*)?", cell):
            raise BadCell("应为整数。")
        value = int(cell.partition(".")[0])
        if value > most:
            raise BadCell(f"不能大于 {most}。")
        return value

    return read


def degrees(cell: str) -> float:
    try:
        value = float(cell) if re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,15})?", cell) else math.nan
    except ValueError:
        value = math.nan
    if math.isnan(value):
        raise BadCell("应为以度为单位的小数，例如 108.7132。")
    return value
