"""Tables as files, row by row: CSV and XLSX whose memory does not grow with their length.

Both open rightly in spreadsheets, and no cell is ever calculated: in a CSV a text that begins like a formula gets an
apostrophe, in an XLSX texts are typed as texts and marked so that editing one does not turn it into a formula.
"""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

from backend.core import clock

BOM = "\ufeff"
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

PIECE = 64 * 1024
"""About how many bytes are handed on at once."""

SHEET_ROWS = 1_048_576
"""Rows of one sheet that spreadsheets can open (ECMA-376 gives no limit, the programs do)."""

CELL_LENGTH = 32_767

Cell = str | int | float | dt.date | None


def csv_pieces(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """A CSV file in UTF-8 with BOM."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write(BOM)
    writer.writerow(headings)
    for row in rows:
        writer.writerow([_csv_cell(value) for value in row])
        if out.tell() >= PIECE:
            yield _taken(out)
    yield _taken(out)


def _taken(out: io.StringIO) -> bytes:
    piece = out.getvalue().encode()
    out.seek(0)
    out.truncate()
    return piece


def _csv_cell(value: Cell) -> object:
    if isinstance(value, str) and value.startswith(FORMULA_SIGNS):
        return f"'{value}"
    return "" if value is None else value


def xlsx_pieces(
    title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, widths: Sequence[float] = ()
) -> Iterator[bytes]:
    """A workbook; what does not fit into one sheet goes on in the next. `widths`: of the columns, in characters."""
    out = _Pipe()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as book:
        sheets = 0
        lines, head = iter(rows), _row(headings, style=HEADING)
        more = next(lines, None)
        while more is not None or not sheets:
            sheets += 1
            with book.open(_member(f"xl/worksheets/sheet{sheets}.xml"), "w", force_zip64=True) as sheet:
                sheet.write((SHEET_HEAD + _columns(widths) + "<sheetData>" + head).encode())
                for _ in range(SHEET_ROWS - 1):
                    if more is None:
                        break
                    sheet.write(_row(more).encode("utf-8", "replace"))
                    more = next(lines, None)
                    if out.waiting >= PIECE:
                        yield out.take()
                sheet.write(SHEET_TAIL.encode())
        for name, text in _frame(title, sheets):
            book.writestr(_member(name), text)
    yield out.take()


class _Pipe(io.RawIOBase):
    """What the zip writes, until it is taken; it cannot be sought in, so that nothing written is needed again."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.waiting = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        self.waiting += len(data)
        return len(data)

    def take(self) -> bytes:
        piece, self._parts, self.waiting = b"".join(self._parts), [], 0
        return piece


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, clock.now().astimezone(clock.CHINA).timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


HEADING, TEXT, QUOTED, DATE = 1, 2, 3, 4
"""Numbers of the cell formats in `STYLES`."""

ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold."""

EPOCH = dt.date(1899, 12, 30)


def _row(values: Sequence[Cell], style: int = 0) -> str:
    return f"<row>{''.join([_cell(value, style) for value in values])}</row>"


def _cell(value: Cell, style: int) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, str):
        if not value.isprintable():
            value = ILLEGAL.sub("", value)
        style = style or (QUOTED if value.startswith(FORMULA_SIGNS) else TEXT)
        return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{escape(value[:CELL_LENGTH])}</t></is></c>'
    if isinstance(value, dt.date):
        return f'<c s="{DATE}"><v>{(value - EPOCH).days}</v></c>'
    return f"<c><v>{value}</v></c>"


def _columns(widths: Sequence[float]) -> str:
    each = (f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>' for at, width in enumerate(widths, 1))
    return f"<cols>{''.join(each)}</cols>" if widths else ""


XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PARTS = "application/vnd.openxmlformats-officedocument.spreadsheetml"

SHEET_HEAD = (
    f'{XML}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
)
SHEET_TAIL = "</sheetData></worksheet>"
STYLES = (
    f'{XML}<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="宋体"/></font><font><b/><sz val="11"/><name val="宋体"/></font>'
    '</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/>'
    '</fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5"><xf xfId="0"/>'
    '<xf xfId="0" fontId="1" applyFont="1"/>'
    '<xf xfId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
    '<xf xfId="0" quotePrefix="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
    '<xf xfId="0" numFmtId="164" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def _frame(title: str, sheets: int) -> Iterator[tuple[str, str]]:
    """The parts that say what the sheets are; they may come after them."""
    names = [title if at == 1 else f"{title}{at}" for at in range(1, sheets + 1)]
    listed = (f'<sheet name="{escape(name)}" sheetId="{at}" r:id="r{at}"/>' for at, name in enumerate(names, 1))
    yield (
        "xl/workbook.xml",
        (f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{"".join(listed)}</sheets></workbook>'),
    )
    links = [_link(f"r{at}", "worksheet", f"worksheets/sheet{at}.xml") for at in range(1, sheets + 1)]
    yield "xl/_rels/workbook.xml.rels", _links([*links, _link("s", "styles", "styles.xml")])
    yield "xl/styles.xml", STYLES
    yield "_rels/.rels", _links([_link("b", "officeDocument", "xl/workbook.xml")])
    parts = {"workbook": "sheet.main", "styles": "styles"} | {
        f"worksheets/sheet{at}": "worksheet" for at in range(1, sheets + 1)
    }
    kinds = (f'<Override PartName="/xl/{name}.xml" ContentType="{PARTS}.{kind}+xml"/>' for name, kind in parts.items())
    yield (
        "[Content_Types].xml",
        (
            f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f"{''.join(kinds)}</Types>"
        ),
    )


def _link(id: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{id}" Type="{RELATIONS}/{kind}" Target="{target}"/>'


def _links(each: Sequence[str]) -> str:
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{"".join(each)}</Relationships>'
