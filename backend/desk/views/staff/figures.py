"""All figures of a bulletin by name, and the records behind one, as its frozen snapshot names them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote

from django.http import HttpRequest

from backend.bulletins.models import Bulletin
from backend.bulletins.rules import figure_names
from backend.bulletins.rules.figure_names import Name, Names
from backend.bulletins.rules.figures import Figure, note
from backend.bulletins.selectors import bulletins, records
from backend.core.actor import Actor
from backend.core.pages import page_of
from backend.desk.links import to
from backend.desk.navigation import LEADERSHIP, OFFICE
from backend.desk.staff import StaffPage

KINDS = {"visit": "到访", "finding": "问题", "target": "单位", "notice": "通知书", "evidence": "佐证"}
PAGES = {"visit": "desk_visit", "notice": "desk_notice", "target": "desk_unit"}
"""Records that have a page of their own."""


class Cell(NamedTuple):
    """A figure in a list: its value, the same of the period before, and the page of its records."""

    measure: str
    value: str
    before: str
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    """The figures under one heading: lines of their own, and tables of what is measured of many."""

    title: str
    lines: list[tuple[str, Cell]]
    measures: list[str]
    rows: list[tuple[str, list[Cell]]]


class FigureList(StaffPage[Bulletin]):
    """Every figure of an issue, under the headings of the bulletin."""

    template = "staff/figures.html"
    roles = OFFICE | LEADERSHIP

    def find(self, actor: Actor, **key: Any) -> Bulletin:
        return bulletins.get(actor, uuid.UUID(str(key["bulletin_id"])))

    def context(self, request: HttpRequest, actor: Actor, found: Bulletin) -> dict[str, Any]:
        figures, named = found.facts["figures"], figure_names.names(found.facts)
        groups = [_group(title, keys, named, figures) for title, keys in figure_names.grouped(named)]
        return {"bulletin": found, "groups": groups, "count": len(figures)}


def _group(title: str, keys: Sequence[str], named: Names, figures: dict[str, Figure]) -> Group:
    """`rows` by subject, in each the cells by measure; a subject has every measure of its group."""
    lines, rows = [], dict[str, list[Cell]]()
    for key in keys:
        name = named[key]
        if name.subject:
            rows.setdefault(name.subject, []).append(_cell(key, name, figures[key]))
        else:
            lines.append((name.text, _cell(key, name, figures[key])))
    measures = [cell.measure for cell in max(rows.values(), key=len)] if rows else []
    return Group(title, lines, measures, list(rows.items()))


def _cell(key: str, name: Name, figure: Figure) -> Cell:
    """The address is relative to the list's, so that hundreds of them stay short."""
    address = f"figures/{quote(key)}" if figure["records"] else ""
    column = f"{name.measure}（{name.unit}）"
    write = name.number if name.subject else name.said
    return Cell(column, write(figure["value"]), write(figure["previous"]), address)


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure of an issue."""

    bulletin: Bulletin
    key: str
    figure: Figure


class FigurePage(StaffPage[Counted]):
    """What one number of an issue was counted from."""

    template = "staff/figure.html"
    roles = OFFICE | LEADERSHIP

    def find(self, actor: Actor, **key: Any) -> Counted:
        bulletin = bulletins.get(actor, uuid.UUID(str(key["bulletin_id"])))
        return Counted(bulletin, str(key["key"]), records.figure(bulletin, str(key["key"])))

    def context(self, request: HttpRequest, actor: Actor, found: Counted) -> dict[str, Any]:
        shown = page_of(found.figure["records"], request.GET, mark=str)
        kind, name = found.figure["kind"], figure_names.names(found.bulletin.facts)[found.key]
        return {
            "bulletin": found.bulletin,
            "name": name.text,
            "value": name.said(found.figure["value"]),
            "before": name.said(found.figure["previous"]),
            "note": note(found.figure),
            "kind": KINDS.get(kind, ""),
            "rows": [(row["name"], _page(row)) for row in records.labelled(found.bulletin, found.figure, shown.rows)],
            "total": len(found.figure["records"]),
            "next": shown.next,
        }


def _page(row: dict[str, Any]) -> str:
    page = PAGES.get(row["kind"])
    return to(page, row["id"]) if page else ""
