"""Drawing what is looked at again, and saying what a look found (回头看, workflow.md section 8)."""

import secrets
import uuid

from django.db import IntegrityError

from backend.accounts.models import County
from backend.accounts.roles import Role
from backend.accounts.selectors import people
from backend.core import clock
from backend.core.actor import Actor, system
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.inspections.models import FindingState, Visit
from backend.journal.writing import write
from backend.notices.models import FindingReport, LookBack, LookBackItem
from backend.notices.rules.lifecycle import Party
from backend.notices.rules.lookbacks import (
    LEAST_PERCENT,
    MOST_PERCENT,
    OPENS,
    OUTCOMES,
    USUAL_PERCENT,
    Look,
    closed_before,
    digest,
    drawn,
    size,
)
from backend.notices.selectors import lookbacks
from backend.notices.services.looks import settle
from backend.notices.services.refusals import on_record
from backend.notices.services.reviewing import open_again
from backend.notices.services.steps import Step, changing, require
from backend.registry.selectors.calendar import calendar


def draw_due() -> int:
    """Draw the month's sample of every county from its first working day on; how many were drawn.

    Safe in several processes at once: a county has one sample a month.
    """
    now = clock.now().astimezone(clock.CHINA)
    first = calendar().on_or_after(now.date().replace(day=1))
    if (now.date(), now.time()) < (first, OPENS):
        return 0
    month = f"{now:%Y-%m}"
    done = set(LookBack.objects.filter(month=month).values_list("county_id", flat=True))
    return sum(_draw_once(county) for county in County.objects.exclude(pk__in=done).order_by("pk"))


def _draw_once(county: County) -> bool:
    try:
        draw(actor=system(county.pk))
    except Conflict:
        return False  # another process was faster
    return True


def draw(*, actor: Actor, percent: int = USUAL_PERCENT) -> LookBack:
    """This month's sample: `percent` of what was closed thirty days ago or longer and lay in no pool yet.

    By the office, or by the product on the first working day. A month without anything to look at has an empty sample,
    so that its pool is not drawn from bit by bit. Raises `Forbidden`, `Invalid(percent)`, `Conflict(drawn_already)`.
    """
    if not actor.has(Role.OFFICE, "system"):
        raise Forbidden()
    if not LEAST_PERCENT <= percent <= MOST_PERCENT:
        raise Invalid("percent", f"回头看抽取比例为{LEAST_PERCENT}%至{MOST_PERCENT}%。", path="percent")
    month = f"{clock.today():%Y-%m}"
    try:
        with write(actor=actor) as change:
            if LookBack.objects.filter(county_id=actor.county_id, month=month).exists():
                raise Conflict("drawn_already", "本月回头看已抽取，不能重抽。")
            sample = _sample(actor, month, percent)
            found = _items(sample)
            change.log("look_back.drawn", sample, pool_hash=sample.pool_hash, seed=sample.seed, drawn=len(found))
            if found:
                readers = people.with_role(actor.county_id, {Role.OFFICE})
                change.tell("look_back.drawn", sorted(readers), sample, count=len(found))
    except IntegrityError as fault:  # two at once: the database keeps one
        raise Conflict("drawn_already", "本月回头看已抽取，不能重抽。") from fault
    return sample


def _sample(actor: Actor, month: str, percent: int) -> LookBack:
    until = closed_before(clock.today())
    pool = lookbacks.pool(actor.county_id, until)
    return LookBack.objects.create(
        county_id=actor.county_id,
        month=month,
        percent=percent,
        closed_before=until,
        pool=pool,
        pool_hash=digest(month, percent, pool),
        seed=secrets.token_hex(32),
        drawn_by=actor.user_id,
        drawn_by_name=actor.name[:80],
        drawn_at=clock.now(),
    )


def _items(sample: LookBack) -> list[LookBackItem]:
    chosen = drawn(sample.seed, sample.pool, size(len(sample.pool), sample.percent))
    rows = [
        LookBackItem(county_id=sample.county_id, look_back=sample, item_id=uuid.UUID(pk), position=position)
        for position, pk in enumerate(chosen, start=1)
    ]
    return LookBackItem.objects.bulk_create(rows)


def record(
    *, actor: Actor, look_id: uuid.UUID, result: str, reason: str = "", visit_id: uuid.UUID | None = None
) -> LookBackItem:
    """Say what a look found. 未整改 and 反弹 open the problem again under its old number, with a new term.

    `visit_id`: the review on the spot it rests on. Who closed the problem, or wrote the unit's report, does not look at
    it again. Raises `NotFound`: `look_back_item`, `visit`; `Forbidden`: `reviewer_is_author`, `reviewer_closed_it`;
    `Invalid`: `result`, `reason_missing`; `Conflict`: `looked_already`, `bad_state` for what is open again.
    """
    with on_record(actor=actor, action="look_back", look_id=look_id):
        known = lookbacks.items(actor).filter(pk=look_id).values_list("item__notice_id", flat=True).first()
        if known is None:
            raise NotFound("look_back_item", look_id)
    with changing(actor=actor, notice_id=known, action="look_back") as step:
        require(actor, Party.OFFICE)
        look = (
            LookBackItem.objects.select_for_update(of=("self",))
            .select_related("item__finding", "item__notice")
            .get(pk=look_id)
        )
        _check(step, look, result, reason)
        look.visit = _review_visit(look, visit_id) if visit_id else None
        settle(step, look, result, reason)
        if OUTCOMES[result].reopens:
            open_again(step, [look.item_id], reason)
    return look


def _check(step: Step, look: LookBackItem, result: str, reason: str) -> None:
    if look.result != Look.WAITING:
        raise Conflict("looked_already", "该事项已作回头看。")
    if result not in OUTCOMES:
        raise Invalid("result", "回头看结果须为“已整改”“基本整改”“未整改”或“反弹”。", path="result")
    if OUTCOMES[result].reason and not reason.strip():
        raise Invalid("reason_missing", f"结果为“{OUTCOMES[result].label}”的，须写明情况。", path="reason")
    if look.item.finding.state != FindingState.CLOSED:
        raise Conflict("bad_state", "该问题已重新打开，不再作回头看。", state=str(look.item.finding.state))
    part = FindingReport.objects.filter(item=look.item).select_related("report").order_by("-pk").first()
    if part and part.report.author_id == step.actor.user_id:
        raise Forbidden("reviewer_is_author", "回头看人员不能是整改报告的提交人。")
    if part and part.decided_by == step.actor.user_id:
        raise Forbidden("reviewer_closed_it", "回头看须由原复查人以外的人员办理。")


def _review_visit(look: LookBackItem, visit_id: uuid.UUID) -> Visit:
    found = lookbacks.reviews(look).filter(pk=visit_id).first()
    if found is None:
        raise NotFound("visit", visit_id)
    return found
