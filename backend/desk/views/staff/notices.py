"""Notices of the county: what waits for whom, and drafts from approved visits."""

import uuid
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from backend.core import clock
from backend.core.actor import Actor
from backend.core.pages import page as rows_of
from backend.core.pages import page_by_keys
from backend.desk.deeds import Deed
from backend.desk.fields import KeyField, KeysField, YesNoField
from backend.desk.filters import chosen
from backend.desk.navigation import LEADERSHIP, OFFICE
from backend.desk.staff import StaffPage, stamp_of
from backend.inspections.models import Visit
from backend.notices.models import RectificationNotice
from backend.notices.models.notice import STATES
from backend.notices.rules.deadlines import escalation
from backend.notices.rules.lifecycle import WITH_THE_UNIT
from backend.notices.selectors import notices, workload
from backend.notices.services import drafts
from backend.registry.selectors import teams

READERS = OFFICE | LEADERSHIP

WAITING = (
    ("draft", "待审核", "state=draft"),
    ("reviewed", "待签发", "state=reviewed"),
    ("issued", "待送达", "state=issued"),
    ("defence_pending", "待答复申辩", "state=defence_pending"),
    ("report_submitted", "待复查", "state=report_submitted"),
    ("under_review", "复查中", "state=under_review"),
    ("overdue", "已逾期", "overdue=yes"),
)
"""What somebody has to do something about: the count's name, its words, and the filter that shows it."""


class NoticeFilters(forms.Form):
    q = forms.CharField(label="单位或文号", max_length=40, required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *STATES])
    overdue = YesNoField(label="逾期")
    unopened_hours = forms.TypedChoiceField(
        label="签发后未打开",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "不限"), ("24", "超过 24 小时"), ("48", "超过 48 小时"), ("72", "超过 72 小时")],
    )
    team = KeyField(label="督查组", required=False)

    def __init__(self, *args: Any, teams: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["team"].choices = [("", "全部"), *teams]  # type: ignore[attr-defined]


def team_choices(actor: Actor) -> list[tuple[str, str]]:
    """The county's teams for a filter, also those that were closed: they have a past."""
    rows = teams.scoped(actor).order_by("code").values_list("pk", "name")
    return [(str(pk), name) for pk, name in rows]


class NoticeList(StaffPage[None]):
    """The county's notices, the newest first, and how many wait for what."""

    template = "staff/notices.html"
    roles = READERS

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        filters, wanted = chosen(partial(NoticeFilters, teams=team_choices(actor)), request)
        rows = page_by_keys(notices.filtered(notices.scoped(actor), **wanted), request.GET, notices.listed)
        counts, today = workload.waiting(actor), clock.today()
        return {
            "rows": [(row, row.is_overdue(today), _step(row)) for row in rows.rows],
            "next": rows.next,
            "filters": filters,
            "candidates": workload.candidates(actor).count(),
            "escalations": counts["escalations"],
            "waiting": [(label, query, counts[name]) for name, label, query in WAITING if counts.get(name)],
        }


def _step(notice: RectificationNotice) -> str:
    """The step of the ladder that today calls for."""
    return escalation(notice.due_on, clock.today()) if notice.state in WITH_THE_UNIT else ""


class CandidateList(StaffPage[None]):
    """Approved visits whose findings no notice names yet."""

    template = "staff/candidates.html"
    roles = READERS

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        rows = rows_of(workload.with_findings(workload.candidates(actor)), request.GET)
        return {"rows": [(visit, list(visit.findings.all())) for visit in rows.rows], "next": rows.next}


class DraftForm(forms.Form):
    finding_ids = KeysField(label="列入通知书的问题", error_messages={"required": "请至少选择一个问题。"})


class CandidatePage(StaffPage[Visit]):
    """One approved visit, to draft its notice from."""

    template = "staff/candidate.html"
    roles = READERS
    deeds = (
        Deed(
            "draft",
            "起草整改通知书",
            lambda actor, visit, values: drafts.draft_from_visit(actor=actor, visit_id=visit.pk, **values),
            "已起草，请核对后送审。",
            DraftForm,
            tone="main",
            explains="每次检查一份通知书；未列入的问题须另行处理。",
            leads_to=lambda notice: reverse("desk_notice", args=[notice.pk]),
        ),
    )

    def find(self, actor: Actor, **key: Any) -> Visit:
        return workload.candidate(actor, uuid.UUID(str(key["visit_id"])))

    def stamp(self, found: Visit) -> str:
        return stamp_of(*((each.pk, each.text, each.severity) for each in found.findings.all()))

    def offered(self, actor: Actor, found: Visit) -> frozenset[str]:
        return frozenset({"draft"}) if actor.has(*OFFICE) else frozenset()

    def form(self, actor: Actor, found: Visit, deed: Deed, **more: Any) -> forms.Form:
        form = deed.form(**more)
        form.fields["finding_ids"].choices = [  # type: ignore[attr-defined]
            (str(each.pk), f"{each.number}．{each.get_severity_display()}：{each.text}") for each in _ready(found)
        ]
        return form

    def initial(self, actor: Actor, found: Visit, deed: Deed, row: str) -> dict[str, Any]:
        return {"finding_ids": [str(each.pk) for each in _ready(found)]}

    def context(self, request: HttpRequest, actor: Actor, found: Visit) -> dict[str, Any]:
        rows = list(found.findings.all())
        return {"visit": found, "findings": rows, "undecided": [each for each in rows if each.veto_candidate]}


def _ready(visit: Visit) -> list[Any]:
    """What a notice may name: not a veto that two people have not confirmed yet."""
    return [each for each in visit.findings.all() if not each.veto_candidate]
