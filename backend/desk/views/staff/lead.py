"""Leadership's one page: how far, how grave, how late, where it leads, where it lies, and what waits for a word."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import HttpRequest

from backend.bulletins.rules import months, periods
from backend.core.actor import Actor
from backend.desk.links import to
from backend.desk.navigation import LEADERSHIP, OFFICE
from backend.desk.rules import charts, tile_map
from backend.desk.rules.charts import Bar, Point
from backend.desk.rules.drawing import Drawing, percent
from backend.desk.rules.tile_map import Tile
from backend.desk.selectors.awaited import Awaited
from backend.desk.selectors.lead import TRENDS, Overview, overview
from backend.desk.staff import StaffPage
from backend.inspections.selectors.coverage import Share
from backend.notices.selectors.unsettled import GRAVE, total
from backend.registry.models import Track
from backend.registry.selectors.centres import Centre

R = TypeVar("R")

PAGES = {
    "veto": ("一票否决待认定", "desk_veto"),
    "notice": ("整改通知书待签发", "desk_notice"),
    "paper": ("督办文书待签发或审定", "desk_escalation"),
    "bulletin": ("半月报待签发", "desk_bulletin"),
    "circular": ("通报待签发", "desk_circular"),
    "plan": ("督查计划待批准", "desk_plan"),
}
"""What waits: what is asked, and the page on which it is given."""


MOST = 40
"""So many districts, and teams of a track, are shown; of more, those that are furthest behind."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A great number, what it is of, what stands beside it, and the page of its records."""

    value: str
    label: str
    beside: str
    address: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A share as a line of a table: the alternative to a bar or a tile."""

    name: str
    covered: int
    scope: int
    percent: str
    address: str
    overdue: int | None = None


class LeadPage(StaffPage[Overview]):
    """Everything that leadership asks first. Each number opens what it counts."""

    template = "staff/lead.html"
    roles = LEADERSHIP | OFFICE

    def find(self, actor: Actor, **key: Any) -> Overview:
        return overview(actor)

    def context(self, request: HttpRequest, actor: Actor, found: Overview) -> dict[str, Any]:
        places = _behind([one for one in found.districts if one.id in found.shares], lambda one: found.shares[one.id])
        return {
            "now": found.now,
            "month": found.month,
            "figures": figures(found),
            "teams": [_of_track(found, track) for track in Track],
            "map": _map(found, places),
            "districts": _district_rows(found, places),
            "most": MOST if len(places) < len(found.shares) else 0,
            "trends": [_trend(found, place, key) for place, key in enumerate(TRENDS)],
            "issues": found.course,
            "awaited": _grouped(found.awaited),
        }


def figures(found: Overview) -> list[Figure]:
    """The four numbers that are read first."""
    units, late = found.coverage.units, total(found.open, lambda row: row.overdue)
    behind = found.goal is not None and units.percent is not None and units.percent < found.goal
    grave = [(name, total(found.open, lambda row, name=name: row.severity == name)) for name in GRAVE]  # type: ignore[misc]
    return [
        Figure(
            percent(units.percent),
            "本月覆盖率",
            f"{len(units.covered)}/{len(units.scope)} 家，时间进度 {percent(found.goal)}",
            to("desk_coverage", month=found.month),
            "late" if behind else "done",
        ),
        *(
            Figure(
                str(count),
                f"{name.label}问题未销号",
                f"其中逾期 {total(found.open, lambda row, name=name: row.severity == name and row.overdue)} 项",  # type: ignore[misc]
                to("desk_ledger", severity=name.value, unsettled="yes"),
                "late" if count else "done",
            )
            for name, count in grave
        ),
        Figure(
            str(late),
            "项整改逾期",
            f"未销号共 {total(found.open)} 项",
            to("desk_ledger", overdue="yes"),
            "late" if late else "done",
        ),
    ]


def _of_track(found: Overview, track: Track) -> tuple[str, Drawing, list[Row]]:
    """The track's teams as bars against the days gone, and the same as rows."""
    teams = _behind([one for one in found.teams if one.team.track == track], lambda one: one.share)
    rows = [_row(one.team.name, one.share, to("desk_coverage", month=found.month, team=one.team.pk)) for one in teams]
    share = found.coverage.tracks[track]
    whole = _row(f"{track.label}合计", share, to("desk_coverage", month=found.month, track=track.value))
    shares = [share, *(one.share for one in teams)]
    bars = [
        Bar(row.name, each.percent, f"{row.covered}/{row.scope}", row.address)
        for row, each in zip([whole, *rows], shares, strict=True)
    ]
    return track.label, charts.bars(f"{track.label}各组覆盖率", bars, target=found.goal), [whole, *rows]


def _row(name: str, share: Share, address: str, overdue: int | None = None) -> Row:
    return Row(name, len(share.covered), len(share.scope), percent(share.percent), address, overdue)


def _behind(rows: list[R], share: Callable[[R], Share]) -> list[R]:
    """In their order, `MOST` of them: the least covered."""
    last = {id(row) for row in sorted(rows, key=lambda row: share(row).percent or 0.0)[:MOST]}
    return [row for row in rows if id(row) in last]


def _district_rows(found: Overview, places: list[Centre]) -> list[Row]:
    return [
        _row(
            district.name,
            found.shares[district.id],
            to("desk_coverage", month=found.month, district=district.id),
            total(found.open, lambda row, key=district.id: row.overdue and row.district == key),  # type: ignore[misc]
        )
        for district in places
    ]


def _map(found: Overview, places: list[Centre]) -> Drawing:
    tiles = [
        Tile(str(one.id), row.name, found.shares[one.id].percent, row.overdue or 0, row.address)
        for one, row in zip(places, _district_rows(found, places), strict=True)
    ]
    return tile_map.draw("各学区覆盖率和逾期", tiles, {str(one.id): one.point for one in places})


def _trend(found: Overview, place: int, key: str) -> tuple[str, Drawing]:
    points = [
        Point(
            f"{issue.start.month}月{'上' if issue.start.day == 1 else '下'}",
            issue.values[place],
            to("desk_figure", issue.id, key),
        )
        for issue in found.course
    ]
    name = TRENDS[key]
    return name.with_unit, charts.line(name.with_unit, points, unit="%" if name.unit == "%" else "")


def _grouped(rows: list[Awaited]) -> list[tuple[str, list[tuple[str, str]]]]:
    """By kind, in the order of `PAGES`, the names and addresses of what waits."""
    found = {
        title: [(_name(row), to(page, row.id)) for row in rows if row.kind == kind]
        for kind, (title, page) in PAGES.items()
    }
    return [(title, waiting) for title, waiting in found.items() if waiting]


def _name(row: Awaited) -> str:
    """Papers over a span of time are called by it."""
    if row.kind == "bulletin":
        return periods.beginning(dt.date.fromisoformat(row.name[:10])).label
    return months.of(row.name).label if row.kind == "circular" else row.name
