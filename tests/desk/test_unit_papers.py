"""What is published reaches the desks of schools: the message leads to the paper, and that it was opened is kept."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.urls import reverse

from backend.accounts.models import County, User
from backend.accounts.roles import Role
from backend.bulletins.models import Bulletin, Circular
from backend.bulletins.services import circulars, compiling, editing, publishing, signing
from backend.core import clock
from backend.core.actor import Actor
from backend.notices.services.inbox import deliver_waiting
from tests.bulletins.records import AFTER, MARCH, Records, at
from tests.desk.clicking import Seat
from tests.fixtures.people import Cast
from tests.fixtures.places import Places


@pytest.fixture(autouse=True)
def hand() -> Iterator[clock.Hand]:
    with clock.fixed(AFTER) as moved:
        yield moved


@pytest.fixture
def records(cast: Cast, places: Places, county: County, hand: clock.Hand) -> Records:
    return Records(cast, places, county)


@pytest.fixture
def office(cast: Cast, records: Records) -> Actor:
    return cast.actor(cast.person(Role.OFFICE))


@pytest.fixture
def leader(cast: Cast, records: Records) -> Actor:
    return cast.actor(cast.person(Role.LEADERSHIP))


@pytest.fixture
def school(places: Places, county: County, records: Records) -> User:
    return places.liaison(places.school(county=county))


def test_a_school_reads_the_school_edition_and_never_the_other(
    records: Records, office: Actor, leader: Actor, school: User
) -> None:
    records.visit(records.target(records.team()), at(3))
    key = compiling.compile(actor=office, period_start=MARCH).pk
    address = reverse("unit_bulletin", args=[key])
    assert Seat(school).client.get(address).status_code == 404
    editing.review(actor=office, bulletin_id=key)
    signing.sign(actor=leader, bulletin_id=key)
    publishing.publish(actor=office, bulletin_id=key)
    deliver_waiting()
    seat, issue = Seat(school), Bulletin.objects.get(pk=key)
    assert f'href="{address}"' in seat.opens("unit_inbox")
    paper = seat.client.get(address)
    assert paper["Location"] == reverse("unit_file", args=[issue.papers.get(edition="school").sha256])
    content = seat.client.get(paper["Location"])
    assert (content.status_code, content.getvalue()[:5]) == (200, b"%PDF-")
    assert list(issue.receipts.values_list("user_id", flat=True)) == [school.pk]
    other = issue.papers.get(edition="leadership").sha256
    assert seat.client.get(reverse("unit_file", args=[other])).status_code == 404


def test_a_school_reads_a_published_circular(
    records: Records, office: Actor, leader: Actor, school: User, hand: clock.Hand
) -> None:
    visit = records.visit(records.target(records.team()), at(3))
    records.notice(visit, at(4), dt.date(2026, 3, 20), records.finding(visit, "serious"))
    hand.set(at(1, 9, month=4))
    key = circulars.compile(actor=office, month="2026-03").pk
    address = reverse("unit_circular", args=[key])
    assert Seat(school).client.get(address).status_code == 404
    circulars.review(actor=office, circular_id=key)
    circulars.sign(actor=leader, circular_id=key)
    circulars.publish(actor=office, circular_id=key)
    deliver_waiting()
    seat = Seat(school)
    assert f'href="{address}"' in seat.opens("unit_inbox")
    sha256 = Circular.objects.get(pk=key).pdf_sha256
    assert seat.client.get(address)["Location"] == reverse("unit_file", args=[sha256])
