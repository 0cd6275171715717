"""The records behind one figure of a bulletin, as its frozen snapshot names them."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from backend.bulletins.models import Bulletin
from backend.bulletins.rules.figures import Figure, note
from backend.bulletins.selectors import bulletins, records
from backend.core.actor import Actor
from backend.core.pages import page_of
from backend.desk.links import to
from backend.desk.navigation import LEADERSHIP, OFFICE
from backend.desk.selectors.lead import TRENDS
from backend.desk.staff import StaffPage

NAMES = {trend.key: trend.name for trend in TRENDS}
KINDS = {"visit": "到访", "finding": "问题", "target": "单位", "notice": "通知书", "evidence": "佐证"}
PAGES = {"visit": "desk_visit", "notice": "desk_notice"}
"""Records that have a page of their own."""


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
        kind = found.figure["kind"]
        return {
            "bulletin": found.bulletin,
            "name": NAMES.get(found.key, found.key),
            "figure": found.figure,
            "note": note(found.figure),
            "kind": KINDS.get(kind, kind),
            "issue": to("desk_bulletin", found.bulletin.pk),
            "rows": [(row["name"], _page(row)) for row in records.labelled(found.bulletin, found.figure, shown.rows)],
            "total": len(found.figure["records"]),
            "next": shown.next,
        }


def _page(row: dict[str, Any]) -> str:
    page = PAGES.get(row["kind"])
    return to(page, row["id"]) if page else ""
