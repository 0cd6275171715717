"""An inspector declared to stay away while a phone of theirs was offline with unsent work."""

from backend.core.clock import Hand
from backend.inspections.models import Finding, Visit
from backend.media.models import Expectation
from tests.scopes.away import Crew, OpenPhone, nothing_is_lost, shows_what_it_may, whole


def test_work_on_a_visit_that_its_author_stays_away_from_is_late_assignment_and_leaves_the_visit_alone(
    crew: Crew, hand: Hand, phone_of: OpenPhone
) -> None:
    visit = crew.leader.begin(crew.task)
    crew.leader.hand_in()
    crew.member.pull()
    crew.member.work(visit)
    hand.move(minutes=1)
    other = phone_of(crew.member.client.user)
    other.pull()
    other.do("recusal.declare", crew.task.pk, {"kind": "near_relative"})
    assert other.hand_in() == [("applied", None)]
    assert crew.member.hand_in() == [("quarantined", "late_assignment")] * 3
    for phone in (crew.member, other):
        phone.pull()
        assert crew.scope in phone.drops
        assert (phone.documents("visit"), phone.documents("finding")) == ({}, {})
        assert {row["code"] for row in phone.documents("operation").values()} == {"late_assignment"}
        shows_what_it_may(phone)
        nothing_is_lost(phone)
    assert whole(crew.leader, visit) == ("yes", 1, 1)


def test_a_visit_begun_by_who_stays_away_is_late_assignment_and_its_photos_are_welcome_all_the_same(
    crew: Crew, hand: Hand, phone_of: OpenPhone
) -> None:
    crew.member.begin(crew.task)
    hand.move(minutes=1)
    phone_of(crew.member.client.user).send("recusal.declare", crew.task.pk, {"kind": "own_employer"})
    assert crew.member.hand_in() == [("quarantined", "late_assignment"), *[("held", None)] * 4]
    photo = crew.member.made[-1]["id"]
    assert Expectation.objects.filter(evidence_id=photo, owner_id=crew.member.client.user.pk).count() == 1
    assert (Visit.objects.count(), Finding.objects.count()) == (0, 0)
    crew.member.pull()
    assert crew.scope in crew.member.drops
    shows_what_it_may(crew.member)
    nothing_is_lost(crew.member)
