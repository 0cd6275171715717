"""Who was visited in a month and who was not, unit by unit: what stands behind every figure of coverage."""

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest

from backend.core import clock
from backend.core.actor import Actor
from backend.core.pages import page_of
from backend.desk.filters import chosen
from backend.desk.navigation import LEADERSHIP, OFFICE
from backend.desk.rules.drawing import percent
from backend.desk.staff import StaffPage
from backend.inspections.selectors import coverage as selectors
from backend.inspections.selectors import gaps
from backend.inspections.selectors.coverage import Cell, Coverage
from backend.registry.models import Track

MONTH = r"^20\d{2}-(0[1-9]|1[0-2])$"
COVERED = "covered"


class CoverageFilters(forms.Form):
    month = forms.RegexField(
        r"^\d{4}-(0[1-9]|1[0-2])$", label="月份", required=False, widget=forms.TextInput({"type": "month"})
    )
    track = forms.ChoiceField(label="检查线", required=False, choices=[("", "全部"), *Track.choices])
    reason = forms.ChoiceField(
        label="情况",
        required=False,
        choices=[
            ("", "全部"),
            (COVERED, "已覆盖"),
            ("open", "未覆盖"),
            *((reason.value, text) for reason, text in gaps.REASON_TEXT.items()),
        ],
    )
    team = forms.UUIDField(required=False, widget=forms.HiddenInput)
    district = forms.UUIDField(required=False, widget=forms.HiddenInput)


class CoveragePage(StaffPage[None]):
    """The cells of a month's coverage, a line each."""

    template = "staff/coverage.html"
    roles = OFFICE | LEADERSHIP

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        filters, wanted = chosen(CoverageFilters, request)
        month = wanted.get("month") or f"{clock.today():%Y-%m}"
        known = selectors.coverage(actor.county_id, month)
        why = {gap.cell.key: gap for gap in gaps.gaps(known, actor.county_id)}
        cells = sorted(_fitting(known.cells, why, wanted), key=_mark)
        shown = page_of(cells, request.GET, mark=_mark)
        share = selectors.share(cells)
        return {
            "filters": filters,
            "month": month,
            "about": _about(known, actor, wanted),
            "rows": [_line(cell, why, _teams(known)) for cell in shown.rows],
            "next": shown.next,
            "total": len(cells),
            "units": len(share.scope),
            "covered": len(share.covered),
            "percent": percent(share.percent),
        }


def _mark(cell: Cell) -> str:
    return f"{cell.target.code}/{cell.track}"


def _fitting(cells: list[Cell], why: dict[Any, gaps.Gap], wanted: dict[str, Any]) -> list[Cell]:
    reason = wanted.get("reason")
    found = [cell for cell in cells if wanted.get("track") in (None, cell.track)]
    found = [cell for cell in found if wanted.get("team") in (None, cell.team)]
    found = [cell for cell in found if wanted.get("district") in (None, cell.target.district_id)]
    if reason == COVERED:
        return [cell for cell in found if cell.is_covered]
    if reason is None:
        return found
    return [cell for cell in found if cell.key in why and reason in ("open", why[cell.key].reason)]


def _teams(known: Coverage) -> dict[uuid.UUID | None, str]:
    return {one.team.pk: one.team.name for one in known.teams}


def _about(known: Coverage, actor: Actor, wanted: dict[str, Any]) -> str:
    """Which team or district the list is narrowed to, in words."""
    words = [_teams(known).get(wanted.get("team"), "")]
    if "district" in wanted:
        words.append(selectors.district_names(actor.county_id).get(wanted["district"], ""))
    return "、".join(filter(None, words))


def _line(cell: Cell, why: dict[Any, gaps.Gap], teams: dict[uuid.UUID | None, str]) -> dict[str, Any]:
    gap = why.get(cell.key)
    return {
        "cell": cell,
        "track": Track(cell.track).label,
        "team": teams.get(cell.team, ""),
        "text": gap.text if gap else "",
    }
