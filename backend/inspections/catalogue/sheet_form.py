"""Templates as spreadsheets (XLSX): a sheet for the head, one for the items, one for the policies, one that explains.

Every cell is text or a number, never a formula: a text that begins like one is marked as text, and a formula in a file
is refused with its cell. Files are read in a bounded window, so that none can claim a million columns.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from backend.inspections.catalogue import sheet_columns as columns
from backend.inspections.catalogue.documents import to_document
from backend.inspections.catalogue.notation import Unreadable
from backend.inspections.catalogue.reading import MAX_FILE, Reading
from backend.inspections.catalogue.sheet_columns import Column
from backend.inspections.rules.checklist import Template

HEAD, ITEMS, POLICIES, GUIDE = "清单", "条目", "政策", "说明"
MOST_ROWS = 400
MOST_COLUMNS = 40
MOST_INFLATED = 16 * 1024 * 1024
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every part of the archive, so that equal templates give equal files."""

STAMP = datetime(1980, 1, 1)  # noqa: DTZ001 - spreadsheets know no zones
CORE = "docProps/core.xml"
_SAVED_AT = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z")
FORMULA_SIGNS = ("=", "+", "-", "@", "\t")


def write_xlsx(template: Template) -> bytes:
    """The template as a workbook; ``read_xlsx`` gives the equal document back."""
    document = to_document(template)
    book = Workbook()
    book.properties.created = STAMP
    head = book.active
    assert isinstance(head, Worksheet)
    head.title = HEAD
    for row, column in enumerate(columns.HEAD, 1):
        _fill(head, row, 1, column.heading, bold=True)
        _fill(head, row, 2, column.cell(document))
    _table(book.create_sheet(ITEMS), columns.ITEMS, document["items"])
    _table(book.create_sheet(POLICIES), columns.POLICIES, document.get("policies", []))
    guide = book.create_sheet(GUIDE)
    for row, line in enumerate(columns.GUIDE, 1):
        _fill(guide, row, 1, line)
    return _saved(book)


def _table(sheet: Worksheet, kinds: Sequence[Column], rows: Sequence[dict[str, Any]]) -> None:
    for number, column in enumerate(kinds, 1):
        _fill(sheet, 1, number, column.heading, bold=True)
        for row, source in enumerate(rows, 2):
            _fill(sheet, row, number, column.cell(source))
    sheet.freeze_panes = "C2"


def _fill(sheet: Worksheet, row: int, number: int, value: str | float | None, *, bold: bool = False) -> None:
    if value is None:
        return
    cell = sheet.cell(row, number)
    assert isinstance(cell, Cell)
    if isinstance(value, float) and float(f"{value:.16g}") != value:
        value = repr(value)  # a spreadsheet's numbers are shorter than ours
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = value.startswith(FORMULA_SIGNS)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.font = Font(bold=bold)


def _saved(book: Workbook) -> bytes:
    """The file, with the same bytes for the same content at any time."""
    raw, out = io.BytesIO(), io.BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = _SAVED_AT.sub(b"1980-01-01T00:00:00Z", source.read(name)) if name == CORE else source.read(name)
            target.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def read_xlsx(data: bytes) -> Reading:
    """The document with the cells of its parts; what cannot be read becomes a fault with its cell."""
    reading = Reading()
    if refusal := _unsafe(data):
        reading.refuse(*refusal)
        return reading
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheets = {name: list(_rows(book[name])) for name in (HEAD, ITEMS, POLICIES) if name in book.sheetnames}
    except Exception:  # noqa: BLE001 - whatever openpyxl makes of a hostile file, it is none of ours
        reading.refuse("bad_xlsx", "文件不是有效的电子表格。")
        return reading
    for name in (HEAD, ITEMS):
        if name not in sheets:
            reading.refuse("sheet_missing", f"缺少工作表“{name}”。")
    if not reading.faults:
        _read_sheets(reading, sheets)
    return reading


def _unsafe(data: bytes) -> tuple[str, str] | None:
    if len(data) > MAX_FILE:
        return "file_too_large", "文件不能超过1 MB。"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_INFLATED:
                return "file_too_large", "文件内容过大。"
            for part in archive.infolist():
                if part.filename.endswith((".xml", ".rels")) and b"<!" in archive.read(part)[:4096].replace(b"\0", b""):
                    return "bad_xlsx", "文件不是有效的电子表格。"
    except Exception:  # noqa: BLE001 - zipfile raises a dozen kinds for a broken archive
        return "bad_xlsx", "文件不是有效的电子表格。"
    return None


def _rows(sheet: Any) -> Iterator[list[Any]]:
    sheet.reset_dimensions()
    for row in sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS):
        yield list(row)


def _read_sheets(reading: Reading, sheets: dict[str, list[list[Any]]]) -> None:
    document: dict[str, Any] = {"items": [], "anonymous": False}
    reading.document = document
    _read_head(reading, document, sheets[HEAD])
    for number, _, cells in _records(reading, ITEMS, sheets[ITEMS], columns.ITEMS):
        item: dict[str, Any] = {"basis": [], "targets": []}
        document["items"].append(item)
        row = len(document["items"]) - 1
        reading.places[row, ""] = f"{ITEMS}!{number}"
        for column, cell, letter in cells:
            _put(reading, column, item, cell, f"{ITEMS}!{letter}{number}", row)
    policies = []
    for number, _, cells in _records(reading, POLICIES, sheets.get(POLICIES, []), columns.POLICIES):
        policy: dict[str, Any] = {}
        policies.append(policy)
        for column, cell, letter in cells:
            _put(reading, column, policy, cell, f"{POLICIES}!{letter}{number}", None, "policies")
    if policies:
        document["policies"] = policies
    if reading.faults:
        reading.document = None


def _read_head(reading: Reading, document: dict[str, Any], rows: list[list[Any]]) -> None:
    known = {column.heading: column for column in columns.HEAD}
    for number, row in enumerate(rows, 1):
        heading = _text_of(row[0]) if row else ""
        if heading and heading in known and len(row) > 1:
            _put(reading, known[heading], document, row[1], f"{HEAD}!B{number}", None)
        elif heading:
            reading.refuse("unknown_heading", f"没有名为“{heading[:20]}”的字段。", f"{HEAD}!A{number}")


Cells = list[tuple[Column, Any, str]]


def _records(
    reading: Reading, sheet: str, rows: list[list[Any]], kinds: Sequence[Column]
) -> Iterator[tuple[int, list[Any], Cells]]:
    """Row number, cells as they are, and the cells with their columns; empty rows are left out."""
    if not rows:
        return
    known = {column.heading: column for column in kinds}
    headings = [_text_of(cell) for cell in rows[0]]
    for place, heading in enumerate(headings, 1):
        if heading and (heading not in known or headings.index(heading) != place - 1):
            reading.refuse(
                "unknown_heading", f"表头“{heading[:20]}”无法识别或重复。", f"{sheet}!{get_column_letter(place)}1"
            )
    if any(_text_of(cell) for row in rows[MOST_ROWS:] for cell in row):
        reading.refuse("too_many_rows", f"不得超过{MOST_ROWS}行。", f"{sheet}!{MOST_ROWS + 1}")
    for number, row in enumerate(rows[1:MOST_ROWS], 2):
        cells = [
            (known[heading], cell, get_column_letter(place))
            for place, (heading, cell) in enumerate(zip(headings, row, strict=False), 1)
            if heading in known
        ]
        if any(_text_of(cell) for _, cell, _ in cells):
            yield number, row, cells


def _put(
    reading: Reading, column: Column, target: dict[str, Any], cell: Any, place: str, row: int | None, field: str = ""
) -> None:
    name = field or column.field
    reading.places.setdefault((row, name), place)
    if getattr(cell, "data_type", "n") in ("f", "e"):
        reading.refuse("formula", "单元格不能是公式或错误值，请填文字。", place, row, name)
        return
    try:
        column.put(target, _text_of(cell))
    except Unreadable as error:
        reading.refuse("unreadable", str(error), place, row, name)


def _text_of(cell: Any) -> str:
    """The cell as text: whole numbers without a decimal point, times of day as ``08:20``."""
    value = getattr(cell, "value", None)
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case float() if value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        case time():
            return f"{value:%H:%M}"
        case _:
            return str(value)
