"""Others were sent while a phone was offline with unsent work (protocol, Push: late work is judged by its authority)."""

import pytest

from backend.core.actor import system
from backend.core.clock import Hand
from backend.inspections.models import Visit
from backend.inspections.services import assignments
from tests.fixtures.places import Places
from tests.fixtures.visits import Fieldwork
from tests.scopes.away import Crew, OpenPhone, nothing_is_lost, replace, shows_what_it_may, whole


@pytest.mark.parametrize("pulls_first", [True, False])
def test_work_of_a_replaced_crew_is_accepted_however_late_and_the_new_crew_sees_all_of_it(
    crew: Crew, hand: Hand, places: Places, phone_of: OpenPhone, pulls_first: bool
) -> None:
    visit = crew.leader.begin(crew.task)
    people = places.people(places.team())
    hand.move(days=3)
    replace(crew.task, people)
    hand.move(days=40)
    assert crew.leader.renew() == 200
    if pulls_first:
        crew.leader.pull()
        assert crew.scope in crew.leader.drops
        assert [len(crew.leader.outbox), crew.scope in crew.leader.scopes()] == [5, False]
    assert crew.leader.hand_in() == [("applied", None)] * 5
    crew.leader.pull()
    assert crew.scope in crew.leader.drops
    assert (crew.leader.documents("visit"), crew.leader.documents("assignment")) == ({}, {})
    shows_what_it_may(crew.leader)
    nothing_is_lost(crew.leader)
    for person in people:
        assert whole(phone_of(person), visit) == ("yes", 1, 1)


def test_both_phones_of_a_replaced_crew_that_began_by_themselves_end_in_one_visit(
    crew: Crew, hand: Hand, places: Places, phone_of: OpenPhone
) -> None:
    visit, other = crew.leader.begin(crew.task), crew.member.begin(crew.task)
    people = places.people(places.team())
    hand.move(days=1)
    replace(crew.task, people)
    crew.leader.renew()
    crew.member.renew()
    assert crew.member.hand_in() == [("applied", None)] * 5
    assert crew.leader.hand_in() == [("merged", None), ("applied", None), ("merged", None), *[("applied", None)] * 2]
    for phone in (crew.leader, crew.member):
        phone.pull()
        assert crew.scope in phone.drops
        shows_what_it_may(phone)
        nothing_is_lost(phone)
    taken_over = phone_of(people[0])
    assert whole(taken_over, other) == ("yes", 2, 2)
    assert taken_over.documents("visit")[visit]["same_as"] == other


def test_late_work_that_meets_the_visit_of_the_new_crew_stands_beside_it(
    crew: Crew, hand: Hand, places: Places, phone_of: OpenPhone
) -> None:
    crew.leader.begin(crew.task)
    hand.move(days=1)
    people = places.people(places.team())
    replace(crew.task, people)
    present = phone_of(people[0])
    present.pull()
    visit = present.begin(crew.task)
    present.outbox[2]["data"]["answers"]["TY-01"]["value"] = "no"
    assert present.hand_in() == [("applied", None)] * 5
    crew.leader.renew()
    assert crew.leader.hand_in() == [("merged", None), ("applied", None), ("conflict", None), *[("applied", None)] * 2]
    nothing_is_lost(crew.leader)
    assert whole(present, visit) == ("no", 2, 2)
    assert [rival["value"] for rival in present.documents("visit")[visit]["conflicts"]["TY-01"]] == ["yes"]


@pytest.mark.parametrize("pulls_between", [True, False])
def test_a_crew_that_is_sent_away_and_back_loses_nothing_and_sees_the_visit_as_it_is(
    crew: Crew, hand: Hand, places: Places, fieldwork: Fieldwork, pulls_between: bool
) -> None:
    mine = fieldwork.crew(crew.task)
    visit = crew.leader.begin(crew.task)
    hand.move(minutes=1)
    replace(crew.task, places.people(places.team()))
    if pulls_between:
        crew.leader.pull()
        assert (crew.leader.drops.count(crew.scope), crew.leader.documents("assignment")) == (1, {})
    hand.move(minutes=1)
    replace(crew.task, mine)
    assert crew.leader.hand_in() == [("applied", None)] * 5
    assert whole(crew.leader, visit) == ("yes", 1, 1)
    assert crew.leader.drops.count(crew.scope) == int(pulls_between)
    nothing_is_lost(crew.leader)


def test_work_under_a_task_that_was_called_off_meanwhile_is_kept_and_the_task_leaves_the_phone(
    crew: Crew, hand: Hand
) -> None:
    visit = crew.leader.begin(crew.task)
    hand.move(minutes=1)
    assignments.cancel(actor=system(crew.task.county_id), assignment_id=crew.task.pk, reason="学校放假")
    assert crew.leader.hand_in() == [("quarantined", "bad_state"), *[("held", None)] * 4]
    crew.leader.pull()
    assert crew.scope in crew.leader.drops
    shows_what_it_may(crew.leader)
    nothing_is_lost(crew.leader)
    assert {row["status"] for row in crew.leader.documents("operation").values()} == {"quarantined", "held"}
    assert not Visit.objects.filter(pk=visit).exists()
