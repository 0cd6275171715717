"""Drafts that heads of departments and stations are asked about."""

import uuid
from typing import Any

from django.http import HttpRequest

from backend.accounts.roles import Role
from backend.bulletins.models import Bulletin
from backend.bulletins.selectors import consulted
from backend.bulletins.services import comments
from backend.core.actor import Actor
from backend.core.pages import page as rows_of
from backend.desk.bulletin_forms import RemarkForm
from backend.desk.deeds import Deed
from backend.desk.staff import StaffPage, stamp_of

HEADS = frozenset({Role.DEPARTMENT_HEAD, Role.STATION_HEAD})


class DraftList(StaffPage[None]):
    """What waits for a head's remark."""

    template = "staff/bulletin_drafts.html"
    roles = HEADS

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        rows = rows_of(consulted.scoped(actor), request.GET)
        said = [consulted.remarks(actor, row).count() for row in rows.rows]
        return {"rows": list(zip(rows.rows, said, strict=True)), "next": rows.next}


class DraftPage(StaffPage[Bulletin]):
    """A draft without the names of other heads' units."""

    template = "staff/bulletin_draft.html"
    roles = HEADS
    deeds = (
        Deed(
            "remark",
            "提意见",
            lambda actor, bulletin, values: comments.remark(actor=actor, bulletin_id=bulletin.pk, **values),
            "意见已送督导办。",
            RemarkForm,
            tone="main",
            explains="没有意见也请回复“没有意见”。",
        ),
    )

    def find(self, actor: Actor, **key: Any) -> Bulletin:
        return consulted.get(actor, uuid.UUID(str(key["bulletin_id"])))

    def stamp(self, found: Bulletin) -> str:
        return stamp_of(found.texts_version)

    def context(self, request: HttpRequest, actor: Actor, found: Bulletin) -> dict[str, Any]:
        return {
            "bulletin": found,
            **consulted.shown(actor, found),
            "comments": consulted.remarks(actor, found).order_by("-id"),
        }
