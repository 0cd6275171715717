"""Candidates for a veto: who was heard, who confirmed, and the deeds of those who may judge (workflow.md section 4)."""

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest

from backend.core.actor import Actor
from backend.core.pages import page as rows_of
from backend.desk.deeds import Deed
from backend.desk.links import to
from backend.desk.navigation import LEADERS, LEADERSHIP, OFFICE
from backend.desk.staff import StaffPage, stamp_of
from backend.inspections.models import Finding, VetoView
from backend.inspections.models.veto import HearingWay
from backend.inspections.selectors import vetoes as selectors
from backend.inspections.services import vetoes

READERS = OFFICE | LEADERSHIP | LEADERS


class HearingForm(forms.Form):
    way = forms.ChoiceField(label="听取方式", choices=HearingWay.choices)
    statement = forms.CharField(
        label="陈述意见",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="放弃陈述的，写明由谁、何时表示。",
    )


class OpinionForm(forms.Form):
    reason = forms.CharField(label="认定理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


def _judge(view: str) -> Any:
    return lambda actor, finding, values: vetoes.judge(actor=actor, finding_id=finding.pk, view=view, **values)


class VetoList(StaffPage[None]):
    """What waits, the oldest last."""

    template = "staff/vetoes.html"
    roles = READERS

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        shown = rows_of(selectors.spoken_of(selectors.waiting(actor)), request.GET)
        return {"rows": [(row, _stage(row)) for row in shown.rows], "next": shown.next}


def _stage(finding: Finding) -> str:
    """How far a candidate is."""
    if not hasattr(finding, "hearing"):
        return "待听取单位意见"
    said = [one for one in finding.veto_opinions.all() if one.round == finding.visit.round]
    confirmed = sum(one.view == VetoView.CONFIRM for one in said)
    return f"已听取意见，{confirmed} 人认定" if said else "已听取意见，待认定"


class VetoPage(StaffPage[Finding]):
    """One candidate: the fact, the unit's words, the opinions."""

    template = "staff/veto.html"
    roles = READERS
    deeds = (
        Deed(
            "hear",
            "登记单位意见",
            lambda actor, finding, values: vetoes.hear(actor=actor, finding_id=finding.pk, **values),
            "已登记，登记后不再改动。",
            HearingForm,
            tone="main",
            explains="认定之前须听取单位意见；登记后不能修改。",
        ),
        Deed(
            "confirm",
            "认定一票否决",
            _judge(VetoView.CONFIRM),
            "您的意见已记录。",
            OpinionForm,
            tone="grave",
            explains="须两人认定，其中一人为领导；记录问题的人不能认定。",
        ),
        Deed(
            "lift",
            "不予认定",
            _judge(VetoView.LIFT),
            "您的意见已记录。",
            OpinionForm,
            explains="领导不予认定的，改按严重问题处理。",
        ),
    )

    def find(self, actor: Actor, **key: Any) -> Finding:
        return selectors.get(actor, uuid.UUID(str(key["finding_id"])))

    def stamp(self, found: Finding) -> str:
        said = len(found.veto_opinions.all())
        return stamp_of(found.veto_candidate, found.state, hasattr(found, "hearing"), said)

    def offered(self, actor: Actor, found: Finding) -> frozenset[str]:
        if found.veto_candidate and not hasattr(found, "hearing"):
            return frozenset({"hear"}) if not actor.has(*LEADERSHIP) else frozenset()
        judging = selectors.may_judge(actor, found) and actor.has(*vetoes.JUDGES)
        return frozenset({"confirm", "lift"}) if judging else frozenset()

    def context(self, request: HttpRequest, actor: Actor, found: Finding) -> dict[str, Any]:
        team = found.visit.assignment.team
        return {
            "finding": found,
            "hearing": getattr(found, "hearing", None),
            "opinions": found.veto_opinions.all(),
            "team": team.name if team else "",
            "visit": to("desk_visit", found.visit_id),
            "stage": _stage(found) if found.veto_candidate else f"已办结：{found.get_severity_display()}",
        }
