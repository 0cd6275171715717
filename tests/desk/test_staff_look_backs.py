"""回头看 as pages: drawn, looked at, opened again, drawn once more for everybody to compare."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.roles import Role
from backend.core.actor import system
from backend.inspections.models import VisitKind
from backend.journal.writing import write
from backend.notices.models import LookBackItem
from tests.desk.clicking import Seat, refusal
from tests.fixtures.rectification import World


@pytest.fixture
def office(world: World, hand: Any) -> Seat:
    """Somebody of the office who closed nothing, thirty days after two problems were closed."""
    world.closed(["minor", "minor"])
    hand.move(days=30)
    return Seat(world.cast.person(Role.OFFICE, county=world.county))


def drawn(office: Seat) -> LookBackItem:
    office.done("draw", "desk_look_backs", percent="20")
    return LookBackItem.objects.get()


def test_the_months_sample_is_drawn_once_and_drawing_it_again_gives_the_same(office: Seat) -> None:
    assert ("还没有抽取过" in office.opens("desk_look_backs"), office.offers("desk_look_backs")) == (True, {"draw"})
    assert refusal(office.does("draw", "desk_look_backs", percent="50"))[0] == 400
    text = office.done("draw", "desk_look_backs", percent="20")
    look = LookBackItem.objects.get()
    assert ("重新抽取，结果一致" in text, look.item.text in text, look.look_back.seed in text) == (True, True, True)
    assert office.offers("desk_look_backs") == set()
    with write(actor=system(look.county_id)):
        LookBackItem.objects.filter(pk=look.pk).delete()
    assert "结果不一致" in office.opens("desk_look_back", look.look_back_id)


def test_a_relapse_is_open_again_under_its_number_and_what_held_stays_closed(world: World, office: Seat) -> None:
    look = drawn(office)
    page = ("desk_look", look.pk)
    answer = office.does("record", *page, result="relapsed", reason="")
    assert (refusal(answer)[0], "relapsed" in answer.content.decode()) == (400, True)
    text = office.done("record", *page, result="relapsed", reason="公示栏又停了。", visit_id="")
    assert ("单位已收到通知" in text, "公示栏又停了。" in text, office.offers(*page)) == (True, True, set())
    look.refresh_from_db()
    assert (look.result, look.item.finding.state) == ("relapsed", "rectifying")
    assert "没有符合筛选" in office.opens("desk_look_back", look.look_back_id, result="held")


def test_a_result_rests_on_a_review_on_the_spot_at_the_unit(world: World, office: Seat) -> None:
    look = drawn(office)
    review = world.visit(kind=VisitKind.REVIEW_VISIT)
    assert str(review.pk) in office.opens("desk_look", look.pk)
    foreign = office.does("record", "desk_look", look.pk, result="held", reason="", visit_id=str(uuid.uuid4()))
    assert refusal(foreign)[0] == 400
    office.done("record", "desk_look", look.pk, result="held", reason="", visit_id=str(review.pk))
    assert LookBackItem.objects.get().visit_id == review.pk


def test_who_closed_it_is_told_to_leave_the_look_to_somebody_else(world: World, office: Seat) -> None:
    look = drawn(office)
    answer = Seat(world.person(Role.OFFICE)).does("record", "desk_look", look.pk, result="held", reason="照片清楚")
    assert (refusal(answer)[0], "原复查人以外" in refusal(answer)[1], "照片清楚" in answer.content.decode()) == (
        403,
        True,
        True,
    )


def test_leadership_reads_and_nobody_else_knows_of_it(world: World, office: Seat) -> None:
    look = drawn(office)
    pages: list[tuple[Any, ...]] = [
        ("desk_look_backs",),
        ("desk_look_back", look.look_back_id),
        ("desk_look", look.pk),
    ]
    leader, head = Seat(world.person(Role.LEADERSHIP)), Seat(world.person(Role.TEAM_LEADER))
    assert [leader.offers(*page) for page in pages] == [set(), set(), set()]
    assert [head.status(*page) for page in pages] == [403, 403, 403]
    assert [Seat(world.liaison).status(*page) for page in pages] == [403, 403, 403]


def test_the_pages_ask_fifteen_times_at_most(office: Seat) -> None:
    look = drawn(office)
    for page in (("desk_look_backs",), ("desk_look_back", look.look_back_id), ("desk_look", look.pk)):
        with CaptureQueriesContext(connection) as asked:
            office.opens(*page)
        assert len(asked) <= 15
