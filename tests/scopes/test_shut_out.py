"""A phone was revoked or its person's account closed while it was offline with unsent work (protocol, Sign-in)."""

from collections.abc import Callable

import pytest

from backend.accounts.services import people
from backend.core.actor import system
from backend.core.clock import Hand
from backend.core.ids import uuid7
from tests.fixtures.people import Client
from tests.scopes.away import Crew, FieldPhone, OpenPhone, nothing_is_lost, shows_what_it_may, whole


def revoke(office: Client, phone: FieldPhone) -> None:
    assert office.post_json(f"/api/v1/devices/{phone.client.device.pk}/revoke").status_code == 200


def disable(office: Client, phone: FieldPhone) -> None:
    assert office.post_json(f"/api/v1/users/{phone.client.user.pk}/disable").status_code == 200


@pytest.fixture
def headquarters(crew: Crew, office_client: Client) -> Client:
    return office_client


@pytest.mark.parametrize("close", [revoke, disable])
def test_who_is_shut_out_hands_in_for_ninety_days_and_everything_waits_for_review(
    crew: Crew, hand: Hand, headquarters: Client, close: Callable[[Client, FieldPhone], None]
) -> None:
    visit = crew.leader.begin(crew.task)
    crew.leader.hand_in()
    crew.member.pull()
    crew.member.work(visit)
    close(headquarters, crew.member)
    assert crew.member.pull_or_erase() == "deposit_only"
    assert (crew.member.rows, len(crew.member.outbox)) == ({}, 3)
    assert crew.member.hand_in() == [("quarantined", "author_disabled")] * 3
    nothing_is_lost(crew.member)
    hand.move(days=89)
    assert (crew.member.renew(), crew.member.pull_or_erase()) == (200, "deposit_only")
    crew.member.work(visit)
    assert crew.member.hand_in() == [("quarantined", "author_disabled")] * 3
    nothing_is_lost(crew.member)
    crew.leader.renew()
    assert whole(crew.leader, visit) == ("yes", 1, 1)
    hand.move(days=2)
    crew.member.work(visit)
    assert (crew.member.renew(), len(crew.member.outbox)) == (401, 3)


def test_a_lost_phone_is_shut_out_and_the_other_phone_of_its_person_hears_what_it_handed_in(
    crew: Crew, headquarters: Client, phone_of: OpenPhone
) -> None:
    crew.member.begin(crew.task)
    other = phone_of(crew.member.client.user)
    revoke(headquarters, crew.member)
    crew.member.hand_in()
    other.pull()
    shows_what_it_may(other)
    fates = other.documents("operation")
    assert set(fates) == {op["op"] for op in crew.member.made}
    assert {(row["status"], row["code"]) for row in fates.values()} == {("quarantined", "author_disabled")}


def test_who_is_let_in_again_gets_the_whole_again_and_works_on(crew: Crew, hand: Hand, headquarters: Client) -> None:
    visit = crew.leader.begin(crew.task)
    crew.leader.hand_in()
    disable(headquarters, crew.member)
    assert crew.member.pull_or_erase() == "deposit_only"
    crew.member.work(visit)
    assert crew.member.hand_in() == [("quarantined", "author_disabled")] * 3
    hand.move(minutes=1)
    people.enable(actor=system(crew.task.county_id), user_id=crew.member.client.user.pk)
    crew.member.do("finding.record", uuid7(), {"visit": visit, "item": "TY-02", "text": "再次到场。"})
    assert crew.member.hand_in() == [("applied", None)]
    assert whole(crew.member, visit) == whole(crew.leader, visit) == ("yes", 2, 1)
    nothing_is_lost(crew.member)
