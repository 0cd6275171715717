"""A person changed the team while the phone was offline with unsent work."""

from backend.core.actor import system
from backend.core.clock import Hand
from backend.journal.writing import write
from backend.registry.models import Team
from backend.registry.services import memberships
from backend.registry.services.memberships import NewMember
from backend.registry.services.teams import close_team
from tests.fixtures.phones import Probe
from tests.fixtures.places import Places
from tests.scopes.away import Crew, FieldPhone, nothing_is_lost, shows_what_it_may, whole


def notice(team: Team, words: str) -> None:
    """Something that only the team reads."""
    with write(actor=system(team.county_id)) as change:
        change.put(Probe(words, team.scope, 1))


def join(phone: FieldPhone, team: Team) -> int:
    """The office puts the phone's person into a team; the membership."""
    member = NewMember(team.pk, phone.client.user.pk)
    return memberships.add_member(actor=system(team.county_id), member=member).pk


def test_who_changes_the_team_keeps_the_own_work_and_reads_only_the_new_team(
    crew: Crew, hand: Hand, places: Places
) -> None:
    assert crew.task.team is not None
    old, new = crew.task.team, places.team()
    office = system(old.county_id)
    row = old.memberships.get(user=crew.member.client.user)
    memberships.end_membership(actor=office, membership_id=row.pk)
    hand.move(minutes=1)
    again = join(crew.member, old)
    notice(old, "old")
    notice(new, "new")
    crew.member.pull()
    assert set(crew.member.documents("probe")) == {"old"}

    visit = crew.member.begin(crew.task)
    hand.move(minutes=1)
    memberships.end_membership(actor=office, membership_id=again)
    hand.move(minutes=1)
    join(crew.member, new)
    crew.member.pull()
    assert (crew.member.drops, set(crew.member.documents("probe"))) == ([old.scope], {"new"})
    assert crew.member.hand_in() == [("applied", None)] * 5
    assert whole(crew.member, visit) == ("yes", 1, 1)
    assert whole(crew.leader, visit) == ("yes", 1, 1)
    nothing_is_lost(crew.member)


def test_a_team_that_is_closed_leaves_the_phones_of_its_people_and_takes_no_work_with_it(
    crew: Crew, hand: Hand, places: Places
) -> None:
    team = places.team()
    hand.move(minutes=1)
    row = crew.task.team.memberships.get(user=crew.member.client.user) if crew.task.team else None
    assert row is not None
    memberships.end_membership(actor=system(team.county_id), membership_id=row.pk)
    hand.move(minutes=1)
    join(crew.member, team)
    notice(team, "closing")
    crew.member.pull()
    visit = crew.member.begin(crew.task)
    hand.move(minutes=1)
    close_team(actor=system(team.county_id), team_id=team.pk)
    crew.member.pull()
    assert (crew.member.drops, crew.member.documents("probe"), len(crew.member.outbox)) == ([team.scope], {}, 5)
    assert crew.member.hand_in() == [("applied", None)] * 5
    assert whole(crew.leader, visit) == ("yes", 1, 1)
    crew.member.pull()
    shows_what_it_may(crew.member)
    nothing_is_lost(crew.member)
