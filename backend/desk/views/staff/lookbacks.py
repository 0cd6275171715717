"""回头看: each month's sample of closed problems, what a look at each found, and the draw done again."""

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from backend.core import clock
from backend.core.actor import Actor
from backend.core.pages import page as rows_of
from backend.core.pages import page_by_keys
from backend.desk.deeds import Deed
from backend.desk.fields import KeyField, area
from backend.desk.filters import chosen
from backend.desk.navigation import LEADERSHIP, OFFICE
from backend.desk.selectors import choices
from backend.desk.staff import StaffPage, stamp_of
from backend.notices.models import LookBack, LookBackItem
from backend.notices.models.lookback import LOOKS
from backend.notices.rules import lookbacks as rules
from backend.notices.rules.lookbacks import LABELS, LEAST_PERCENT, MOST_PERCENT, OUTCOMES, USUAL_PERCENT, Look
from backend.notices.selectors import lookbacks as selectors
from backend.notices.services import lookbacks

READERS = OFFICE | LEADERSHIP
TONES = {Look.WAITING: "soon", Look.FAILED: "late", Look.RELAPSED: "late"}


class DrawForm(forms.Form):
    percent = forms.IntegerField(
        label=f"抽取比例（{LEAST_PERCENT}%至{MOST_PERCENT}%）", min_value=LEAST_PERCENT, max_value=MOST_PERCENT
    )


class LookBackList(StaffPage[LookBack | None]):
    """The samples, newest first; about this month's, where there is one."""

    template = "staff/look_backs.html"
    roles = READERS
    deeds = (
        Deed(
            "draw",
            "抽取本月回头看",
            lambda actor, found, values: lookbacks.draw(actor=actor, **values),
            lambda sample: f"已从{len(sample.pool)}项中抽取，结果和种子已记入审计。",
            DrawForm,
            tone="main",
            explains="从销号满三十天、未进入过抽取范围的问题中随机抽取；每月一次，抽取后不能重抽。"
            "每月首个工作日系统自动抽取。",
            leads_to=lambda sample: reverse("desk_look_back", args=[sample.pk]),
        ),
    )

    def find(self, actor: Actor, **key: Any) -> LookBack | None:
        return selectors.scoped(actor).filter(month=f"{clock.today():%Y-%m}").first()

    def offered(self, actor: Actor, found: LookBack | None) -> frozenset[str]:
        return frozenset({"draw"}) if actor.has(*OFFICE) and found is None else frozenset()

    def initial(self, actor: Actor, found: LookBack | None, deed: Deed, row: str) -> dict[str, Any]:
        return {"percent": USUAL_PERCENT}

    def context(self, request: HttpRequest, actor: Actor, found: LookBack | None) -> dict[str, Any]:
        shown = page_by_keys(selectors.scoped(actor), request.GET, selectors.samples)
        return {"rows": [(sample, counted(sample)) for sample in shown.rows], "next": shown.next, "this_month": found}


def counted(sample: LookBack) -> dict[str, int]:
    """How many were drawn, looked at, and opened again; wants `items`."""
    results = [look.result for look in sample.items.all()]
    return {
        "drawn": len(results),
        "looked": sum(result in OUTCOMES for result in results),
        "reopened": sum(result in OUTCOMES and OUTCOMES[result].reopens for result in results),
    }


class LookFilters(forms.Form):
    result = forms.ChoiceField(label="结果", required=False, choices=[choices.ANY, *LOOKS])


class LookBackPage(StaffPage[LookBack]):
    """One sample: what was drawn, in the order drawn, and whether the draw comes out the same again."""

    template = "staff/look_back.html"
    roles = READERS

    def find(self, actor: Actor, **key: Any) -> LookBack:
        return selectors.get(actor, uuid.UUID(str(key["look_back_id"])))

    def context(self, request: HttpRequest, actor: Actor, found: LookBack) -> dict[str, Any]:
        filters, wanted = chosen(LookFilters, request)
        rows = selectors.filtered(selectors.items(actor), look_back=found.pk, **wanted)
        shown = rows_of(rows.select_related("item__notice__target", "item__finding"), request.GET, by="position")
        return {
            "sample": found,
            "counted": counted(found),
            "agrees": agrees(found),
            "rows": [(look, LABELS[look.result], TONES.get(Look(look.result), "done")) for look in shown.rows],
            "next": shown.next,
            "filters": filters,
        }


def agrees(sample: LookBack) -> bool:
    """Whether pool and seed give what is stored (docs/drawing.md, section 7)."""
    again = rules.drawn(sample.seed, sample.pool, rules.size(len(sample.pool), sample.percent))
    stored = sorted(sample.items.all(), key=lambda look: look.position)
    same = [str(look.item_id) for look in stored] == again
    return same and rules.digest(sample.month, sample.percent, sample.pool) == sample.pool_hash


class ResultForm(forms.Form):
    result = forms.ChoiceField(
        label="回头看结果",
        choices=[(str(key), one.label) for key, one in OUTCOMES.items()],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="情况说明（除“已整改”外必填）", max_length=500, required=False, widget=area(3))
    visit_id = KeyField(label="依据的现场复查（可不选）", required=False)


class LookPage(StaffPage[LookBackItem]):
    """One problem that was drawn: what it was, how it was closed, and what the look found."""

    template = "staff/look.html"
    roles = READERS
    deeds = (
        Deed(
            "record",
            "记录回头看结果",
            lambda actor, look, values: lookbacks.record(actor=actor, look_id=look.pk, **values),
            lambda look: (
                "已记录，问题按原编号重新整改，单位已收到通知。" if OUTCOMES[look.result].reopens else "已记录。"
            ),
            ResultForm,
            tone="main",
            explains="“未整改”“反弹”的，问题按原编号重新打开，另定期限；须由原复查人以外的人员办理。",
        ),
    )

    def find(self, actor: Actor, **key: Any) -> LookBackItem:
        return selectors.item(actor, uuid.UUID(str(key["look_id"])))

    def stamp(self, found: LookBackItem) -> str:
        return stamp_of(found.result, found.item.finding.state)

    def offered(self, actor: Actor, found: LookBackItem) -> frozenset[str]:
        return frozenset({"record"}) if actor.has(*OFFICE) and found.result == Look.WAITING else frozenset()

    def form(self, actor: Actor, found: LookBackItem, deed: Deed, **more: Any) -> forms.Form:
        form, none = deed.form(**more), [("", "不依据现场复查")]
        visits = [
            (str(one.pk), f"{clock.local_date(one.started_at):%Y-%m-%d} 复查") for one in selectors.reviews(found)
        ]
        form.fields["visit_id"].choices = none + visits  # type: ignore[attr-defined]
        return form

    def context(self, request: HttpRequest, actor: Actor, found: LookBackItem) -> dict[str, Any]:
        return {
            "look": found,
            "label": LABELS[found.result],
            "tone": TONES.get(Look(found.result), "done"),
            "state": found.item.finding.get_state_display(),
        }
