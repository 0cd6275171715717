"""Figures for bulletins: by the time we received it, with the records behind every figure."""

import datetime as dt

from backend.accounts.models import County
from backend.core import clock
from backend.notices.models import RectificationNotice
from backend.notices.selectors import statistics
from backend.notices.services import drafts, replies, reviewing
from tests.fixtures.rectification import START, World

FIRST = clock.midnight(dt.date(2026, 11, 16))
CUT = clock.midnight(dt.date(2026, 12, 1))


def figures(county: County, until: dt.datetime = CUT, since: dt.datetime = FIRST) -> statistics.NoticeStatistics:
    return statistics.of_period(county_id=county.pk, since=since, until=until)


def ids(*notices: RectificationNotice) -> list[str]:
    return sorted(str(notice.pk) for notice in notices)


def rows(notice: RectificationNotice) -> list[str]:
    return sorted(str(pk) for pk in notice.findings.values_list("pk", flat=True))


def test_every_figure_names_its_records(world: World, hand: clock.Hand) -> None:
    closed, open_one, drafted = world.closed(), world.issued(["serious"]), world.draft()
    county = figures(world.county).county
    assert sorted(county.issued.ids) == ids(closed, open_one)
    assert county.acknowledged.ids == ids(closed)
    assert county.closed.ids == ids(closed)
    assert county.on_time.ids == rows(closed)
    assert county.late.ids == rows(open_one)
    assert (county.returned.count, county.reopened.count) == (0, 0)
    assert str(drafted.pk) not in county.issued.ids


def test_what_came_after_the_cut_off_belongs_to_the_next_issue(world: World, hand: clock.Hand) -> None:
    notice = world.acknowledged(["serious"])
    hand.set(CUT)
    world.report(notice)
    assert figures(world.county).county.on_time.count == 0
    assert figures(world.county).county.late.ids == rows(notice)
    following = figures(world.county, since=CUT, until=CUT + dt.timedelta(days=15)).county
    assert (following.issued.count, following.late.ids) == (0, rows(notice))


def test_the_same_period_says_the_same_later(world: World, hand: clock.Hand) -> None:
    notice = world.closed()
    before = figures(world.county).county.as_json()
    hand.set(CUT + dt.timedelta(days=3))
    reviewing.reopen(actor=world.office, notice_id=notice.pk, item_ids=[notice.findings.get().pk], reason="反弹")
    assert figures(world.county).county.as_json() == before
    following = figures(world.county, since=CUT, until=CUT + dt.timedelta(days=15)).county
    assert following.reopened.ids == ids(notice)


def test_a_finding_is_late_from_the_day_after_its_deadline(world: World, hand: clock.Hand) -> None:
    notice = world.issued(["serious"])
    last_day = clock.local_date(START) + dt.timedelta(days=3)
    assert figures(world.county, until=clock.midnight(last_day)).county.late.ids == []
    assert figures(world.county, until=clock.midnight(last_day + dt.timedelta(days=1))).county.late.ids == rows(notice)


def test_a_late_report_counts_as_late(world: World, hand: clock.Hand) -> None:
    notice = world.acknowledged(["serious"])
    hand.move(days=4)
    world.report(notice)
    county = figures(world.county).county
    assert (county.on_time.ids, county.late.ids) == ([], rows(notice))


def test_a_withdrawn_notice_is_not_late(world: World, hand: clock.Hand) -> None:
    notice = world.issued(["serious"])
    drafts.withdraw(actor=world.office, notice_id=notice.pk, reason="误发")
    assert figures(world.county).county.late.ids == []


def test_a_finding_is_not_late_while_a_defence_is_unanswered(world: World, hand: clock.Hand) -> None:
    notice = world.issued(["serious"])
    replies.object_to(actor=world.unit, notice_id=notice.pk, text="有异议。")
    assert figures(world.county).county.late.ids == []
    hand.move(days=1)
    reviewing.answer_defence(actor=world.office, notice_id=notice.pk, accept=False, answer="维持。")
    assert figures(world.county).county.late.ids == rows(notice)


def test_districts_add_up_to_the_county(world: World, hand: clock.Hand) -> None:
    first = world.issued()
    second = world.issued(target=world.places.school(county=world.county))
    found = figures(world.county)
    assert {name: sorted(each.issued.ids) for name, each in found.districts.items()} == {"澄江学区": ids(first, second)}


def test_another_county_counts_nothing_of_ours(world: World, other_county: County, hand: clock.Hand) -> None:
    world.closed()
    assert figures(other_county).county.as_json() == statistics.NoticeFigures().as_json()
    assert figures(other_county).districts == {}


def test_a_finding_whose_clock_stands_still_is_not_late(world: World, hand: clock.Hand) -> None:
    notice = world.acknowledged(["serious"])
    replies.request_extension(actor=world.unit, notice_id=notice.pk, days=1, reason="设备未到货。")
    hand.move(days=8)
    assert figures(world.county).county.late.ids == []
    reviewing.answer_extension(actor=world.office, notice_id=notice.pk, grant=False, answer="不同意。")
    hand.move(days=10)
    assert figures(world.county).county.late.ids == rows(notice)
