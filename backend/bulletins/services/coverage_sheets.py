"""The monthly coverage sheet as a paper and as a workbook: internal, made when it is asked for."""

from typing import Any

from backend.bulletins.rules.wording import TRACKS
from backend.bulletins.selectors import coverage_sheet
from backend.core import clock
from backend.core.actor import Actor
from backend.core.sheets import Cell, xlsx_pieces
from backend.documents import coverage_sheet as printed
from backend.documents import coverage_sheet_data as data
from backend.journal.reading import snapshot

MARKS = {"department": "●", "station": "▲"}


def pdf(*, actor: Actor, month: str) -> bytes:
    """The sheet of a month as known now. Equal facts give equal bytes. Raises `Invalid(bad_month)`."""
    facts = _read(actor, month)
    year, number = month.split("-")
    cut = facts["cut_off"].astimezone(clock.CHINA)
    sheet = data.CoverageSheet(
        issuer=facts["issuer"],
        month=f"{year}年{int(number)}月",
        issued_at=cut,
        data_cut=cut,
        assigned=facts["assigned"],
        covered=facts["covered"],
        weeks=tuple(data.Week(first, last) for first, last in facts["weeks"]),
        units=tuple(_unit(row) for row in facts["units"]),
        teams=tuple(
            (f"{name}轨道", tuple(data.TeamRow(**row) for row in facts["teams"][code])) for code, name in TRACKS.items()
        ),
    )
    return printed.render(sheet).content


def workbook(*, actor: Actor, month: str) -> bytes:
    """The grid of the sheet as a workbook. Raises `Invalid(bad_month)`."""
    facts = _read(actor, month)
    weeks = [f"{first.month}.{first.day}—{last.month}.{last.day}" for first, last in facts["weeks"]]
    headings = ("序号", "单位", "学区", "类型", *weeks, "科室轨道（次）", "督导站轨道（次）", "覆盖")
    rows = [_line(at, row) for at, row in enumerate(facts["units"], start=1)]
    widths = (6.0, 32.0, 12.0, 14.0, *(12.0 for _ in weeks), 12.0, 12.0, 8.0)
    return b"".join(xlsx_pieces(f"{month}全覆盖", headings, rows, widths=widths))


def _read(actor: Actor, month: str) -> dict[str, Any]:
    with snapshot():
        return coverage_sheet.gather(actor.county_id, month)


def _unit(row: dict[str, Any]) -> data.UnitRow:
    counts = {track: None if row[track] is None else tuple(row[track]) for track in MARKS}
    return data.UnitRow(row["name"], row["district"], row["kind"], counts["department"], counts["station"],
                        row["covered"])  # fmt: skip


def _line(at: int, row: dict[str, Any]) -> list[Cell]:
    tracks = [row[track] for track in MARKS]
    weeks = len(tracks[0] or tracks[1])
    marks = [
        "".join(f"{mark}{row[track][week]}" for track, mark in MARKS.items() if row[track] and row[track][week])
        for week in range(weeks)
    ]
    sums = [None if counts is None else sum(counts) for counts in tracks]
    return [at, row["name"], row["district"], row["kind"], *marks, *sums, "是" if row["covered"] else "否"]
