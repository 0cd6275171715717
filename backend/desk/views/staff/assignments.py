"""Assignments: who goes where and when; released, sent with other people, called off."""

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from django import forms
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpRequest
from django.urls import reverse

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.core.pages import page_by_keys
from backend.desk.deeds import Deed, ReasonForm, row_key
from backend.desk.fields import DayField, MonthField, day_input
from backend.desk.filters import chosen
from backend.desk.navigation import LEADERSHIP, OFFICE
from backend.desk.selectors import choices
from backend.desk.selectors.today import unfinished
from backend.desk.staff import StaffPage, stamp_of
from backend.inspections.models import Assignment, AssignmentState, VisitKind, VisitMode
from backend.inspections.models.lifecycle import ASSIGNMENT_MOVES
from backend.inspections.selectors import assignments as selectors
from backend.inspections.selectors import burden
from backend.inspections.services import assignments
from backend.inspections.services.assignments import NewAssignment
from backend.registry.models import RecusalKind, TargetKind, Track
from backend.registry.selectors import avoidance

READERS = OFFICE | LEADERSHIP
OPEN = (
    *(AssignmentState.PLANNED, AssignmentState.RELEASED, AssignmentState.ACCEPTED),
    AssignmentState.DEPARTED,
)


class AssignmentFilters(forms.Form):
    month = MonthField(required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[choices.ANY, *AssignmentState.choices])
    track = forms.ChoiceField(label="检查线", required=False, choices=[choices.ANY, *Track.choices])
    team = forms.ChoiceField(label="督查组", required=False)
    day = DayField(label="安排日期")
    out = forms.BooleanField(label="只看在外的", required=False)
    missed = forms.BooleanField(label="只看过期未完成", required=False)

    def __init__(self, *given: Any, teams: choices.Choices = (), **more: Any) -> None:  # type: ignore[assignment]
        super().__init__(*given, **more)
        self.fields["team"].choices = [choices.ANY, *teams]  # type: ignore[attr-defined]


def narrowed(
    actor: Actor,
    *,
    day: dt.date | None = None,
    out: bool = False,
    missed: bool = False,
    team: str | None = None,
    **wanted: Any,
) -> QuerySet[Assignment]:
    """The assignments that fit; `out`: whose crew has set out and submitted nothing yet; `missed`: whose day is over
    and whose visit is not submitted."""
    rows = selectors.matching(actor, team=uuid.UUID(team) if team else None, **wanted)
    if day is not None:
        rows = rows.filter(scheduled_on=day)
    if out:
        rows = unfinished(rows).filter(state=AssignmentState.DEPARTED)
    return unfinished(rows).filter(state__in=OPEN, scheduled_on__lt=clock.today()) if missed else rows


class AssignForm(forms.Form):
    """See `NewAssignment`; the checklists are those of the plan, or all that fit the target."""

    target = forms.CharField(label="对象（代码或全称）", max_length=120)
    team = forms.ChoiceField(label="督查组")
    leader = forms.TypedChoiceField(label="组长", coerce=int)
    crew = forms.TypedMultipleChoiceField(label="组员", coerce=int, widget=forms.SelectMultiple({"size": 8}))
    scheduled_on = forms.DateField(label="安排日期", widget=day_input())
    kind = forms.ChoiceField(label="种类", choices=VisitKind.choices)
    mode = forms.ChoiceField(label="方式", choices=VisitMode.choices)
    plan = forms.ChoiceField(label="计划", required=False)


class ReleaseDayForm(forms.Form):
    day = forms.DateField(label="安排日期", widget=day_input())


def _release_day(actor: Actor, found: None, values: dict[str, Any]) -> int:
    rows = selectors.matching(actor, state=AssignmentState.PLANNED).filter(scheduled_on=values["day"])
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    return len(assignments.release_many(actor=actor, assignment_ids=ids))


def _assign(actor: Actor, found: None, values: dict[str, Any]) -> Assignment:
    target, plan = choices.target_named(actor, values.pop("target")), values.pop("plan")
    team = uuid.UUID(values.pop("team"))
    new = NewAssignment(target=target.pk, team=team, plan=uuid.UUID(plan) if plan else None, **values)
    return assignments.assign(actor=actor, new=new)


class AssignmentList(StaffPage[None]):
    """The county's assignments, the newest first."""

    template = "staff/assignments.html"
    roles = READERS
    deeds = (
        Deed(
            "assign",
            "安排一项任务",
            _assign,
            "已安排，下达前只有督导办知道。",
            AssignForm,
            explains="举报核查、复查和补派等逐项安排；成批的由抽取产生。应当回避或证件不足的，系统拒绝。",
            leads_to=lambda row: reverse("desk_assignment", args=[row.pk]),
        ),
        Deed(
            "release_day",
            "下达一天的任务",
            _release_day,
            lambda count: f"已下达{count}项任务。" if count else "这一天没有待下达的任务。",
            ReleaseDayForm,
            explains="这一天已安排的任务一次下达，各组只收到自己的任务；组长到公布时间才看到对象。",
        ),
        Deed(
            "release",
            "下达",
            lambda actor, found, values: assignments.release(actor=actor, assignment_id=row_key(values["row"])),
            "已下达，组长到公布时间可以看到任务。",
            row=True,
        ),
    )

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def offered(self, actor: Actor, found: None) -> frozenset[str]:
        return frozenset({"assign", "release_day", "release"}) if actor.has(*OFFICE) else frozenset()

    def initial(self, actor: Actor, found: None, deed: Deed, row: str) -> dict[str, Any]:
        return {"day": clock.today(), "scheduled_on": clock.today()}

    def form(self, actor: Actor, found: None, deed: Deed, **more: Any) -> forms.Form:
        form = deed.form(**more)
        if deed.name == "assign":
            people = choices.field_people(choices.able(actor))
            known: dict[str, Any] = {"team": choices.teams(actor), "leader": people, "crew": people}
            known["plan"] = [("", "不属于计划"), *choices.plans_in_force(actor)]
            for name, offered in known.items():
                form.fields[name].choices = offered  # type: ignore[attr-defined]
        return form

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        teams = choices.teams(actor)
        filters, wanted = chosen(lambda *given, **more: AssignmentFilters(*given, teams=teams, **more), request)
        shown = page_by_keys(narrowed(actor, **wanted), request.GET, selectors.listed_by)
        return {"rows": [_line(row) for row in shown.rows], "next": shown.next, "filters": filters}


def _line(row: Assignment) -> dict[str, Any]:
    present = sorted((one for one in row.crew.all() if one.ended_at is None), key=lambda one: not one.is_leader)
    return {"row": row, "crew": "、".join(one.user.name for one in present)}


class CrewForm(forms.Form):
    """Other people for an assignment; the leader belongs to the crew."""

    leader = forms.TypedChoiceField(label="组长", coerce=int)
    crew = forms.TypedMultipleChoiceField(
        label="组员", coerce=int, required=False, widget=forms.SelectMultiple({"size": 8})
    )
    reason = forms.CharField(label="理由（可不填）", max_length=500, required=False)


class AssignmentPage(StaffPage[Assignment]):
    """One assignment: where to, who, since when, and what speaks against its crew."""

    template = "staff/assignment.html"
    roles = READERS
    deeds = (
        Deed(
            "release",
            "下达",
            lambda actor, found, values: assignments.release(actor=actor, assignment_id=found.pk),
            "已下达，组长到公布时间可以看到任务。",
            tone="main",
            explains="下达后组长在公布时间看到对象，组员出发时才看到。",
        ),
        Deed(
            "reassign",
            "改派人员",
            lambda actor, found, values: assignments.reassign(actor=actor, assignment_id=found.pk, **values),
            "已改派，原人员不再能看到此任务。",
            CrewForm,
            explains="标有“应当回避”的人员与检查对象存在利害关系，不能选派。",
        ),
        Deed(
            "cancel",
            "取消任务",
            lambda actor, found, values: assignments.cancel(actor=actor, assignment_id=found.pk, **values),
            "任务已取消。",
            ReasonForm,
            tone="grave",
            explains="已下达的，组长和组员手机上的任务随之收回。",
        ),
    )

    def find(self, actor: Actor, **key: Any) -> Assignment:
        rows = selectors.with_crew(selectors.scoped(actor, many=False)).select_related("visit")
        found = rows.filter(pk=key["assignment_id"]).first()
        if found is None:
            raise NotFound("assignment", key["assignment_id"])
        prefetch_related_objects([found], "recusals__user")
        return found

    def stamp(self, found: Assignment) -> str:
        present = sorted(one.user_id for one in found.crew.all() if one.ended_at is None)
        return stamp_of(found.state, found.leader_id, present, found.reveal_at)

    def offered(self, actor: Actor, found: Assignment) -> frozenset[str]:
        if not actor.has(*OFFICE):
            return frozenset()
        now = {verb for verb in ("release", "reassign", "cancel") if found.state in ASSIGNMENT_MOVES[verb]}
        return frozenset(now - ({"cancel"} if hasattr(found, "visit") else set()))

    def initial(self, actor: Actor, found: Assignment, deed: Deed, row: str) -> dict[str, Any]:
        if deed.name != "reassign":
            return {}
        present = [one.user_id for one in found.crew.all() if one.ended_at is None]
        return {"leader": found.leader_id, "crew": present}

    def form(self, actor: Actor, found: Assignment, deed: Deed, **more: Any) -> forms.Form:
        form = deed.form(**more)
        if deed.name == "reassign":
            able = choices.able(actor)
            people = choices.field_people(able, _away(found, able))
            for name in ("leader", "crew"):
                form.fields[name].choices = people  # type: ignore[attr-defined]
        return form

    def context(self, request: HttpRequest, actor: Actor, found: Assignment) -> dict[str, Any]:
        crew = sorted(found.crew.all(), key=lambda one: (one.ended_at is not None, not one.is_leader, one.pk))
        often = _burden(found)
        return {
            "row": found,
            "track": Track(found.track).label,
            "crew": crew,
            "recusals": [(one, RecusalKind(one.kind).label) for one in found.recusals.all()],
            "lists": choices.checklists_of(actor, found.templates),
            "visit": getattr(found, "visit", None),
            "burden": often,
            "warning": _too_often(found, often),
        }


def _away(found: Assignment, able: Collection[int]) -> set[int]:
    """Who must stay away from its target on its day, or has declared to."""
    wanted = [(pk, found.target_id, found.scheduled_on) for pk in able]
    return {pk for pk, _, _ in avoidance.kept_away(wanted)} | {one.user_id for one in found.recusals.all()}


def _burden(found: Assignment) -> burden.Burden | None:
    """How often its school is entered in the month; None for what is no school."""
    if found.target.kind != TargetKind.SCHOOL:
        return None
    return burden.of_targets(found.county_id, [found.target_id], found.plan_month)[found.target_id]


def _too_often(found: Assignment, often: burden.Burden | None) -> str:
    """A sentence where with this visit the school is entered more often than the plan allows."""
    if often is None or not often.is_over or found.kind in burden.UNCOUNTED:
        return ""
    return burden.Warning(found, found.plan_month, often.counted, often.limit).text
