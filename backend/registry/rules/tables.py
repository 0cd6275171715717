"""Reading a table that somebody saved from a spreadsheet: encoding, rows, header. Faults are told, never raised."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend.registry.rules import workbooks
from backend.registry.rules.faults import Faults

MAX_ROWS = 10_000
ENCODINGS = ("utf-8-sig", "gb18030")
"""With or without BOM; GB 18030 contains GBK and GB 2312."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the header: its number in the spreadsheet, and its trimmed cells by column."""

    number: int
    cells: dict[str, str]


def read_rows(data: bytes, known: Sequence[str], needed: Sequence[str], faults: Faults) -> list[Row]:
    """The rows of a CSV file, or of the first sheet of a workbook (XLSX), whose header must hold `needed` and may hold
    `known`; what is wrong goes to `faults`."""
    lines = workbooks.lines(data, MAX_ROWS + 2, faults) if workbooks.is_workbook(data) else _text_lines(data, faults)
    number, header = next(lines, (1, []))
    if faults.found:  # no table at all
        return []
    header = [cell.strip() for cell in header]
    if not _check_header(number, header, known, needed, faults):
        return []
    rows: list[Row] = []
    for number, cells in lines:
        if len(rows) == MAX_ROWS:
            faults.add(number, "", f"一次最多导入 {MAX_ROWS} 行，请分批导入。")
            break
        if (row := _row(number, header, cells, faults)) is not None:
            rows.append(row)
    return rows


def decode(data: bytes, faults: Faults) -> str | None:
    """The text of a file in UTF-8 or GBK. Otherwise None, with a fault for each line that is neither."""
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        faults.add(1, "", "文件是 UTF-16 编码，请另存为 UTF-8 或 GBK 编码的 CSV。")
        return None
    bad = min((_undecodable(data, encoding) for encoding in ENCODINGS), key=len)
    for number in bad or [1]:
        faults.add(number, "", "此行不是 UTF-8 或 GBK 编码，请检查文件的保存编码。")
    return None


def _undecodable(data: bytes, encoding: str) -> list[int]:
    # No byte of a longer character is a line feed in either encoding, so that lines can be judged one by one.
    bad = []
    for number, line in enumerate(data.split(b"\n"), 1):
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            bad.append(number)
    return bad


FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def _text_lines(data: bytes, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Of a CSV file; the apostrophe that an export puts before what looks like a formula is taken away again."""
    text = decode(data, faults)
    for number, cells in _lines(text, faults) if text is not None else ():
        yield number, [cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA_SIGNS) else cell for cell in cells]


def _lines(text: str, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each line that is not blank."""
    number = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
            if any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error:
        faults.add(number + 1, "", "此行的引号不成对或单元格过长，无法读取。")


def _check_header(number: int, header: list[str], known: Sequence[str], needed: Sequence[str], faults: Faults) -> bool:
    for name in needed:
        if name not in header:
            faults.add(number, name, "缺少此列。")
    for name in header:
        if name not in known:
            faults.add(number, name[:40], "不认识此列。")
        elif header.count(name) > 1:
            faults.add(number, name, "此列重复出现。")
    return not faults.found


def _row(number: int, header: list[str], cells: list[str], faults: Faults) -> Row | None:
    while len(cells) > len(header) and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) != len(header):
        faults.add(number, "", f"此行有 {len(cells)} 列，表头有 {len(header)} 列。")
        return None
    return Row(number, {name: cell.strip() for name, cell in zip(header, cells, strict=True)})
