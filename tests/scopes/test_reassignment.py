"""Others were sent while a phone was offline with unsent work (protocol, Push: late work is judged by its authority)."""

import datetime as dt
import uuid

import pytest

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor, system
from backend.core.clock import Hand
from backend.core.ids import uuid7
from backend.inspections.models import Assignment, Visit
from backend.inspections.services import assignments, reviews, submissions
from tests.fixtures.places import Places
from tests.fixtures.visits import Fieldwork
from tests.scopes.away import Crew, FieldPhone, OpenPhone, nothing_is_lost, replace, shows_what_it_may, whole


@pytest.mark.parametrize("pulls_first", [True, False])
def test_work_of_a_replaced_crew_is_accepted_however_late_and_the_new_crew_sees_all_of_it_when_it_may(
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
    present = [phone_of(person) for person in people]
    assert whole(present[0], visit) == ("yes", 1, 1)
    assert present[0].documents("assignment")[str(crew.task.pk)]["state"] == "released"
    for phone in present[1:]:  # whose leader has not set out: they do not know where to
        phone.pull()
        assert crew.scope not in phone.scopes()
        shows_what_it_may(phone)
    assert present[0].send("assignment.depart", crew.task.pk)["status"] == "applied"
    for phone in present:
        assert whole(phone, visit) == ("yes", 1, 1)


def test_the_new_leader_who_begins_departs_with_it_and_meets_the_visit_of_those_who_were_replaced(
    crew: Crew, hand: Hand, places: Places, phone_of: OpenPhone
) -> None:
    visit = crew.leader.begin(crew.task)
    hand.move(minutes=1)
    people = places.people(places.team())
    replace(crew.task, people)
    assert crew.leader.hand_in() == [("applied", None)] * 5
    leader, *members = [phone_of(person) for person in people]
    leader.pull()
    leader.begin(crew.task)
    assert [status for status, _ in leader.hand_in()] == ["merged", "applied", "merged", "applied", "applied"]
    for phone in (leader, *members):
        assert whole(phone, visit) == ("yes", 2, 2)
        assert phone.documents("assignment")[str(crew.task.pk)]["state"] == "departed"


def test_a_visit_is_judged_by_the_revision_of_the_assignment_that_it_cites(
    crew: Crew, hand: Hand, places: Places, phone_of: OpenPhone
) -> None:
    own = crew.leader.documents("assignment")[str(crew.task.pk)]["rev"]
    hand.move(minutes=1)
    people = places.people(places.team())
    replace(crew.task, people)
    present = phone_of(people[0])
    present.pull()
    theirs = present.documents("assignment")[str(crew.task.pk)]["rev"]
    assert theirs > own

    def cite(phone: FieldPhone, rev: int) -> tuple[str, str | None]:
        phone.do("visit.start", uuid7(), {"assignment": str(crew.task.pk), "rev": rev})
        return phone.hand_in()[0]

    never_granted = ("quarantined", "late_assignment")
    assert [cite(crew.leader, rev) for rev in (theirs, theirs + 1)] == [never_granted] * 2
    assert [cite(present, rev) for rev in (1, own)] == [never_granted] * 2
    assert cite(phone_of(people[1]), theirs) == never_granted  # of the crew, which has not set out
    assert cite(crew.member, own) == ("applied", None)
    assert cite(crew.leader, own) == ("merged", None)
    assert cite(present, theirs) == ("merged", None)
    assert cite(present, 0) == ("merged", None)


def test_a_leader_from_whom_it_was_taken_before_the_reveal_never_held_it(
    fieldwork: Fieldwork, hand: Hand, places: Places, phone_of: OpenPhone
) -> None:
    task = fieldwork.released(reveal_at=clock.now() + dt.timedelta(hours=2))
    before = phone_of(fieldwork.crew(task)[0])
    replace(task, places.people(places.team()))
    hand.move(hours=3)
    assert before.renew() == 200
    for rev in (0, 1, 2):
        before.do("visit.start", uuid7(), {"assignment": str(task.pk), "rev": rev})
    assert before.hand_in() == [("quarantined", "late_assignment")] * 3


def test_a_visit_of_the_crew_before_can_be_approved_although_nobody_else_ever_set_out(
    crew: Crew, hand: Hand, fieldwork: Fieldwork
) -> None:
    hand.move(minutes=1)
    office = fieldwork.office_of(crew.task)
    other = fieldwork.places.people(fieldwork.places.team())
    replace(crew.task, other)
    assignments.decline(actor=fieldwork.cast.actor(other[0]), assignment_id=crew.task.pk, reason="人手不足")
    visit = crew.leader.begin(crew.task)
    assert crew.leader.hand_in() == [("applied", None)] * 5
    actor = fieldwork.cast.actor(crew.leader.client.user)
    assert Assignment.objects.get(pk=crew.task.pk).state == "planned"
    fieldwork.filled(Visit.objects.get(pk=visit), actor)
    submissions.submit(actor=actor, visit_id=uuid.UUID(visit))
    headquarters = Actor(None, office.county_id, "督导办", frozenset({Role.OFFICE.value}))
    assert reviews.approve(actor=headquarters, visit_id=uuid.UUID(visit)).state == "approved"
    assert Assignment.objects.get(pk=crew.task.pk).state == "done"


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
