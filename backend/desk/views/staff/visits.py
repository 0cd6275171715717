"""Visits: what came in, and the page on which somebody answers for one: returned with a reason, or approved."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from backend.core import clock
from backend.core.actor import Actor
from backend.core.pages import page_by_keys
from backend.desk.deeds import Deed, ReasonForm, RemarkForm, row_key
from backend.desk.fields import DayField, MonthField
from backend.desk.filters import chosen
from backend.desk.links import to
from backend.desk.navigation import LEADERSHIP, OFFICE, STAFF
from backend.desk.rules.visit_words import STEPS
from backend.desk.selectors import choices, visit_review
from backend.desk.staff import StaffPage, stamp_of
from backend.inspections.models import (
    Finding,
    FindingState,
    HearingWay,
    SeverityLevel,
    VetoView,
    Visit,
    VisitState,
)
from backend.inspections.selectors import visits as selectors
from backend.inspections.selectors.visit_log import Step
from backend.inspections.services import reviews, vetoes
from backend.inspections.services.authority import leads
from backend.inspections.services.vetoes import JUDGES
from backend.registry.models import Track


class VisitFilters(forms.Form):
    month = MonthField(required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[choices.ANY, *VisitState.choices])
    track = forms.ChoiceField(label="检查线", required=False, choices=[choices.ANY, *Track.choices])
    team = forms.ChoiceField(label="督查组", required=False)
    day = DayField(label="提交日期")
    veto = forms.BooleanField(label="只看一票否决候选", required=False)

    def __init__(self, *given: Any, teams: choices.Choices = (), **more: Any) -> None:  # type: ignore[assignment]
        super().__init__(*given, **more)
        self.fields["team"].choices = [choices.ANY, *teams]  # type: ignore[attr-defined]


def narrowed(
    actor: Actor, *, day: dt.date | None = None, veto: bool = False, team: str | None = None, **wanted: Any
) -> QuerySet[Visit]:
    """The visits that fit; `day`: on which their present round was submitted."""
    rows = selectors.matching(actor, team=uuid.UUID(team) if team else None, **wanted)
    if day is not None:
        begins = clock.midnight(day)
        rows = rows.filter(submitted_at__gte=begins, submitted_at__lt=begins + dt.timedelta(days=1))
    if veto:
        candidates = Finding.objects.filter(visit=OuterRef("pk"), veto_candidate=True)
        rows = rows.filter(
            Exists(candidates.exclude(state=FindingState.WITHDRAWN)),
            state__in=(VisitState.SUBMITTED, VisitState.APPROVED),
        )
    return rows


class VisitList(StaffPage[None]):
    """The visits that the reader may see, the newest first."""

    template = "staff/visits.html"
    roles = STAFF

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        teams = choices.teams(actor) if actor.has(*OFFICE, *LEADERSHIP) else []
        filters, wanted = chosen(lambda *given, **more: VisitFilters(*given, teams=teams, **more), request)
        shown = page_by_keys(narrowed(actor, **wanted), request.GET, selectors.listed)
        rows = [(row, Track(row.track).label) for row in shown.rows]
        return {"rows": rows, "next": shown.next, "filters": filters}


def _own_time(step: Step) -> dt.datetime | None:
    """When it happened by the device, where that is not when it arrived."""
    apart = step.device_at is not None and abs(step.at - step.device_at) > dt.timedelta(minutes=2)
    return step.device_at if apart else None


def _task(actor: Actor, visit: Visit) -> str:
    """The page of the visit's task that this reader may open; empty where there is none."""
    if actor.has(*OFFICE, *LEADERSHIP):
        return to("desk_assignment", visit.assignment_id)
    return to("desk_team_task", visit.assignment_id) if leads(actor, visit.assignment.team_id) else ""


class HearingForm(forms.Form):
    way = forms.ChoiceField(label="方式", choices=HearingWay.choices)
    statement = forms.CharField(label="被查单位的陈述意见", max_length=2000, widget=forms.Textarea({"rows": 4}))


class OpinionForm(forms.Form):
    view = forms.ChoiceField(label="意见", choices=VetoView.choices)
    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea({"rows": 3}))


def _hear(actor: Actor, found: Visit, values: dict[str, Any]) -> Finding:
    finding_id = row_key(values["row"])
    return vetoes.hear(actor=actor, finding_id=finding_id, way=values["way"], statement=values["statement"])


def _judge(actor: Actor, found: Visit, values: dict[str, Any]) -> Finding:
    finding_id = row_key(values["row"])
    return vetoes.judge(actor=actor, finding_id=finding_id, view=values["view"], reason=values["reason"])


def _judged(finding: Finding) -> str:
    if finding.veto_candidate:
        return "意见已登记，还须另一人认定，两人中须有一名领导。"
    return "已认定为一票否决。" if finding.severity == SeverityLevel.VETO else "未予认定，按严重问题处理。"


class VisitPage(StaffPage[Visit]):
    """One visit for whoever answers for it."""

    template = "staff/visit.html"
    roles = STAFF
    deeds = (
        Deed(
            "approve",
            "审核通过",
            lambda actor, visit, values: reviews.approve(actor=actor, visit_id=visit.pk, **values),
            "已审核通过，问题已确认，可以起草整改通知书。",
            RemarkForm,
            tone="main",
            explains="通过后问题即告确认，现场已改的随之销号。",
        ),
        Deed(
            "return",
            "退回重报",
            lambda actor, visit, values: reviews.return_visit(actor=actor, visit_id=visit.pk, **values),
            "已退回检查组，手机上即时可见。",
            ReasonForm,
            explains="检查组补充后重新提交为新的一轮；本轮内容照原样保存。",
        ),
        Deed("hear", "登记单位陈述", _hear, "已登记被查单位意见。", HearingForm, row=True),
        Deed("judge", "发表认定意见", _judge, _judged, OpinionForm, row=True, tone="grave"),
    )

    def find(self, actor: Actor, **key: Any) -> Visit:
        return visit_review.find(actor, uuid.UUID(str(key["visit_id"])))

    def stamp(self, found: Visit) -> str:
        rows = found.findings.all()
        said = [(row.pk, row.severity, row.state, row.veto_candidate, len(row.veto_opinions.all())) for row in rows]
        return stamp_of(found.state, found.round, found.addenda_kept, said)

    def offered(self, actor: Actor, found: Visit) -> frozenset[str]:
        names = set()
        if found.state == VisitState.SUBMITTED and reviews.may_review(actor, found):
            names |= {"approve", "return"}
        if found.state in (VisitState.SUBMITTED, VisitState.APPROVED) and actor.has(*JUDGES):
            names |= {"hear", "judge"}
        return frozenset(names)

    def context(self, request: HttpRequest, actor: Actor, found: Visit) -> dict[str, Any]:
        told = visit_review.review(actor, found)
        return {
            "visit": found,
            "track": Track(found.track).label,
            "told": told,
            "findings": [self._finding(row, told) for row in told.findings],
            "steps": [(STEPS.get(step.verb, step.verb), step, _own_time(step)) for step in told.steps],
            "compares": actor.has(*OFFICE, *LEADERSHIP),
            "task": _task(actor, found),
        }

    def _finding(self, row: Finding, told: visit_review.Review) -> dict[str, Any]:
        hearing = getattr(row, "hearing", None)
        return {
            "row": row,
            "hearing": hearing,
            "photos": [one for one in told.photos if one.row.finding_id == row.pk],
            "opinions": list(row.veto_opinions.all()),
            "hears": row.veto_candidate and hearing is None,
            "judges": row.veto_candidate and hearing is not None,
        }
