"""Papers of escalation (督办文书): the list, and one paper with the steps that its table allows."""

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from backend.core.actor import Actor
from backend.core.pages import page_by_keys
from backend.desk import pages
from backend.desk.deeds import Deed, ReasonForm
from backend.desk.fields import LinesField, area, day_input, moment_input
from backend.desk.filters import chosen
from backend.desk.navigation import OFFICE
from backend.desk.staff import StaffPage, stamp_of
from backend.desk.views.staff.notices import READERS
from backend.notices.models import EscalationPaper
from backend.notices.models.escalation import PAPER_KINDS, PAPER_STATES
from backend.notices.rules.escalation_lifecycle import MOVES, OPEN, PAPER_LABELS, PROPOSALS, TITLES
from backend.notices.rules.ladder import Rung
from backend.notices.rules.lifecycle import Party
from backend.notices.selectors import escalations as selectors
from backend.notices.services import escalation_printing, escalations
from backend.notices.services.steps import may_sign

BY_KIND = {
    "deadline": Rung.SUPERVISED_ORDER,
    "host": Rung.ADMONITION_TALK,
    "place": Rung.ADMONITION_TALK,
    "present": Rung.ADMONITION_TALK,
    "promise": Rung.ADMONITION_TALK,
}
"""Fields of a draft that papers of one kind alone have."""

MOVE_OF = {"sign": "sign", "summon": "summon", "record": "record", "decide": "adopt", "drop": "drop"}
"""By deed of the page the move of the table that it takes."""


class PaperFilters(forms.Form):
    kind = forms.ChoiceField(label="种类", required=False, choices=[("", "全部"), *PAPER_KINDS])
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *PAPER_STATES])


class AmendPaperForm(forms.Form):
    demands = LinesField(label="要求、要点或建议", rows=6)
    deadline = forms.DateField(label="督办期限", required=False, widget=day_input())
    host = forms.CharField(label="约谈人", max_length=80, required=False)
    place = forms.CharField(label="约谈地点", max_length=80, required=False)
    present = LinesField(label="参加人", longest=80, required=False, rows=3)
    promise = forms.CharField(label="整改承诺", max_length=2000, required=False, widget=area(3))


class SummonForm(forms.Form):
    held_at = forms.DateTimeField(label="约谈时间", widget=moment_input())
    place = forms.CharField(label="约谈地点", max_length=80)


class RecordForm(forms.Form):
    host = forms.CharField(label="约谈人（姓名、职务）", max_length=80)
    present = LinesField(label="参加人", longest=80, rows=3)
    points = LinesField(label="约谈要点", rows=6)
    promise = forms.CharField(label="单位说明和整改承诺", max_length=2000, required=False, widget=area(4))


class ProposalForm(forms.Form):
    adopt = forms.TypedChoiceField(
        label="审定",
        coerce=lambda value: value == "yes",
        choices=[("yes", "采纳建议"), ("no", "不采纳")],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="意见（不采纳时必填）", max_length=500, required=False, widget=area(3))


class PaperList(StaffPage[None]):
    """The county's papers of escalation, the newest first."""

    template = "staff/escalations.html"
    roles = READERS

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        filters, wanted = chosen(PaperFilters, request)
        rows = page_by_keys(selectors.filtered(selectors.scoped(actor), **wanted), request.GET, selectors.listed)
        shown = [(TITLES[each.kind], PAPER_LABELS[each.state], each) for each in rows.rows]
        return {"rows": shown, "next": rows.next, "filters": filters}


def _amend(actor: Actor, paper: EscalationPaper, values: dict[str, Any]) -> EscalationPaper:
    given = {name: value for name, value in values.items() if value or name in ("demands", "promise", "present")}
    return escalations.amend(actor=actor, paper_id=paper.pk, **given)


class PaperPage(StaffPage[EscalationPaper]):
    """One paper. What it offers is read from `MOVES`; a form asks only what a paper of its kind has."""

    template = "staff/escalation.html"
    roles = READERS
    deeds = (
        Deed("amend", "修改", _amend, "已修改。", AmendPaperForm),
        Deed(
            "sign",
            "签发督办通知",
            lambda actor, paper, values: escalation_printing.sign(actor=actor, paper_id=paper.pk),
            lambda paper: f"已签发，文号 {paper.number}，单位已收到通知。",
            tone="main",
            explains="签发即编号并送达单位，此后不能再改。",
        ),
        Deed(
            "summon",
            "通知约谈",
            lambda actor, paper, values: escalations.summon(actor=actor, paper_id=paper.pk, **values),
            "单位已收到约谈通知。",
            SummonForm,
            tone="main",
            explains="单位会立即收到时间和地点；改期请重新通知。",
        ),
        Deed(
            "record",
            "记录约谈",
            lambda actor, paper, values: escalation_printing.record(actor=actor, paper_id=paper.pk, **values),
            "约谈记录已生成，请打印签字。",
            RecordForm,
            tone="main",
        ),
        Deed(
            "decide",
            "审定建议",
            lambda actor, paper, values: escalations.decide(actor=actor, paper_id=paper.pk, **values),
            "已审定。",
            ProposalForm,
            tone="main",
            explains="采纳只表示建议进入办理程序，不等于已对单位作出决定。",
        ),
        Deed(
            "drop",
            "终止",
            lambda actor, paper, values: escalations.drop(actor=actor, paper_id=paper.pk, **values),
            "已终止。",
            ReasonForm,
            tone="grave",
        ),
    )

    def find(self, actor: Actor, **key: Any) -> EscalationPaper:
        return selectors.get(actor, uuid.UUID(str(key["paper_id"])))

    def stamp(self, found: EscalationPaper) -> str:
        said = (found.demands, found.deadline, found.host, found.place, found.present, found.promise, found.held_at)
        return stamp_of(found.state, len(found.transitions.all()), *said)

    def offered(self, actor: Actor, found: EscalationPaper) -> frozenset[str]:
        possible = {deed for deed, move in MOVE_OF.items() if _moves(found, move)}
        signer = bool(possible & {"sign", "decide"}) and may_sign(actor)
        mine = {deed for deed in possible if (signer if MOVES[MOVE_OF[deed]].party is Party.SIGNER else _office(actor))}
        if _office(actor) and found.state in escalations.EDITABLE and found.signing_at is None:
            mine.add("amend")
        return frozenset(mine)

    def form(self, actor: Actor, found: EscalationPaper, deed: Deed, **more: Any) -> forms.Form:
        form = deed.form(**more)
        if deed.name == "amend":
            for name in [name for name, kind in BY_KIND.items() if found.kind != kind]:
                del form.fields[name]
        return form

    def initial(self, actor: Actor, found: EscalationPaper, deed: Deed, row: str) -> dict[str, Any]:
        names = {"amend": AmendPaperForm.base_fields, "summon": ("place",), "record": ("host", "present", "promise")}
        return {name: getattr(found, name) for name in names.get(deed.name, ())}

    def context(self, request: HttpRequest, actor: Actor, found: EscalationPaper) -> dict[str, Any]:
        return {
            "paper": found,
            "title": TITLES[found.kind],
            "label": PAPER_LABELS[found.state],
            "internal": found.kind in PROPOSALS,
            "is_open": found.state in OPEN,
            "steps": [(MOVES[step.action].name, step) for step in found.transitions.all()],
        }


def _moves(paper: EscalationPaper, move: str) -> bool:
    return paper.kind in MOVES[move].kinds and paper.state in MOVES[move].sources


def _office(actor: Actor) -> bool:
    return actor.has(*OFFICE)


@require_safe
@pages.for_roles(READERS)
def proof(request: HttpRequest, actor: Actor, paper_id: uuid.UUID) -> HttpResponse:
    """The draft as it would be printed now, without number and code."""
    content = escalation_printing.proof(actor=actor, paper_id=paper_id)
    answer = HttpResponse(content, content_type="application/pdf", headers={"Cache-Control": "private, no-store"})
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
