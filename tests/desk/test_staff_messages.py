"""The inbox of people at desks: read by looking, confirmed by a button, and nobody else's."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.template import Context, Template
from django.urls import reverse

from backend.accounts.roles import Role
from backend.journal.writing import write
from backend.notices.models import InboxEntry, InboxPreference
from backend.notices.services.inbox import deliver_waiting
from tests.desk.clicking import Seat, hidden, refusal
from tests.fixtures.rectification import World


@pytest.fixture(autouse=True)
def monday(hand: Any) -> Any:
    return hand


@pytest.fixture
def told(world: World) -> Seat:
    """Leadership with a notice to sign."""
    leader = Seat(world.person(Role.LEADERSHIP))
    world.reviewed()
    deliver_waiting()
    return leader


def test_whoever_opens_the_page_has_read_what_it_shows(told: Seat) -> None:
    entry = InboxEntry.objects.get(user_id=told.user.pk)
    first, second = told.opens("desk_inbox"), told.opens("desk_inbox")
    assert (first.count('class="mark"'), second.count('class="mark"')) == (1, 0)
    assert reverse("desk_notice", args=[entry.subject_id]) in first
    assert told.opens("desk_inbox", unread="yes").count("没有未读消息") == 1


def test_everything_may_be_marked_as_read_at_once(world: World, told: Seat) -> None:
    world.reviewed(target=world.places.school(county=world.county, team=world.target.team))
    deliver_waiting()
    sent = hidden(told.opens("desk_inbox", limit="1"), "read_all")
    answer = told.client.post(reverse("desk_inbox_do", args=["read_all"]), sent, follow=True)
    assert "全部消息已标为已读" in answer.content.decode()
    assert InboxEntry.objects.filter(user_id=told.user.pk, read_at__isnull=True).count() == 0


def test_a_message_that_asks_for_it_is_confirmed_once_and_only_by_its_reader(world: World, told: Seat) -> None:
    entry = InboxEntry.objects.get(user_id=told.user.pk)
    with write(actor=world.office):
        InboxEntry.objects.filter(pk=entry.pk).update(needs_ack=True)
    page = told.done("acknowledge", "desk_inbox", row=entry.pk)
    assert ("确认收到" in page, InboxEntry.objects.get(pk=entry.pk).acknowledged_at is not None) == (True, True)
    office = Seat(world.person(Role.OFFICE))
    for row in (entry.pk, uuid.uuid4(), "unsinn"):
        answer = office.client.post(
            reverse("desk_inbox_do", args=["acknowledge"]), {"once": str(uuid.uuid4()), "seen": "", "row": str(row)}
        )
        assert answer.status_code == 404


def test_wishes_are_kept_and_what_makes_no_sense_is_told_with_every_word(told: Seat) -> None:
    typed = {"mute_from": "22:00", "mute_until": "", "quiet_kinds": ["bulletin"]}
    answer = told.does("prefer", "desk_wishes", **typed)
    assert (refusal(answer), "22:00" in answer.content.decode()) == (
        (400, "免打扰时段须同时填写开始和结束时间。"),
        True,
    )
    page = told.done("prefer", "desk_wishes", **typed | {"mute_until": "07:00"})
    wish = InboxPreference.objects.get()
    assert (wish.mute_from, wish.mute_until, wish.quiet_kinds) == (dt.time(22), dt.time(7), ["bulletin"])
    assert ("22:00 至 07:00" in page, "简报" in page) == (True, True)
    hostile = told.does("prefer", "desk_wishes", **typed | {"mute_from": "<script>"})
    assert (refusal(hostile)[0], "<script>" in hostile.content.decode().split("<main")[1]) == (400, False)


@pytest.mark.parametrize("role", [Role.TEAM_LEADER, Role.STATION_HEAD, Role.DEPARTMENT_HEAD, Role.OFFICE])
def test_everybody_at_a_desk_has_an_inbox(world: World, role: str) -> None:
    seat = Seat(world.person(role))
    assert (seat.status("desk_inbox"), seat.status("desk_wishes")) == (200, 200)


def test_units_have_their_own_pages(world: World) -> None:
    seat = Seat(world.liaison)
    assert (seat.status("desk_inbox"), seat.status("desk_wishes")) == (403, 403)


@pytest.mark.parametrize(
    ("count", "told", "said", "hidden"),
    [(0, "", "0 条未读", True), (99, "99", "99 条未读", False), (1962, "99+", "1962 条未读", False)],
)
def test_a_great_number_of_unread_is_told_short_and_named_whole(count: int, told: str, said: str, hidden: bool) -> None:
    mark = Template("{% load desk %}{% unread count %}").render(Context({"count": count}))
    assert f'aria-label="{said}"' in mark
    assert (f">{told}</span>" in mark, " hidden>" in mark) == (True, hidden)


def test_ways_of_being_reminded_are_told_in_words(told: Seat) -> None:
    page = told.opens("desk_wishes")
    assert "<dt>提醒方式</dt><dd>收件箱</dd>" in page
    assert "Way(" not in page
