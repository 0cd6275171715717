"""The board that the office begins its day with: every figure opens the list behind it."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from backend.core import clock
from backend.core.actor import Actor
from backend.desk import pages
from backend.desk.navigation import OFFICE
from backend.desk.selectors import today
from backend.desk.staff import StaffPage
from backend.desk.sync import stuck
from backend.notices.rules.lifecycle import State

REPORTED = State.REPORT_SUBMITTED.value


@dataclass(frozen=True, slots=True)
class Figure:
    """A count with its name, what it means, and the list that it opens; `tone` where it is not nothing."""

    count: int
    label: str
    hint: str
    address: str
    tone: str = ""

    @property
    def loud(self) -> str:
        return self.tone if self.count else ""


class Today(StaffPage[today.Board]):
    """Who is out, what came in, what waits, what is stuck."""

    template = "staff/today.html"
    roles = OFFICE

    def find(self, actor: Actor, **key: Any) -> today.Board:
        return today.board(actor, stuck(actor))

    def context(self, request: HttpRequest, actor: Actor, found: today.Board) -> dict[str, Any]:
        return {
            "groups": groups(found.counts),
            "out": found.out,
            "more_out": found.counts["out"] - len(found.out),
            "tag": found.tag,
            "now": clock.now(),
        }


def groups(counts: dict[str, int]) -> list[tuple[str, list[Figure]]]:
    """The figures of the board in the order of the day."""
    day = clock.today().isoformat()
    return [
        (
            "今天",
            [
                Figure(counts["out"], "组在外", "已出发，尚未提交", _at("desk_assignments", out="on")),
                Figure(counts["today"], "项安排在今天", "各状态合计", _at("desk_assignments", day=day)),
                Figure(counts["submitted"], "次到访已提交", "今天收到", _at("desk_visits", day=day)),
                Figure(counts["photos"], "件佐证", "今天收到", _at("desk_evidence", day=day)),
            ],
        ),
        (
            "等您办理",
            [
                Figure(counts["to_review"], "次到访待审核", "", _at("desk_visits", state="submitted"), "soon"),
                Figure(counts["vetoes"], "项一票否决候选", "待听取意见和认定", _at("desk_vetoes"), "late"),
                Figure(
                    counts["reported"],
                    "份整改报告待复查",
                    "",
                    _at("desk_notices", state=REPORTED),
                    "soon",
                ),
                Figure(counts["escalations"], "份督办文书待办", "拟稿和待审定", _at("desk_escalations"), "soon"),
                Figure(counts["unreleased"], "项任务未下达", "", _at("desk_assignments", state="planned"), "soon"),
                Figure(counts["plans"], "个计划待批准", "", _at("desk_plans", state="submitted"), "soon"),
            ],
        ),
        (
            "卡住的",
            [
                Figure(counts["quarantined"], "条上传内容待处理", "未能自动采用", _at("desk_held"), "late"),
                Figure(counts["held"], "条等待超过一天", "所依据的内容没有到", _at("desk_held", status="held"), "late"),
                Figure(counts["corrupt"], "件佐证内容不符", "", _at("desk_evidence", state="corrupt"), "late"),
                Figure(counts["overdue"], "份通知书逾期", "", _at("desk_notices", overdue="on"), "late"),
                Figure(counts["missed"], "项任务过期未完成", "", _at("desk_assignments", missed="on"), "soon"),
                Figure(counts["phones"], "部手机有未上传内容", "", _at("desk_phones", unsent="on"), "soon"),
            ],
        ),
    ]


def _at(name: str, **filters: str) -> str:
    """The address of a list with these filters; "" while there is no such page."""
    try:
        return f"{reverse(name)}?{urlencode(filters)}" if filters else reverse(name)
    except NoReverseMatch:
        return ""


@require_safe
@pages.for_roles(OFFICE)
def pulse(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Whether the board has changed: a tag and nothing else; 304 to who has it already."""
    tag = f'"{today.board(actor, stuck(actor)).tag}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(tag, content_type="text/plain", headers=headers)
