"""Who belongs to which team, when; and what that lets them read."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from backend.accounts.roles import Role
from backend.accounts.selectors.people import roles_of
from backend.accounts.services.people import disable
from backend.core import clock
from backend.core.actor import Actor, system
from backend.core.errors import Conflict, Invalid, NotFound
from backend.journal.grants import may_read, was_ever_granted
from backend.journal.models import AuditLine
from backend.journal.writing import write
from backend.registry.models import Membership, Team
from backend.registry.selectors import teams as selectors
from backend.registry.services import memberships
from backend.registry.services.memberships import NewMember
from tests.fixtures.people import Cast
from tests.fixtures.places import Places


def test_a_member_reads_the_team_from_the_named_day_on(office_actor: Actor, cast: Cast, places: Places) -> None:
    team, user = places.team(), cast.person(Role.INSPECTOR)
    with clock.fixed(clock.now()) as hand:
        begins = clock.now() + timedelta(days=3)
        member = NewMember(team.pk, user.pk, card_number="演督-0306", starts_at=begins)
        row = memberships.add_member(actor=office_actor, member=member)
        assert may_read(user.pk, team.scope) is False
        assert row not in selectors.members(team)
        hand.move(days=3)
        assert may_read(user.pk, team.scope) is True
        assert row in selectors.members(team)
    assert AuditLine.objects.get(verb="team.member_added").detail == {
        "user": user.pk,
        "leader": False,
        "card": "演督-0306",
    }


def test_leaving_ends_the_reading_and_past_work_stays_explainable(
    office_actor: Actor, cast: Cast, places: Places
) -> None:
    team, user = places.team(), cast.person(Role.INSPECTOR)
    with clock.fixed(clock.now()) as hand:
        row = memberships.add_member(actor=office_actor, member=NewMember(team.pk, user.pk))
        joined = clock.now()
        hand.move(days=10)
        memberships.end_membership(actor=office_actor, membership_id=row.pk)
        assert may_read(user.pk, team.scope) is False
        assert was_ever_granted(user.pk, team.scope) is True
        assert row in selectors.members(team, joined)
        assert row not in selectors.members(team)


def test_an_end_in_the_future_lets_the_term_run_till_then(office_actor: Actor, cast: Cast, places: Places) -> None:
    team, user = places.team(), cast.person(Role.INSPECTOR)
    with clock.fixed(clock.now()) as hand:
        row = memberships.add_member(actor=office_actor, member=NewMember(team.pk, user.pk))
        memberships.end_membership(actor=office_actor, membership_id=row.pk, at=clock.now() + timedelta(days=5))
        assert may_read(user.pk, team.scope) is True
        hand.move(days=5)
        assert may_read(user.pk, team.scope) is False


def test_ending_one_term_leaves_a_coming_one_in_force(office_actor: Actor, cast: Cast, places: Places) -> None:
    team, user = places.team(), cast.person(Role.INSPECTOR)
    with clock.fixed(clock.now()) as hand:
        now = clock.now()
        first, _ = memberships.add_members(
            actor=office_actor,
            members=[
                NewMember(team.pk, user.pk, ends_at=now + timedelta(days=10)),
                NewMember(team.pk, user.pk, starts_at=now + timedelta(days=20)),
            ],
        )
        hand.move(days=1)
        memberships.end_membership(actor=office_actor, membership_id=first.pk)
        hand.move(days=2)
        assert may_read(user.pk, team.scope) is False
        hand.move(days=18)
        assert may_read(user.pk, team.scope) is True


def test_an_end_before_the_beginning_is_refused(office_actor: Actor, cast: Cast, places: Places) -> None:
    team, user = places.team(), cast.person(Role.INSPECTOR)
    row = memberships.add_member(actor=office_actor, member=NewMember(team.pk, user.pk))
    with pytest.raises(Invalid) as fault:
        memberships.end_membership(actor=office_actor, membership_id=row.pk, at=row.starts_at - timedelta(days=1))
    assert fault.value.code == "empty_term"


def test_nobody_is_in_two_teams_at_once(office_actor: Actor, cast: Cast, places: Places) -> None:
    one, other, user = places.team(), places.team(track="station"), cast.person(Role.INSPECTOR)
    now = clock.now()
    memberships.add_member(
        actor=office_actor, member=NewMember(one.pk, user.pk, starts_at=now, ends_at=now + timedelta(days=5))
    )
    for team in (one, other):
        with pytest.raises(Conflict) as fault:
            memberships.add_member(
                actor=office_actor, member=NewMember(team.pk, user.pk, starts_at=now + timedelta(days=4))
            )
        assert fault.value.code == "membership_overlaps"
        until = f"自{clock.local_date(now):%Y年%m月%d日}起至{clock.local_date(now + timedelta(days=5)):%Y年%m月%d日}"
        assert fault.value.detail == f"“{user.name}”{until}已编入“{one.name}”，同一人的任期不能重叠。"
        assert fault.value.extra == {"user": user.pk, "team": str(one.pk)}
    after = NewMember(other.pk, user.pk, starts_at=now + timedelta(days=5))
    assert memberships.add_member(actor=office_actor, member=after).team == other


def test_of_several_new_members_all_or_none_join(office_actor: Actor, cast: Cast, places: Places) -> None:
    team, user = places.team(), cast.person(Role.INSPECTOR)
    before = Membership.objects.count()
    with pytest.raises(Conflict):
        memberships.add_members(actor=office_actor, members=[NewMember(team.pk, user.pk)] * 2)
    assert Membership.objects.count() == before
    assert may_read(user.pk, team.scope) is False


def test_a_team_has_one_leader_at_a_time(office_actor: Actor, cast: Cast, places: Places) -> None:
    team, user = places.team(), cast.person(Role.TEAM_LEADER)
    with pytest.raises(Conflict) as fault:
        memberships.add_member(actor=office_actor, member=NewMember(team.pk, user.pk, is_leader=True))
    assert fault.value.code == "leader_exists"
    assert places.people(team)[0].name in fault.value.detail


def test_the_database_itself_refuses_two_terms_of_one_person_at_a_time(cast: Cast, places: Places) -> None:
    one, other, user, now = places.team(), places.team(), cast.person(Role.INSPECTOR), clock.now()

    def joins(team: Team, first: int, last: int | None) -> Membership:
        ends_at = None if last is None else now + timedelta(days=last)
        with write(actor=system(team.county_id)):
            return Membership.objects.create(
                team=team, user=user, starts_at=now + timedelta(days=first), ends_at=ends_at
            )

    joins(one, 0, 5)
    coming = joins(other, 5, None)
    joins(one, 7, 7)  # one that was taken back before it began is none
    for first, last in ((4, 6), (9, None), (1, 2)):
        with pytest.raises(IntegrityError):
            joins(one, first, last)
    with pytest.raises(IntegrityError), write(actor=system(one.county_id)):
        Membership.objects.filter(pk=coming.pk).update(starts_at=now + timedelta(days=3))
    with pytest.raises(IntegrityError), write(actor=system(one.county_id)):
        Membership.objects.create(team=one, user=cast.person(Role.TEAM_LEADER), is_leader=True)


def test_a_term_that_was_taken_back_stands_in_nobodys_way(office_actor: Actor, cast: Cast, places: Places) -> None:
    one, other, user, now = places.team(), places.team(), cast.person(Role.INSPECTOR), clock.now()
    coming = NewMember(one.pk, user.pk, starts_at=now + timedelta(days=5))
    row = memberships.add_member(actor=office_actor, member=coming)
    memberships.end_membership(actor=office_actor, membership_id=row.pk, at=row.starts_at)
    again = memberships.add_member(actor=office_actor, member=NewMember(other.pk, user.pk))
    assert (again.team, again.ends_at) == (other, None)


def test_changing_the_leader_swaps_post_role_and_nothing_else(office_actor: Actor, places: Places) -> None:
    team = places.team(members=3)
    leader, member, third = places.people(team)
    memberships.change_leader(actor=office_actor, team_id=team.pk, user_id=member.pk)
    assert selectors.leader_of(team) == member
    assert {row.user_id for row in selectors.members(team)} == {leader.pk, member.pk, third.pk}
    assert (set(roles_of(member)), set(roles_of(leader))) == ({"team_leader"}, {"inspector"})
    assert list(selectors.led_by(member.pk)) == [team]
    assert list(selectors.led_by(leader.pk)) == []
    assert list(selectors.of_member(leader.pk)) == [team]


def test_the_leader_before_is_still_known(office_actor: Actor, places: Places) -> None:
    with clock.fixed(clock.now()) as hand:
        team = places.team()
        leader, member = places.people(team)
        hand.move(days=1)
        then = clock.now()
        hand.move(days=1)
        memberships.change_leader(actor=office_actor, team_id=team.pk, user_id=member.pk)
        assert (selectors.leader_of(team, then), selectors.leader_of(team)) == (leader, member)


def test_a_new_leader_gets_the_role_of_the_track(office_actor: Actor, cast: Cast, places: Places) -> None:
    crew = places.team(track="station", members=2)
    _, member = places.people(crew)
    memberships.change_leader(actor=office_actor, team_id=crew.pk, user_id=member.pk)
    assert roles_of(member) == {Role.STATION_HEAD}


def test_only_a_member_becomes_leader(office_actor: Actor, cast: Cast, places: Places) -> None:
    team, stranger = places.team(), cast.person(Role.INSPECTOR)
    with pytest.raises(Conflict) as fault:
        memberships.change_leader(actor=office_actor, team_id=team.pk, user_id=stranger.pk)
    assert fault.value.code == "not_a_member"


def test_accounts_of_units_and_closed_accounts_join_no_team(office_actor: Actor, cast: Cast, places: Places) -> None:
    team, gone = places.team(), cast.person(Role.INSPECTOR)
    disable(actor=office_actor, user_id=gone.pk)
    for user in (cast.person(Role.SCHOOL_LIAISON), gone):
        with pytest.raises(Conflict) as fault:
            memberships.add_member(actor=office_actor, member=NewMember(team.pk, user.pk))
        assert fault.value.code == "not_field_role"


def test_people_and_teams_of_another_county_do_not_exist(office_actor: Actor, cast: Cast, places: Places) -> None:
    neighbour = cast.county("linshui", "邻水区")
    own, foreign = places.team(), places.team(county=neighbour)
    stranger = cast.person(Role.INSPECTOR, county=neighbour)
    for team, user in ((own, stranger), (foreign, cast.person(Role.INSPECTOR))):
        with pytest.raises(NotFound):
            memberships.add_member(actor=office_actor, member=NewMember(team.pk, user.pk))
    with pytest.raises(NotFound):
        memberships.end_membership(actor=office_actor, membership_id=foreign.memberships.get(is_leader=True).pk)
    with pytest.raises(NotFound):
        memberships.change_leader(actor=office_actor, team_id=foreign.pk, user_id=stranger.pk)
