"""The desk of whoever leads a team: how far it is, what it has to review, send, draft and follow; nothing of others."""

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from backend.bulletins.selectors.coverage import goal
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.desk.deeds import Deed
from backend.desk.links import to
from backend.desk.navigation import LEADERS
from backend.desk.rules import charts
from backend.desk.rules.charts import Bar
from backend.desk.rules.drawing import percent
from backend.desk.selectors import awaited
from backend.desk.selectors.awaited import Awaited
from backend.desk.staff import StaffPage, stamp_of
from backend.desk.views.staff.notice import NoticePage
from backend.desk.views.staff.notices import CandidatePage
from backend.inspections.models import Assignment, AssignmentState
from backend.inspections.models.lifecycle import ASSIGNMENT_MOVES
from backend.inspections.selectors import assignments as selectors
from backend.inspections.selectors import progress
from backend.inspections.selectors.coverage import TeamShare
from backend.inspections.services import assignments
from backend.inspections.services.authority import leads
from backend.notices.models import RectificationNotice
from backend.notices.rules.lifecycle import LABELS
from backend.registry.selectors import teams

KINDS = {
    "review": (
        "待您审核的检查记录",
        "desk_visit",
        "没有待审核的记录。组员提交后会列在这里，本人提交的须由督导办审核。",
    ),
    "task": ("未完成的任务", "desk_team_task", "没有未完成的任务。任务到公布时间后会列在这里。"),
    "candidate": (
        "可以起草通知书的检查",
        "desk_team_candidate",
        "没有待起草的。检查审核通过、有需要整改的问题后会列在这里。",
    ),
    "notice": ("本组的整改通知书（未销号）", "desk_team_notice", "没有未销号的通知书。"),
}
"""What a team works at: the heading, the page of each row, and what an empty list means."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The teams that somebody leads, and what waits there."""

    shares: list[TeamShare]
    rows: list[Awaited]


class TeamPage(StaffPage[Desk]):
    """The first page of a leader's day."""

    template = "staff/team.html"
    roles = LEADERS

    def find(self, actor: Actor, **key: Any) -> Desk:
        shares = progress.shares(actor, f"{clock.today():%Y-%m}")
        return Desk(shares, awaited.of_leader(actor) if shares else [])

    def context(self, request: HttpRequest, actor: Actor, found: Desk) -> dict[str, Any]:
        bars = [_bar(one) for one in found.shares]
        due = goal(clock.now())
        return {
            "month": clock.today(),
            "teams": [
                (one.team, len(one.share.covered), len(one.share.scope), percent(one.share.percent))
                for one in found.shares
            ],
            "chart": charts.bars("本月覆盖率", bars, target=due) if bars else "",
            "goal": percent(due),
            "lists": [_list(kind, found.rows) for kind in KINDS],
        }


def _bar(one: TeamShare) -> Bar:
    return Bar(one.team.name, one.share.percent, f"{len(one.share.covered)}/{len(one.share.scope)}")


def _list(kind: str, rows: list[Awaited]) -> dict[str, Any]:
    title, page, empty = KINDS[kind]
    found = [row for row in rows if row.kind == kind]
    late = clock.today()
    return {
        "title": title,
        "empty": empty,
        "count": len(found),
        "rows": [
            {
                "name": row.name,
                "address": to(page, row.id),
                "day": row.day,
                "said": "期限" if kind == "notice" else "",
                "late": row.day is not None and row.day < late and kind in ("task", "notice"),
                "state": _state(kind, row.state),
            }
            for row in found[:50]
        ],
    }


def _state(kind: str, state: str) -> str:
    """What the state is called; of a visit to review the team."""
    if kind == "task":
        return str(AssignmentState(state).label)
    return LABELS[state] if kind == "notice" else state if kind == "review" else ""


class CrewForm(forms.Form):
    """Other people of the same team."""

    leader = forms.TypedChoiceField(label="带队", coerce=int)
    crew = forms.TypedMultipleChoiceField(label="组员", coerce=int, required=False, widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(label="理由（可不填）", max_length=500, required=False)


def _reassign(actor: Actor, task: Assignment, values: dict[str, Any]) -> Assignment:
    return assignments.reassign(actor=actor, assignment_id=task.pk, **values)


class TaskPage(StaffPage[Assignment]):
    """One task of an own team, to send other people of the team."""

    template = "staff/team_task.html"
    roles = LEADERS
    deeds = (
        Deed(
            "reassign",
            "改派",
            _reassign,
            "已改派，换下的人不再看到这项任务；他们已做的记录保留。",
            CrewForm,
            tone="main",
            explains="只能改派本组成员；应当回避、没有相应证件的人不能派出。",
        ),
    )

    def find(self, actor: Actor, **key: Any) -> Assignment:
        found = selectors.get(actor, uuid.UUID(str(key["assignment_id"])))
        if found.team_id is None or not leads(actor, found.team_id):
            raise NotFound("assignment", found.pk)
        return found

    def stamp(self, found: Assignment) -> str:
        return stamp_of(found.state, found.leader_id, sorted(one.user_id for one in _present(found)))

    def offered(self, actor: Actor, found: Assignment) -> frozenset[str]:
        return frozenset({"reassign"}) if found.state in ASSIGNMENT_MOVES["reassign"] else frozenset()

    def form(self, actor: Actor, found: Assignment, deed: Deed, **more: Any) -> forms.Form:
        form = deed.form(**more)
        people = [(row.user_id, row.user.name) for row in teams.members(found.team)] if found.team else []
        for name in ("leader", "crew"):
            form.fields[name].choices = people  # type: ignore[attr-defined]
        return form

    def initial(self, actor: Actor, found: Assignment, deed: Deed, row: str) -> dict[str, Any]:
        others = [one.user_id for one in _present(found) if one.user_id != found.leader_id]
        return {"leader": found.leader_id, "crew": others}

    def context(self, request: HttpRequest, actor: Actor, found: Assignment) -> dict[str, Any]:
        names = [one.user.name for one in sorted(_present(found), key=lambda one: not one.is_leader)]
        return {"task": found, "crew": "、".join(names)}


def _present(task: Assignment) -> list[Any]:
    return [one for one in task.crew.all() if one.ended_at is None]


class TeamCandidatePage(CandidatePage):
    """An approved visit of an own team: its notice is drafted here and reviewed by the office."""

    template = "staff/team_candidate.html"
    roles = LEADERS
    deeds = (
        Deed(
            "draft",
            "起草整改通知书",
            CandidatePage.deeds[0].work,
            "已起草，已送督导办审核。",
            CandidatePage.deeds[0].form,
            tone="main",
            explains="起草后由督导办审核、编号，领导签发；未列入的问题须另行处理。",
            leads_to=lambda notice: reverse("desk_team"),
        ),
    )

    def offered(self, actor: Actor, found: Any) -> frozenset[str]:
        return frozenset({"draft"})


class TeamNoticePage(NoticePage):
    """A notice about a visit of an own team, or issued to a unit in its charge: to be read and followed. What goes on
    beside it (papers of escalation, proposals, instructions) is the office's and leadership's.
    """

    template = "staff/team_notice.html"
    roles = LEADERS
    deeds = ()

    def offered(self, actor: Actor, found: RectificationNotice) -> frozenset[str]:
        return frozenset()

    def context(self, request: HttpRequest, actor: Actor, found: RectificationNotice) -> dict[str, Any]:
        return super().context(request, actor, found) | {"papers": []}
