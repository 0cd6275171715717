"""The tables that can be imported: their columns, and what each row must fulfil.

Headers are those of the county's lists; Chinese words become the codes of the models (glossary: stage).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from backend.registry.rules.cells import BadCell, Reader, code, degrees, text, whole, word
from backend.registry.rules.faults import Faults
from backend.registry.rules.places import in_china
from backend.registry.rules.tables import Row, read_rows

STAGES = {
    "小学": "primary",
    "初中": "junior",
    "九年一贯制": "nine_year",
    "完全中学初中部": "complete_junior",
    "特殊教育学校": "special",
}
CLASSES = {"学科类": "subject", "非学科类": "non_subject", "无证点": "unlicensed"}
ACTIVE_STATUSES = ("正常", "已营改非", "学转非办理中", "停业整改")
CLOSED_STATUSES = ("已压减", "已关停", "已注销", "已停办")
"""Institutions with these are no longer visited."""

STATUSES = {status: status for status in ACTIVE_STATUSES + CLOSED_STATUSES}
MOST_PEOPLE = 100_000
MOST_YUAN = 10**12


@dataclass(frozen=True, slots=True)
class Column:
    """`name` in the header, `field` of the target. `needed`: the column and every cell of it must be there.

    `blank` is what an empty cell says. A column that may be missing and is missing leaves the field alone.
    """

    name: str
    field: str
    read: Reader
    needed: bool = False
    blank: Any = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of table; `target_kind` is the kind of target that its rows become."""

    target_kind: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """One readable row: its number, and the values by field. Districts, stations and teams are still words."""

    number: int
    values: dict[str, Any]


PLACE = (Column("lng", "longitude", degrees), Column("lat", "latitude", degrees))

SCHOOLS = Sheet(
    "school",
    (
        Column("code", "code", code, needed=True),
        Column("name", "name", text(120), needed=True),
        Column("stage", "stage", word(STAGES), needed=True),
        Column("kind", "category", text(40), blank=""),
        Column("district", "district", text(80), needed=True),
        Column("area_station", "station", text(80)),
        Column("team", "team", text(32)),
        Column("students", "students", whole(MOST_PEOPLE)),
        Column("participants", "participants", whole(MOST_PEOPLE)),
        Column("classes", "classes", whole(1000)),
        *PLACE,
    ),
)

INSTITUTIONS = Sheet(
    "institution",
    (
        Column("code", "code", code, needed=True),
        Column("name", "name", text(120), needed=True),
        Column("class", "institution_class", word(CLASSES), needed=True),
        Column("subject", "category", text(40), blank=""),
        Column("status", "status", word(STATUSES), blank="正常"),
        Column("district", "district", text(80), needed=True),
        Column("team", "team", text(32)),
        Column("unconsumed_prepaid_yuan", "unconsumed_prepaid", whole(MOST_YUAN)),
        Column("minimum_balance_yuan", "minimum_balance", whole(MOST_YUAN)),
        Column("escrow_balance_yuan", "escrow_balance", whole(MOST_YUAN)),
        *PLACE,
    ),
)

SHEETS = {"schools": SCHOOLS, "institutions": INSTITUTIONS}


def read_sheet(sheet: Sheet, data: bytes, faults: Faults) -> tuple[int, list[Record]]:
    """How many rows a file holds, and those of them without a fault of their own."""
    rows = read_rows(
        data, [column.name for column in sheet.columns], [c.name for c in sheet.columns if c.needed], faults
    )
    seen: dict[str, int] = {}
    return len(rows), [record for row in rows if (record := _record(sheet, row, seen, faults)) is not None]


def _record(sheet: Sheet, row: Row, seen: dict[str, int], faults: Faults) -> Record | None:
    values: dict[str, Any] = {}
    sound = True
    for column in sheet.columns:
        if column.name in row.cells:
            try:
                values[column.field] = _value(column, row.cells[column.name])
            except BadCell as fault:
                faults.add(row.number, column.name, str(fault))
                sound = False
    if code := values.get("code"):
        if code in seen:
            faults.add(row.number, "code", f"编码与第 {seen[code]} 行重复。")
            sound = False
        seen.setdefault(code, row.number)
    for name, reason in _contradictions(values):
        faults.add(row.number, name, reason)
        sound = False
    if "status" in values:
        values["is_active"] = values["status"] not in CLOSED_STATUSES
    return Record(row.number, values) if sound else None


def _value(column: Column, cell: str) -> Any:
    if cell:
        return column.read(cell)
    if column.needed:
        raise BadCell("不能为空。")
    return column.blank


def _contradictions(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    longitude, latitude = values.get("longitude"), values.get("latitude")
    if (longitude is None) != (latitude is None):
        yield ("lng" if longitude is None else "lat"), "经度和纬度须同时填写。"
    elif longitude is not None and not in_china(longitude, latitude or 0.0):
        yield "lng", "坐标不在中国境内，请检查经度和纬度是否颠倒。"
    students, participants = values.get("students"), values.get("participants")
    if students is not None and participants is not None and participants > students:
        yield "participants", "参加课后服务人数不能多于学生数。"
