"""回头看: a sample of what was closed is drawn once a month, looked at again, and opened anew where it did not hold."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Problem
from backend.inspections.models import FindingState, VisitKind, VisitState
from backend.journal.models import AuditLine, Outbox
from backend.notices.models import LookBack, LookBackItem, RectificationNotice
from backend.notices.rules import lookbacks as rules
from backend.notices.services import lookbacks, reviewing
from backend.notices.tasks import look_back
from tests.fixtures.rectification import World, fresh
from tests.inspections.replay import Stream
from tests.notices.test_api import UNIT, Desk, done
from tests.notices.test_numbers import at_once

PATH, ITEMS = "/api/v1/look-backs", "/api/v1/look-back-items"


@pytest.fixture
def other(world: World) -> Actor:
    """Somebody of the office who closed nothing."""
    return world.cast.actor(world.cast.person(Role.OFFICE, county=world.county))


def rested(world: World, hand: clock.Hand, count: int) -> RectificationNotice:
    """A notice of so many findings, closed thirty days ago."""
    notice = world.closed(["minor"] * count)
    hand.move(days=30)
    return notice


@pytest.mark.once
def test_the_sample_can_be_drawn_again_from_the_page_that_describes_it() -> None:
    pool, seed = [f"{number:03d}" for number in range(40)], "ab" * 32
    stream, left = Stream("look-back", seed, ""), list(pool)
    expected = [left.pop(stream.below(len(left))) for _ in range(6)]
    assert rules.drawn(seed, pool, rules.size(40, 15)) == expected
    said = {"algorithm": "dudao-draw-1", "month": "2026-12", "percent": 15, "pool": pool, "purpose": "look-back"}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    assert rules.digest("2026-12", 15, pool) == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.once
@pytest.mark.parametrize(
    ("pool", "percent", "count"), [(0, 15, 0), (1, 10, 1), (20, 10, 2), (21, 10, 3), (40, 15, 6), (41, 20, 9)]
)
def test_a_share_is_rounded_up(pool: int, percent: int, count: int) -> None:
    assert rules.size(pool, percent) == count


@pytest.mark.once
def test_every_close_out_is_equally_likely_to_be_drawn() -> None:
    """A thousand seeds draw two of ten: each about two hundred times (four standard deviations)."""
    pool = [str(number) for number in range(10)]
    seeds = (hashlib.sha256(str(number).encode()).hexdigest() for number in range(1000))
    times = Counter(one for seed in seeds for one in rules.drawn(seed, pool, 2))
    assert sum(times.values()) == 2000
    assert all(150 <= times[one] <= 250 for one in pool)


def test_the_pool_is_what_was_closed_thirty_days_ago_and_lay_in_no_pool_before(
    world: World, hand: clock.Hand, other: Actor
) -> None:
    first = world.closed(["minor"] * 7)
    hand.move(days=29)
    second = world.closed(["minor"])
    assert lookbacks.draw(actor=other).pool == []
    with pytest.raises(Problem, match="drawn_already"):
        lookbacks.draw(actor=other)
    hand.move(days=1)  # the month is still December
    with pytest.raises(Problem, match="drawn_already"):
        lookbacks.draw(actor=other)
    hand.move(days=30)
    sample = lookbacks.draw(actor=other, percent=20)
    rows = [*first.findings.all(), *second.findings.all()]
    assert sample.pool == sorted(str(row.pk) for row in rows)
    items = sample.items.order_by("position")
    assert [str(look.item_id) for look in items] == rules.drawn(sample.seed, sample.pool, 2)
    hand.move(days=31)
    assert lookbacks.draw(actor=other).pool == []


def test_the_product_draws_on_the_first_working_day_of_a_month_and_tells_the_office(
    world: World, hand: clock.Hand
) -> None:
    hand.set(dt.datetime(2026, 8, 20, 2, tzinfo=dt.UTC))
    rested(world, hand, 3)
    drawn: list[tuple[str, int]] = []
    for day in (1, 7, 8, 9):
        for hour in (8, 9):
            hand.set(dt.datetime(2026, 10, day, hour, 15, tzinfo=clock.CHINA).astimezone(dt.UTC))
            if look_back():
                drawn.append((f"{clock.today()}", hour))
    assert drawn == [("2026-10-08", 9)]  # a week of holidays
    sample = LookBack.objects.get()
    assert (sample.month, sample.percent, sample.items.count()) == ("2026-10", 15, 1)
    told = Outbox.objects.get(kind="look_back.drawn")
    assert (told.recipient_id, told.detail["count"]) == (world.person(Role.OFFICE).pk, 1)
    line = AuditLine.objects.get(verb="look_back.drawn")
    assert line.detail["pool_hash"] == rules.digest("2026-10", 15, sample.pool) == sample.pool_hash


@pytest.fixture
def look(world: World, hand: clock.Hand, other: Actor) -> LookBackItem:
    rested(world, hand, 1)
    return lookbacks.draw(actor=other).items.get()


@pytest.mark.parametrize("result", ["held", "mostly"])
def test_what_held_stays_closed_and_its_unit_hears_nothing(
    result: str, world: World, look: LookBackItem, other: Actor
) -> None:
    told = Outbox.objects.count()
    lookbacks.record(actor=other, look_id=look.pk, result=result, reason="公示栏已规范。")
    look.refresh_from_db()
    assert (look.result, look.looked_by, look.item.finding.state) == (result, other.user_id, FindingState.CLOSED)
    assert Outbox.objects.count() == told
    with pytest.raises(Problem, match="looked_already"):
        lookbacks.record(actor=other, look_id=look.pk, result="relapsed", reason="反弹。")


@pytest.mark.parametrize("result", ["failed", "relapsed"])
def test_what_did_not_hold_is_open_again_under_its_old_number_with_a_counter(
    result: str, world: World, look: LookBackItem, other: Actor
) -> None:
    number = look.item.finding.number
    lookbacks.record(actor=other, look_id=look.pk, result=result, reason="现场公示又停了。")
    look.refresh_from_db()
    finding, notice = look.item.finding, look.item.notice
    assert (look.result, finding.state, finding.number, finding.reopened) == (result, "rectifying", number, 1)
    assert (notice.state, notice.reopened, look.item.close_number) == ("rectifying", 1, "")
    assert Outbox.objects.get(kind="notice.reopened").recipient_id == world.liaison.pk


def test_what_was_opened_again_anyway_is_not_looked_at_any_more(world: World, look: LookBackItem, other: Actor) -> None:
    notice = look.item.notice
    reviewing.reopen(actor=other, notice_id=notice.pk, item_ids=[look.item_id], reason="家长反映。")
    look.refresh_from_db()
    assert (look.result, look.reason, look.looked_by) == ("relapsed", "家长反映。", other.user_id)


Refused = tuple[Callable[[World, Actor], Actor], dict[str, Any], str]
REFUSED: dict[str, Refused] = {
    "by who closed it": (lambda world, other: world.office, {"result": "held"}, "reviewer_closed_it"),
    "by leadership": (lambda world, other: world.leader, {"result": "held"}, "forbidden"),
    "with no such result": (lambda world, other: other, {"result": "fine"}, "result"),
    "without a reason": (lambda world, other: other, {"result": "relapsed", "reason": " "}, "reason_missing"),
    "with somebody else's visit": (
        lambda world, other: other,
        {"result": "held", "visit_id": "01980000-0000-7000-8000-000000000000"},
        "not_found",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_look_that_may_not_be_is_refused_and_stays_on_record(
    case: str, world: World, look: LookBackItem, other: Actor
) -> None:
    who, given, code = REFUSED[case]
    with pytest.raises(Problem, match=code):
        lookbacks.record(actor=who(world, other), look_id=look.pk, **given)
    look.refresh_from_db()
    assert (look.result, look.item.finding.state) == ("waiting", "closed")
    line = AuditLine.objects.get(verb="notice.refused")
    assert (line.detail["action"], line.detail["code"]) == ("look_back", code)


def test_a_look_may_rest_on_a_review_on_the_spot_at_its_own_unit(
    world: World, look: LookBackItem, other: Actor
) -> None:
    elsewhere = world.places.school(county=world.county)
    wrong = [
        world.visit(target=elsewhere, kind=VisitKind.REVIEW_VISIT),
        world.visit(kind=VisitKind.ROUTINE),
        world.visit(kind=VisitKind.REVIEW_VISIT, state=VisitState.IN_PROGRESS),
    ]
    for visit in wrong:
        with pytest.raises(Problem, match="not_found"):
            lookbacks.record(actor=other, look_id=look.pk, result="held", visit_id=visit.pk)
    good = world.visit(kind=VisitKind.REVIEW_VISIT)
    assert lookbacks.record(actor=other, look_id=look.pk, result="held", visit_id=good.pk).visit == good


def test_the_office_draws_reads_and_records_and_the_unit_knows_of_nothing(world: World, hand: clock.Hand) -> None:
    notice = rested(world, hand, 8)
    desk = Desk(world)
    assert desk.leader.post_json(PATH, {}).status_code == 403
    assert desk.office.post_json(PATH, {"percent": 50}).status_code == 400
    sample = done(desk.office, PATH, {"percent": 20})
    record = sample["record"]
    assert record["drawn"] == rules.drawn(record["seed"], record["pool"], 2)
    assert (sample["pool"], sample["drawn"], sample["looked"], sample["reopened"]) == (8, 2, 0, 0)
    waiting = desk.leader.get(f"{ITEMS}?result=waiting").json()["items"]
    assert {each["notice"] for each in waiting} == {str(notice.pk)}
    assert [each["item"] for each in sorted(waiting, key=lambda each: each["position"])] == record["drawn"]
    address = f"{ITEMS}/{waiting[0]['id']}/result"
    assert desk.office.post_json(address, {"result": "held"}).json()["code"] == "reviewer_closed_it"
    second = User.objects.get(pk=world.cast.person(Role.OFFICE, county=world.county).pk)
    answer = done(world.cast.client(second), address, {"result": "relapsed", "reason": "又停了。"})
    assert (answer["result_name"], answer["state"]) == ("反弹", "rectifying")
    shown = desk.leader.get(f"{PATH}/{sample['id']}").json()
    assert (shown["looked"], shown["reopened"]) == (1, 1)
    assert desk.office.get(PATH).json()["items"][0]["looked"] == 1
    for path in (PATH, ITEMS, f"{PATH}/{sample['id']}"):
        assert desk.unit.get(path).status_code == 403
    assert "look" not in desk.unit.get(f"{UNIT}/{notice.pk}").content.decode()
    assert fresh(notice).state == "rectifying"


@pytest.mark.django_db(transaction=True)
def test_of_four_that_draw_at_once_one_does(world: World, hand: clock.Hand, other: Actor) -> None:
    rested(world, hand, 3)
    answers = at_once([partial(lookbacks.draw, actor=other)] * 4)
    codes = sorted(each.code if isinstance(each, Problem) else type(each).__name__ for each in answers)
    assert codes == ["LookBack", *["drawn_already"] * 3]
    assert LookBackItem.objects.count() == 1
