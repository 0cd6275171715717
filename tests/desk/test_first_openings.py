"""A published paper opened for the first time: kept and audited once, for no more statements than a page may ask."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backend.accounts.models import County, User
from backend.accounts.roles import Role
from backend.bulletins.models import Bulletin, Circular
from backend.bulletins.services import circulars, compiling, editing, handing, publishing, signing
from backend.core import clock
from backend.core.actor import Actor
from backend.journal.models import AuditLine
from tests.bulletins.records import AFTER, MARCH, Records, at
from tests.desk.clicking import Seat
from tests.fixtures.people import Cast
from tests.fixtures.places import Places

MOST_QUERIES = 15


@dataclass
class Published:
    """Both papers of a month as they are published, and who reads them."""

    issue: Bulletin
    circular: Circular
    readers: tuple[User, ...]
    school: User


@pytest.fixture(autouse=True)
def hand() -> Iterator[clock.Hand]:
    with clock.fixed(AFTER) as moved:
        yield moved


@pytest.fixture
def published(cast: Cast, places: Places, county: County, hand: clock.Hand) -> Published:
    records = Records(cast, places, county)
    office, leader = cast.person(Role.OFFICE), cast.person(Role.LEADERSHIP)
    readers = (office, leader, cast.person(Role.TEAM_LEADER))
    school = places.liaison(places.school(county=county))
    visit = records.visit(records.target(records.team()), at(3))
    records.notice(visit, at(4), dt.date(2026, 3, 20), records.finding(visit, "serious"))
    hand.set(at(1, 9, month=4))
    issue, circular = _published(cast.actor(office), cast.actor(leader))
    return Published(issue, circular, readers, school)


def _published(office: Actor, leader: Actor) -> tuple[Bulletin, Circular]:
    issue = compiling.compile(actor=office, period_start=MARCH).pk
    editing.review(actor=office, bulletin_id=issue)
    signing.sign(actor=leader, bulletin_id=issue)
    publishing.publish(actor=office, bulletin_id=issue)
    circular = circulars.compile(actor=office, month="2026-03").pk
    circulars.review(actor=office, circular_id=circular)
    circulars.sign(actor=leader, circular_id=circular)
    circulars.publish(actor=office, circular_id=circular)
    return Bulletin.objects.get(pk=issue), Circular.objects.get(pk=circular)


def asked(user: User, address: str) -> list[str]:
    """The statements of opening the page, or of being led on from it."""
    client = Seat(user).client
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(address)
    assert answer.status_code in {200, 302}
    return [each["sql"] for each in caught]


def kept(paper: Bulletin | Circular) -> tuple[list[int], list[int | None]]:
    """Whose opening is kept, and whose is in the trail, the earliest first."""
    lines = AuditLine.objects.filter(verb=f"{paper.journal_kind}.opened", object_id=str(paper.pk)).order_by("id")
    receipts = paper.receipts.order_by("id")
    return list(receipts.values_list("user_id", flat=True)), list(lines.values_list("actor_id", flat=True))


def test_the_first_opening_asks_no_more_than_any_page_and_is_kept_once(published: Published) -> None:
    for paper in (published.issue, published.circular):
        kind, people = paper.journal_kind, [*published.readers, published.school]
        for reader in people:
            page = f"unit_{kind}" if reader == published.school else f"desk_{kind}"
            for _ in range(2):
                statements = asked(reader, reverse(page, args=[paper.pk]))
                assert (page, len(statements) <= MOST_QUERIES) == (page, True), "\n".join(statements)
        assert kept(paper) == ([reader.pk for reader in people], [reader.pk for reader in people])


def test_of_two_first_openings_at_the_same_time_one_is_kept(published: Published, cast: Cast) -> None:
    reader = cast.actor(published.readers[1])
    for _ in range(2):
        handing.opened(actor=reader, paper=published.issue, before=False)
        handing.opened(actor=reader, paper=published.circular, before=False)
    for paper in (published.issue, published.circular):
        assert kept(paper) == ([reader.user_id], [reader.user_id])


def test_who_has_opened_an_issue_stands_there_from_the_first_opening_on(published: Published) -> None:
    office, *others = published.readers
    page = Seat(office).opens("desk_bulletin", published.issue.pk)
    assert ("已读 1 人" in page, [str(user) in page.partition("尚未打开")[2] for user in others]) == (
        True,
        [True, True],
    )
    Seat(others[1]).opens("desk_bulletin", published.issue.pk)
    page = Seat(office).opens("desk_bulletin", published.issue.pk)
    assert ("已读 2 人" in page, [str(user) in page.partition("尚未打开")[2] for user in others]) == (
        True,
        [True, False],
    )
