"""每月全覆盖督查情况表: which unit was validly visited in which week, by both tracks. Facts in, PDF out."""

from pathlib import Path

from reportlab.platypus import Flowable

from backend.documents.canvas import Meta
from backend.documents.composer import BODY, Composer
from backend.documents.coverage_sheet_data import CoverageSheet, TeamRow, UnitRow, Week
from backend.documents.fonts import Face
from backend.documents.grid import LEADING, SIZE_2, SIZE_4
from backend.documents.paper import Heading, Pouring, numbered, template
from backend.documents.paragraph import ChineseParagraph, Style
from backend.documents.press import Press
from backend.documents.rendered import Rendered
from backend.documents.table_data import Cell, Column, TableData
from backend.documents.wording import moment

TITLE = Style(Face.TITLE, SIZE_2, 33, align="center", space_after=LEADING / 3, balanced=True)
ISSUER = Style(Face.KAI, SIZE_4, 24, align="center", space_after=6)
DEPARTMENT, STATION = "●", "▲"
LEGEND = (
    "●为科室轨道、▲为督导站轨道的有效督查，数字为同一周的次数（1次不写），“○”表示该轨道当周未到访，空白表示不属该轨道。"
)


def render(data: CoverageSheet, fonts: Path | None = None) -> Rendered:
    """Return the sheet as a PDF. Equal data gives equal bytes. Raises ``ValueError`` when ``issued_at`` has no zone."""
    press = Press(fonts)
    title = f"{data.month}全覆盖督查情况表"
    meta = Meta(title, data.issuer, title, data.issued_at)
    poured = Pouring(press, meta, [template("page", numbered(press))]).pour(_story(press, data, title))
    return Rendered(poured.content, poured.pages, press.warnings)


def _story(press: Press, data: CoverageSheet, title: str) -> list[Flowable]:
    composer = Composer(press)
    composer.story.head(Heading(press, title, TITLE, level=0))
    composer.story.add(ChineseParagraph(press, data.issuer, ISSUER))
    composer.story.add(ChineseParagraph(press, _summary(data), BODY))
    for track, teams in data.teams:
        composer.table(_team_table(track, teams))
    composer.table(_grid(data))
    return composer.story.flowables


def _summary(data: CoverageSheet) -> str:
    share = f"{100 * data.covered / data.assigned:.1f}%" if data.assigned else "本期无数据"
    missing = data.assigned - data.covered
    left = f"，尚未到访{missing}个" if missing else "，全部到访"
    return (
        f"{data.month}应查单位{data.assigned}个，已查{data.covered}个，覆盖率{share}{left if data.assigned else ''}"
        f"（数据截止{moment(data.data_cut)}）。"
    )


def _team_table(track: str, teams: tuple[TeamRow, ...]) -> TableData:
    columns = (
        Column("名次", 0.8, "center"), Column("督查组", 3.0), Column("应查", 1, "right"), Column("已查", 1, "right"),
        Column("覆盖率", 1.2, "right"), Column("按时复查率", 1.4, "right"),
    )  # fmt: skip
    rows = tuple(
        (team.rank, team.name, team.assigned, team.visited, _percent(team.coverage), _percent(team.timeliness))
        for team in teams
    )
    note = "先比覆盖率，再比按时复查率；相同的名次并列。不以发现问题的数量排名。"
    return TableData(f"各组覆盖和复查情况（{track}）", columns, rows, note=note, compact=True)


def _percent(value: float | None) -> str | None:
    return None if value is None else f"{value:.1f}%"


def _grid(data: CoverageSheet) -> TableData:
    columns = (
        Column("序号", 28, "center"),
        Column("单位", 172),
        Column("学区", 28, unbroken=True),
        Column("类型", 46, unbroken=True),
        *(Column(_week(week), 150 / max(len(data.weeks), 1), "center") for week in data.weeks),
        Column("覆盖", 28, "center"),
    )
    rows = tuple(_row(at, unit, len(data.weeks)) for at, unit in enumerate(data.units, start=1))
    return TableData("单位到访情况（按周）", columns, rows, note=LEGEND, compact=True)


def _week(week: Week) -> str:
    return f"{week.first.day}—{week.last.day}日" if week.first != week.last else f"{week.first.day}日"


def _row(at: int, unit: UnitRow, weeks: int) -> tuple[Cell, ...]:
    marks = tuple(_marks(unit, week) for week in range(weeks))
    return at, unit.name, unit.district.removesuffix("学区"), unit.kind, *marks, "是" if unit.covered else "否"


def _marks(unit: UnitRow, week: int) -> str:
    parts = [
        _mark(sign, counts[week])
        for sign, counts in ((DEPARTMENT, unit.department), (STATION, unit.station))
        if counts is not None
    ]
    return "".join(parts)


def _mark(sign: str, count: int) -> str:
    if not count:
        return "○"
    return sign if count == 1 else f"{sign}{count}"
