"""How far a plan is: coverage by team, track, district and type, what is missing and why, and where it leads."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest

from backend.core import clock
from backend.core.actor import Actor
from backend.core.pages import page as rows_of
from backend.core.pages import page_of
from backend.desk.fields import MonthField
from backend.desk.filters import chosen
from backend.desk.navigation import LEADERSHIP, OFFICE
from backend.desk.plan_forms import type_name
from backend.desk.selectors import choices
from backend.desk.staff import StaffPage
from backend.inspections.models import InspectionPlan, PlanKind, VisitKind
from backend.inspections.selectors import burden, coverage, gaps, pace, plans
from backend.inspections.selectors.coverage import Coverage, Share
from backend.inspections.selectors.gaps import REASON_TEXT, GapReason
from backend.inspections.selectors.pace import Outlook
from backend.registry.models import Track

READERS = OFFICE | LEADERSHIP


@dataclass(frozen=True, slots=True)
class Bar:
    """A share with its name; `percent` 0–100, None where nothing is in scope; `missed` by the forecast."""

    name: str
    track: str
    share: Share
    missed: int | None = None

    @property
    def percent(self) -> float | None:
        return None if self.share.percent is None else round(self.share.percent, 1)


class GapFilters(forms.Form):
    track = forms.ChoiceField(label="检查线", required=False, choices=[choices.ANY, *Track.choices])
    reason = forms.ChoiceField(
        label="原因", required=False, choices=[choices.ANY, *((one.value, REASON_TEXT[one]) for one in GapReason)]
    )
    team = forms.TypedChoiceField(label="督查组", required=False, coerce=uuid.UUID)

    def __init__(self, *given: Any, teams: choices.Choices = (), **more: Any) -> None:  # type: ignore[assignment]
        super().__init__(*given, **more)
        self.fields["team"].choices = [choices.ANY, *teams]  # type: ignore[attr-defined]


class PlanCoveragePage(StaffPage[InspectionPlan]):
    """One plan in figures, from every side, and where the pace leads; a draft has none yet."""

    template = "staff/plan_coverage.html"
    roles = READERS

    def find(self, actor: Actor, **key: Any) -> InspectionPlan:
        return plans.get(actor, uuid.UUID(str(key["plan_id"])))

    def context(self, request: HttpRequest, actor: Actor, found: InspectionPlan) -> dict[str, Any]:
        told = coverage.of_plan(found)
        foretold = found.is_frozen and found.kind != PlanKind.SPECIAL_CAMPAIGN
        outlook = pace.outlook(told, found.county_id) if foretold else None
        open_ = sum(not cell.is_covered for cell in told.cells)
        return {"plan": found, "columns": columns(told, outlook), "outlook": outlook, "open": open_}


class PlanGapsPage(PlanCoveragePage):
    """What the plan has not covered, each with the reason or the rule that its visit breaks."""

    template = "staff/plan_gaps.html"

    def context(self, request: HttpRequest, actor: Actor, found: InspectionPlan) -> dict[str, Any]:
        told = coverage.of_plan(found)
        teams = [(str(one.team.pk), one.team.name) for one in told.teams]
        filters, wanted = chosen(lambda *given, **more: GapFilters(*given, teams=teams, **more), request)
        missing = gaps.gaps(told, found.county_id, **wanted)
        shown = page_of(missing, request.GET, mark=lambda gap: gap.mark)
        names = {one.team.pk: one.team.name for one in told.teams}
        return {
            "plan": found,
            "filters": filters,
            "missing": len(missing),
            "gaps": [(gap, Track(gap.cell.track).label, _team(gap, names)) for gap in shown.rows],
            "next": shown.next,
        }


def _team(gap: gaps.Gap, names: dict[uuid.UUID, str]) -> str:
    return names.get(gap.cell.team, "") if gap.cell.team else ""


def columns(told: Coverage, outlook: Outlook | None) -> list[list[tuple[str, list[Bar]]]]:
    """The same coverage seen from each side, in two columns."""
    missed = {team.pk: one.missed for team, one in outlook.teams} if outlook else {}
    whole = [Bar("全部单位", "任一检查线", told.units, outlook.county.missed if outlook else None)]
    whole += [Bar(Track(track).label, "检查线", one) for track, one in told.tracks.items() if one.scope]
    both = [Bar("双督查", "两条线都到", told.both)] if told.both.scope else []
    teams = [
        Bar(one.team.name, Track(one.team.track).label, one.share, missed.get(one.team.pk))
        for one in told.teams
        if one.share.scope
    ]
    districts = coverage.district_names(told.plan.county_id) if told.plan else {}
    by_district = told.by(lambda cell: districts.get(cell.target.district_id, "未分学区"))  # type: ignore[arg-type]
    by_type = told.by(lambda cell: cell.target.type_code)
    return [
        [
            ("总体", [*whole, *both]),
            ("各类型", [Bar(type_name(bar.name), bar.track, bar.share) for bar in _bars(by_type.items())]),
            ("各学区", list(_bars(by_district.items()))),
        ],
        [("各组", teams)],
    ]


def _bars(found: Iterable[tuple[tuple[str, str], Share]]) -> Iterable[Bar]:
    return (Bar(name, Track(track).label, one) for (name, track), one in found)


class BurdenFilters(forms.Form):
    month = MonthField(required=False)


class BurdenList(StaffPage[None]):
    """How often each school is entered, in the order of codes."""

    template = "staff/burden.html"
    roles = READERS

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        filters, wanted = chosen(BurdenFilters, request)
        month = wanted.get("month") or f"{clock.today():%Y-%m}"
        shown = rows_of(burden.schools(actor.county_id), request.GET, by="code")
        known = burden.of_targets(actor.county_id, [target.pk for target in shown.rows], month)
        rows = [(target, known[target.pk], _kinds(known[target.pk])) for target in shown.rows]
        return {"rows": rows, "next": shown.next, "filters": filters, "month": month}


def _kinds(one: burden.Burden) -> str:
    return "、".join(f"{VisitKind(kind).label}{number}次" for kind, number in sorted(one.year.items()) if number)
