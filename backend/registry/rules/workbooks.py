"""Reading a table out of a workbook (XLSX) as lines of text, in a bounded window. Faults are told, never raised.

A formula is refused with its cell: what it would come to depends on whoever opens the file. A text that merely looks
like a formula is text.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from typing import Any

from backend.registry.rules.faults import Faults

MAX_COLUMNS = 40
MAX_INFLATED = 64 * 1024 * 1024
"""Bytes of all parts together: 10,000 schools take about 12 MB."""

ARCHIVE = b"PK\x03\x04"
FORMULA = "f"
NOT_ONE = "文件不是有效的 XLSX 电子表格。"


def is_workbook(data: bytes) -> bool:
    """Whether the bytes begin as a workbook does."""
    return data.startswith(ARCHIVE)


def lines(data: bytes, most: int, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each line of the first sheet that is not blank, up to `most` lines; as many cells as the
    first line has, or more where there is something in them."""
    if not _sound(data):
        faults.add(1, "", NOT_ONE)
        return
    from openpyxl import load_workbook  # slow to load, and seldom needed

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheet: Any = book.worksheets[0]
        sheet.reset_dimensions()
        width = 0
        for number, row in enumerate(sheet.iter_rows(max_row=most, max_col=MAX_COLUMNS), 1):
            cells = [_text(cell, faults, number) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                width = width or len(cells)
                yield number, cells + [""] * (width - len(cells))
    except Exception:  # noqa: BLE001 - whatever openpyxl makes of a hostile file, it is none of ours
        faults.add(1, "", NOT_ONE)


def _sound(data: bytes) -> bool:
    """Whether it can be opened without harm: not too much inside, and no part with entities of its own."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_INFLATED:
                return False
            for part in archive.infolist():
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as opened:
                        if b"<!" in opened.read(4096).replace(b"\0", b""):
                            return False
    except Exception:  # noqa: BLE001 - zipfile raises a dozen kinds for a broken archive
        return False
    return True


def _text(cell: Any, faults: Faults, number: int) -> str:
    value = cell.value
    if cell.data_type == FORMULA:
        faults.add(number, f"第 {cell.column} 列", "单元格是公式，请改为数值或文字后重新导入。")
        return ""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer():
            return str(int(value))
        case dt.datetime() | dt.date():
            return value.isoformat()[:10]
    return str(value).strip()
