"""Every chart on a sheet, with invented content: for tests and for the eye."""

from collections.abc import Iterable

from backend.documents.canvas import Meta
from backend.documents.charts import (
    BarChart,
    BarItem,
    HeatMap,
    HeatRow,
    LimitChart,
    LimitItem,
    LineChart,
    LinePoint,
    StackedChart,
    StackedItem,
    Tile,
    TileMap,
    percent_scale,
    tile_places,
)
from backend.documents.charts.chart import Chart
from backend.documents.composer import Composer
from backend.documents.paper import Pouring, numbered, template
from backend.documents.press import Press
from backend.documents.rendered import Rendered
from tests.documents.papers import DISTRICTS, GRADES, ISSUED, OFFICE

CATEGORIES = ("作业管理", "课后服务", "五项管理", "教学行为", "考试管理", "教师行为", "校外培训机构管理")


def charts(press: Press) -> list[tuple[str, Chart]]:
    """One of each kind, with a title."""
    return [
        ("发现问题分类统计（个）", BarChart(press, [BarItem(name, 31 - 4 * at) for at, name in enumerate(CATEGORIES)])),
        ("各年级平均每日书面作业时间", LimitChart(press, _homework(), ("未超上限", "超过上限", "上限"), "分钟")),
        ("每日累计覆盖率与目标", LineChart(press, _coverage(), ("累计覆盖率", "目标"))),
        ("各学区问题整改情况（个）", StackedChart(press, _states(), ("已销号", "整改中（未到期）", "逾期"))),
        ("各学区各类问题分布（个）", HeatMap(press, CATEGORIES, heat_rows())),
        ("各学区累计覆盖率", TileMap(press, tiles(), "%", "低于目标", percent_scale())),
    ]


def heat_rows() -> list[HeatRow]:
    """Fifteen districts, one cell without data."""
    return [
        HeatRow(
            f"{name}学区", tuple(None if (at, kind) == (3, 4) else (at * 5 + kind * kind) % 13 for kind in range(7))
        )
        for at, name in enumerate(DISTRICTS)
    ]


def tiles() -> list[Tile]:
    """Fifteen districts, one without data, three below the target."""
    places = tile_places([(106 + at * 7 % 15 / 10, 30 + at * 4 % 15 / 10) for at in range(len(DISTRICTS))])
    return [
        Tile(name, None if at == 6 else (at * 37 + 20) % 101, *place, marked=at in (0, 2, 9))
        for at, (name, place) in enumerate(zip(DISTRICTS, places, strict=True))
    ]


def render(named: Iterable[tuple[str, Chart]] | None = None, press: Press | None = None) -> Rendered:
    """The charts as a paper of their own."""
    press = press or Press()
    composer = Composer(press)
    for title, chart in charts(press) if named is None else named:
        composer.chart(title, chart, "数据来源：督查系统，2026年3月1日至15日。")
    meta = Meta("图表", OFFICE, "图表", ISSUED)
    poured = Pouring(press, meta, [template("page", numbered(press))]).pour(composer.story.flowables)
    return Rendered(poured.content, poured.pages, press.warnings)


def _homework() -> list[LimitItem]:
    minutes = (0, 4, 52.5, 58, 63.5, 59.2, 84, None, 96.3)
    limits = (0, 0, 60, 60, 60, 60, 90, 90, 90)
    return [LimitItem(grade, found, limit) for grade, found, limit in zip(GRADES, minutes, limits, strict=True)]


def _coverage() -> list[LinePoint]:
    return [
        LinePoint(f"3.{day}", None if day == 8 else round(day * 6.1 + day % 3, 1), day * 100 / 15)
        for day in range(1, 16)
    ]


def _states() -> list[StackedItem]:
    return [
        StackedItem(f"{name}学区", (3 + at * 7 % 11, at * 3 % 5, at % 3 if at % 4 else 0))
        for at, name in enumerate(DISTRICTS)
    ]
