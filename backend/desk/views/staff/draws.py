"""The draw as a ceremony: sealed, drawn before a witness, its seed told, confirmed; and checked by anybody."""

import uuid
from typing import Any

import msgspec
from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from backend.core import codec
from backend.core.actor import Actor
from backend.core.pages import page as rows_of
from backend.desk import pages
from backend.desk.deeds import Deed, ReasonForm
from backend.desk.draw_forms import ConfirmForm, RunForm, SealForm
from backend.desk.fields import MonthField
from backend.desk.filters import chosen
from backend.desk.navigation import LEADERSHIP, OFFICE
from backend.desk.selectors import choices
from backend.desk.staff import StaffPage, stamp_of
from backend.inspections.models import Draw, DrawnTarget, DrawState, VisitKind
from backend.inspections.models.draw_lifecycle import DRAW_MOVES
from backend.inspections.rules.draw_points import DIFFERS, POINTS, verdict
from backend.inspections.selectors import draws as selectors
from backend.inspections.selectors.draw_audit import audited
from backend.inspections.services import draw_confirmation, draws
from backend.inspections.services.draw_confirmation import usual_hours
from backend.inspections.services.draw_requests import DrawRequest
from backend.inspections.services.draw_wording import NAMED, RULES
from backend.registry.models import Track

READERS = OFFICE | LEADERSHIP


class DrawFilters(forms.Form):
    month = MonthField(required=False)
    track = forms.ChoiceField(label="检查线", required=False, choices=[choices.ANY, *Track.choices])
    state = forms.ChoiceField(label="状态", required=False, choices=[choices.ANY, *DrawState.choices])


def _seal(actor: Actor, found: None, values: dict[str, Any]) -> Draw:
    plan, teams = values.pop("plan"), values.pop("teams")
    request = DrawRequest(plan=uuid.UUID(plan) if plan else None, teams=choices.as_ids(teams), **values)
    return draws.seal(actor=actor, request=request)


def _to(draw: Draw) -> str:
    return reverse("desk_draw", args=[draw.pk])


class DrawList(StaffPage[None]):
    """The county's draws, the newest first; where a new one is sealed."""

    template = "staff/draws.html"
    roles = READERS
    deeds = (
        Deed(
            "seal",
            "封存并准备抽取",
            _seal,
            "已封存：名录和种子不能再改。请公布封存摘要，再请见证人到场抽取。",
            SealForm,
            tone="main",
            explains="系统冻结对象名录和人员名录，生成随机种子，并给出封存摘要。",
            leads_to=_to,
        ),
    )

    def find(self, actor: Actor, **key: Any) -> None:
        return None

    def offered(self, actor: Actor, found: None) -> frozenset[str]:
        return frozenset({"seal"}) if actor.has(*OFFICE) else frozenset()

    def form(self, actor: Actor, found: None, deed: Deed, **more: Any) -> forms.Form:
        form = deed.form(**more)
        form.fields["plan"].choices = [("", "不按计划，指定月份"), *choices.plans_in_force(actor)]  # type: ignore[attr-defined]
        form.fields["teams"].choices = choices.teams(actor)  # type: ignore[attr-defined]
        return form

    def context(self, request: HttpRequest, actor: Actor, found: None) -> dict[str, Any]:
        filters, wanted = chosen(DrawFilters, request)
        shown = rows_of(selectors.matching(actor, **wanted), request.GET)
        rows = [(row, Track(row.track).label, VisitKind(row.kind).label) for row in shown.rows]
        return {"rows": rows, "next": shown.next, "filters": filters}


STEPS = (("sealed_at", "封存"), ("drawn_at", "抽取"), ("revealed_at", "公布种子"), ("confirmed_at", "确认"))


class DrawPage(StaffPage[Draw]):
    """One draw: what was sealed, what came out, and the next step."""

    template = "staff/draw.html"
    roles = READERS
    deeds = (
        Deed(
            "run",
            "当场抽取",
            lambda actor, draw, values: draws.run(actor=actor, draw_id=draw.pk, **values),
            "已抽取。",
            RunForm,
            tone="main",
            explains="只能抽取一次。见证词在封存之后说出，与种子一起决定结果，谁也不能预先知道。",
        ),
        Deed(
            "reveal",
            "公布种子",
            lambda actor, draw, values: draws.reveal(actor=actor, draw_id=draw.pk),
            "种子已公布，任何人可按记录重新抽取核验。",
            tone="main",
            explains="公布后记录完整，可下载给任何人核验。",
        ),
        Deed(
            "confirm",
            "确认并安排任务",
            lambda actor, draw, values: draw_confirmation.confirm(actor=actor, draw_id=draw.pk, **values),
            lambda made: f"已安排{len(made)}项任务，下达前只有督导办知道。",
            ConfirmForm,
            tone="main",
            explains="按结果逐行安排任务和人员；确认前系统再核验一次。",
        ),
        Deed(
            "redraw",
            "重新抽取",
            lambda actor, draw, values: draws.redraw(actor=actor, draw_id=draw.pk, **values),
            "已重新封存。原抽取连同理由留存。",
            ReasonForm,
            tone="grave",
            explains="本次作废但不删除，另行封存一次；理由写入记录。",
            leads_to=_to,
        ),
    )

    def find(self, actor: Actor, **key: Any) -> Draw:
        return selectors.get(actor, uuid.UUID(str(key["draw_id"])))

    def stamp(self, found: Draw) -> str:
        return stamp_of(found.state, found.revealed_at)

    def offered(self, actor: Actor, found: Draw) -> frozenset[str]:
        if not actor.has(*OFFICE):
            return frozenset()
        verbs = {"draw": "run", "reveal": "reveal", "confirm": "confirm", "replace": "redraw"}
        names = {name for verb, name in verbs.items() if found.state in DRAW_MOVES[verb]}
        return frozenset(names - ({"reveal"} if found.revealed_at else set()))

    def initial(self, actor: Actor, found: Draw, deed: Deed, row: str) -> dict[str, Any]:
        return {"reveal_hours": usual_hours(found)} if deed.name == "confirm" else {}

    def form(self, actor: Actor, found: Draw, deed: Deed, **more: Any) -> forms.Form:
        form = deed.form(**more)
        if deed.name == "run":
            form.fields["witness"].choices = choices.witnesses(actor)  # type: ignore[attr-defined]
        return form

    def context(self, request: HttpRequest, actor: Actor, found: Draw) -> dict[str, Any]:
        shown = rows_of(selectors.drawn(found), request.GET, by="position")
        names = selectors.names_of(shown.rows)
        return {
            "draw": found,
            "track": Track(found.track).label,
            "kind": VisitKind(found.kind).label,
            "seal": _groups(found.commitment),
            "result_hash": _groups(found.result_hash),
            "seed": _groups(found.seal.seed) if found.revealed_at else [],
            "ceremony": [(label, getattr(found, name)) for name, label in STEPS],
            "lines": [_line(row, names) for row in shown.rows],
            "next": shown.next,
            "replaced_by": Draw.objects.filter(replaces=found).only("pk").first(),
            "obstacles": _obstacles(found),
        }


def _line(row: DrawnTarget, names: dict[int, str]) -> dict[str, Any]:
    others = [names.get(user_id, "") for user_id in row.crew if user_id != row.leader_id]
    return {"row": row, "others": "、".join(others)}


def _obstacles(draw: Draw) -> list[str]:
    """Why nothing could be drawn, with the targets by name."""
    if not draw.obstacles:
        return []
    names = selectors.names_behind(draw)
    return [
        f"{RULES[one['rule']]}：{'、'.join(names[each] for each in one['targets'][:NAMED])}"
        if one["targets"]
        else RULES[one["rule"]]
        for one in draw.obstacles
    ]


def _groups(text: str) -> list[str]:
    """A hash in groups of eight, to be read out."""
    return [text[start : start + 8] for start in range(0, len(text), 8)]


class DrawCheckPage(StaffPage[Draw]):
    """The stored draw drawn again, point by point, and compared with the audit trail."""

    template = "staff/draw_check.html"
    roles = READERS

    def find(self, actor: Actor, **key: Any) -> Draw:
        return selectors.get(actor, uuid.UUID(str(key["draw_id"])))

    def context(self, request: HttpRequest, actor: Actor, found: Draw) -> dict[str, Any]:
        points = audited(found)
        agrees = all(one.agrees for one in points)
        return {
            "draw": found,
            "points": [(POINTS[one.code], one.agrees) for one in points],
            "agrees": agrees,
            "sentence": verdict({one.code for one in points}) if agrees else DIFFERS,
        }


@require_safe
@pages.for_roles(READERS)
def record(request: HttpRequest, actor: Actor, draw_id: uuid.UUID) -> HttpResponseBase:
    """The record as a file: under pseudonyms, with `names` also who is behind them."""
    found = selectors.get(actor, draw_id)
    told = selectors.record(found, names="names" in request.GET)
    answer = HttpResponse(msgspec.json.format(codec.dumps(told), indent=2), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="draw-{found.month}-{found.track}-{str(found.pk)[:8]}.json"'
    answer["Cache-Control"] = "no-store"
    return answer
