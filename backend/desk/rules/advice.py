"""What a unit has to do with a notice, in two sentences, and how long it has: the first thing its head reads."""

import datetime as dt
from dataclasses import dataclass

from backend.notices.rules.lifecycle import WITH_THE_UNIT, State

SOON_DAYS = 2
"""From so many days before the deadline on a page warns; the first reminder goes out then (workflow.md section 9)."""


@dataclass(frozen=True, slots=True)
class Advice:
    """`tone`: `act`, `late` or `soon` where the unit is to do something, `wait` or `done` where it is not."""

    title: str
    text: str
    tone: str
    due_on: dt.date | None = None
    countdown: str = ""


_AT_REST: dict[str, tuple[str, str, str]] = {
    State.REPORT_SUBMITTED: ("已提交整改报告", "督导办将组织复查，结果会通知您，目前无需办理。", "wait"),
    State.UNDER_REVIEW: ("正在复查", "督导办正在复查，结果会通知您，目前无需办理。", "wait"),
    State.DEFENCE_PENDING: ("申辩处理中", "答复之前整改期限暂停计算。", "wait"),
    State.CLOSED: ("已销号", "所列问题已全部整改到位。", "done"),
    State.WITHDRAWN: ("已撤回", "本通知书已撤回，无需继续办理。", "done"),
}

_TO_DO: dict[str, tuple[str, str]] = {
    State.ISSUED: ("请先签收", "请在 1 个工作日内签收，签收后按期整改。"),
    State.DELIVERED: ("请先签收", "请在 1 个工作日内签收，签收后按期整改。"),
    State.ACKNOWLEDGED: ("请整改并提交报告", "请逐项整改，上传整改后照片，逐项提交整改情况。"),
    State.RECTIFYING: ("请整改并提交报告", "请逐项整改，上传整改后照片，逐项提交整改情况。"),
    State.RETURNED: ("请重新整改", "复查认为整改未到位，请按退回意见继续整改后再次提交。"),
}


def advice(state: str, due_on: dt.date | None, today: dt.date) -> Advice:
    """For a notice in `state` whose next deadline is `due_on`."""
    if state not in WITH_THE_UNIT:
        return Advice(*_AT_REST[state])
    title, text = _TO_DO[state]
    if due_on is None:
        return Advice(title, text, "act")
    left = (due_on - today).days
    tone = "late" if left < 0 else "soon" if left <= SOON_DAYS else "act"
    return Advice(title, text, tone, due_on, countdown(left))


def countdown(left: int) -> str:
    """`left` days until a deadline, as people say it."""
    if left < 0:
        return f"已逾期 {-left} 天"
    return "今天到期" if left == 0 else f"还剩 {left} 天"
