"""Which team is in charge of a target on which day, on both tracks."""

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.core import clock
from backend.core.actor import Actor, system
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.journal.models import AuditLine
from backend.journal.writing import write
from backend.registry.models import BEGINNING, AreaStation, Target, TargetKind, Team, TeamInCharge, Track
from backend.registry.rules.sheets import SCHOOLS
from backend.registry.selectors import responsibility as selectors
from backend.registry.services import organisation, responsibility, targets, teams
from backend.registry.services.imports import import_targets
from backend.registry.services.responsibility import NewTerm
from backend.registry.tasks import turn_over
from tests.fixtures.people import Cast, Client
from tests.fixtures.places import Places

TODAY = dt.date(2026, 11, 10)
NOON = dt.datetime(2026, 11, 10, 4, tzinfo=dt.UTC)


def day(number: int) -> dt.date:
    return dt.date(2026, 11, number)


@pytest.fixture(autouse=True)
def november() -> Iterator["clock.Hand"]:
    with clock.fixed(NOON) as hand:
        yield hand


def assigned(actor: Actor, target: Target, team: Team, starts_on: dt.date | None = None) -> TeamInCharge:
    new = NewTerm(target.pk, team.pk, starts_on, "力量调整")
    return responsibility.assign(actor=actor, term=new)


def held(target: Target, track: str = Track.DEPARTMENT) -> list[tuple[object, dt.date, dt.date | None]]:
    rows = TeamInCharge.objects.filter(target=target, track=track).order_by("starts_on")
    return [(row.team_id, row.starts_on, row.ends_on) for row in rows]


@pytest.fixture
def station(office_actor: Actor) -> AreaStation:
    return organisation.create(AreaStation, actor=office_actor, code="S1", name="第一片区督导站")


def crew_of(actor: Actor, station: AreaStation, code: str = "ST1") -> Team:
    return teams.create_team(actor=actor, code=code, track=Track.STATION, name=code, station_id=station.pk)


def test_who_covered_a_target_on_a_day_is_told_for_every_day(office_actor: Actor, places: Places) -> None:
    before, after = places.team(), places.team()
    school = places.school(team=before)
    assigned(office_actor, school, after, day(15))
    told = [selectors.in_charge(school.pk, Track.DEPARTMENT, each) for each in (day(1), day(14), day(15), day(30))]
    assert told == [before.pk, before.pk, after.pk, after.pk]
    assert selectors.in_charge(school.pk, Track.STATION, day(15)) is None
    assert list(selectors.in_charge_of(before, day(14))) == [school]
    assert list(selectors.in_charge_of(before, day(15))) == []


def test_the_target_says_the_new_team_from_its_day_on(
    office_actor: Actor, places: Places, november: "clock.Hand"
) -> None:
    before, after = places.team(), places.team()
    school = places.school(team=before)
    assigned(office_actor, school, after, day(12))
    for number, team in ((10, before), (11, before), (12, after)):
        november.set(dt.datetime(2026, 11, number, 4, tzinfo=dt.UTC))
        turn_over()
        assert Target.objects.get(pk=school.pk).team_id == team.pk
    november.move(days=1)
    now = places.team()
    assigned(office_actor, school, now)
    assert Target.objects.get(pk=school.pk).team_id == now.pk


def test_a_term_that_ends_leaves_nobody_in_charge_from_that_day(
    office_actor: Actor, places: Places, november: "clock.Hand"
) -> None:
    school = places.school(team=places.team())
    term = TeamInCharge.objects.get()
    responsibility.end(actor=office_actor, term_id=term.pk, ends_on=day(11), reason="撤组")
    assert selectors.in_charge(school.pk, Track.DEPARTMENT) is not None
    november.move(days=1)
    turn_over()
    assert (selectors.in_charge(school.pk, Track.DEPARTMENT), Target.objects.get().team_id) == (None, None)
    with pytest.raises(Conflict, match="responsibility_ended"):
        responsibility.end(actor=office_actor, term_id=term.pk, reason="撤组")


def test_a_term_that_never_began_is_taken_back_and_stays_in_the_audit_trail(
    office_actor: Actor, places: Places
) -> None:
    before, after = places.team(), places.team()
    school = places.school(team=before)
    coming = assigned(office_actor, school, after, day(20))
    responsibility.end(actor=office_actor, term_id=coming.pk, ends_on=day(15), reason="不调整了")
    assert [row[0] for row in held(school)] == [before.pk]
    lines = AuditLine.objects.filter(object_id=str(school.pk), verb__startswith="target.team").order_by("pk")
    assert [line.verb for line in lines] == ["target.team_ended", "target.team_assigned", "target.team_withdrawn"]


def test_a_second_term_over_a_coming_one_is_refused_by_name(office_actor: Actor, places: Places) -> None:
    school, coming = places.school(team=places.team()), places.team()
    assigned(office_actor, school, coming, day(20))
    with pytest.raises(Conflict) as refused:
        assigned(office_actor, school, places.team(), day(15))
    assert refused.value.code == "responsibility_overlaps"
    assert coming.name in refused.value.detail
    assert "2026年11月20日" in refused.value.detail


def test_the_same_team_again_changes_nothing(office_actor: Actor, places: Places) -> None:
    team = places.team()
    school = places.school(team=team)
    before = held(school)
    assigned(office_actor, school, team, day(15))
    assert held(school) == before


def test_terms_are_kept_by_the_office_of_the_county_with_a_reason_and_not_for_past_months(
    office_actor: Actor, cast: Cast, places: Places
) -> None:
    team, other = places.team(), places.team()
    school = places.school(team=team)
    stranger = cast.actor(places.people(team)[0])
    foreign = system(cast.county("linshui", "邻水区").pk)
    term = TeamInCharge.objects.get()
    with pytest.raises(Forbidden):
        assigned(stranger, school, other)
    with pytest.raises(NotFound):
        assigned(foreign, school, other)
    with pytest.raises(NotFound):
        responsibility.end(actor=foreign, term_id=term.pk, reason="x")
    for starts_on, reason, code in (
        (day(1) - dt.timedelta(days=1), "调整", "backdated"),
        (None, " ", "reason_missing"),
    ):
        with pytest.raises(Invalid, match=code):
            responsibility.assign(actor=office_actor, term=NewTerm(school.pk, other.pk, starts_on, reason))
    assert held(school) == [(team.pk, term.starts_on, None)]


def test_schools_follow_the_crew_of_their_station_institutions_do_not(
    office_actor: Actor, station: AreaStation
) -> None:
    def made(code: str, kind: str, **fields: object) -> Target:
        return targets.create_target(
            actor=office_actor,
            kind=kind,
            code=code,
            name=code,
            station_id=station.pk,
            **fields,  # type: ignore[arg-type]
        )

    school, institution = (
        made("SCH1", "school", stage="primary"),
        made("I1", "institution", institution_class="subject"),
    )
    crew = crew_of(office_actor, station)
    assert held(school, Track.STATION)[0][0] == crew.pk
    assert held(institution, Track.STATION) == []
    with pytest.raises(Invalid, match="track_mismatch"):
        assigned(office_actor, institution, crew)
    teams.close_team(actor=office_actor, team_id=crew.pk)
    assert selectors.in_charge(school.pk, Track.STATION) is None


def test_a_second_crew_of_a_station_keeps_what_it_was_given(office_actor: Actor, station: AreaStation) -> None:
    first = crew_of(office_actor, station)
    school = targets.create_target(
        actor=office_actor, kind=TargetKind.SCHOOL, code="SCH1", name="某校", stage="primary", station_id=station.pk
    )
    second = crew_of(office_actor, station, "ST2")
    assert selectors.in_charge(school.pk, Track.STATION) == first.pk
    assigned(office_actor, school, second)
    targets.close_target(actor=office_actor, target_id=school.pk, status="停课")
    targets.reopen_target(actor=office_actor, target_id=school.pk)
    teams.update_team(actor=office_actor, team_id=second.pk, name="第二小组")
    assert len(held(school, Track.STATION)) == 2


def test_closing_a_target_ends_its_terms_and_dates_the_end(office_actor: Actor, places: Places) -> None:
    school = places.school(team=places.team())
    targets.close_target(actor=office_actor, target_id=school.pk, status="已合并")
    closed = Target.objects.get(pk=school.pk)
    assert (closed.closed_on, selectors.in_charge(school.pk, Track.DEPARTMENT)) == (TODAY, None)
    assert selectors.in_charge(school.pk, Track.DEPARTMENT, day(9)) == school.team_id
    with pytest.raises(Conflict, match="target_closed"):
        assigned(office_actor, closed, places.team())
    targets.reopen_target(actor=office_actor, target_id=school.pk)
    assert Target.objects.get(pk=school.pk).closed_on is None
    assert selectors.in_charge(school.pk, Track.DEPARTMENT) == school.team_id


def test_a_list_or_a_form_that_names_another_team_begins_its_term_today(office_actor: Actor, places: Places) -> None:
    one, other = places.team(), places.team()
    header, row = "code,name,stage,district,team", "NEW1,甲校,小学,澄江学区"
    places.school()
    for team in (one, one, other):
        data = f"{header}\n{row},{team.code}\n".encode()
        assert import_targets(actor=office_actor, sheet=SCHOOLS, data=data).errors == []
    school = Target.objects.get(code="NEW1")
    assert held(school) == [(one.pk, BEGINNING, TODAY), (other.pk, TODAY, None)]
    targets.update_target(actor=office_actor, target_id=school.pk, team_id=one.pk)
    assert held(school) == [(one.pk, BEGINNING, TODAY), (one.pk, TODAY, None)]
    targets.update_target(actor=office_actor, target_id=school.pk, team_id=None, name="乙校")
    assert held(school) == [(one.pk, BEGINNING, TODAY)]


def test_what_was_there_before_terms_were_kept_has_them_as_a_new_list_would(
    office_actor: Actor, places: Places, station: AreaStation
) -> None:
    crew_of(office_actor, station)
    closed = places.school(team=places.team())
    targets.close_target(actor=office_actor, target_id=closed.pk, status="已停办")
    made = places.school(team=places.team())
    targets.update_target(actor=office_actor, target_id=made.pk, station_id=station.pk)
    with write(actor=office_actor) as change:
        TeamInCharge.objects.all().delete()
        responsibility.follow(change, Target.objects.all(), since=BEGINNING)
        fields = ("target_id", "track", "team_id", "starts_on", "ends_on")
        expected = list(TeamInCharge.objects.order_by("target_id", "track").values(*fields))
        TeamInCharge.objects.all().delete()
        import_module("backend.registry.migrations.0004_teams_in_charge_from_the_start").fill(apps, None)
    assert list(TeamInCharge.objects.order_by("target_id", "track").values(*fields)) == expected
    assert len(expected) == 2


CHANGES = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 30), st.booleans()), min_size=1, max_size=8)


def test_whatever_is_assigned_and_ended_no_two_terms_overlap_and_every_day_has_one_answer(places: Places) -> None:
    crews = {name: places.team(members=1) for name in "abc"}
    school = places.school(team=crews["a"])

    @settings(max_examples=10, deadline=None)
    @given(changes=CHANGES)
    def holds(changes: list[tuple[str, int, bool]]) -> None:
        with transaction.atomic():
            for name, number, ends in changes:
                one_change(school, crews[name], day(number), ends=ends)
            check(school)
            transaction.set_rollback(True)

    holds()


def one_change(school: Target, team: Team, on: dt.date, *, ends: bool) -> None:
    actor = system(school.county_id)
    last = TeamInCharge.objects.filter(target=school).order_by("-starts_on").first()
    with suppress(Conflict):
        if not ends:
            assigned(actor, school, team, on)
        elif last is not None:
            responsibility.end(actor=actor, term_id=last.pk, ends_on=on, reason="调整")


def check(school: Target) -> None:
    rows = held(school)
    for each in (day(number) for number in range(1, 31)):
        covering = [team for team, start, end in rows if start <= each and (end is None or each < end)]
        assert len(covering) <= 1
        assert selectors.in_charge(school.pk, Track.DEPARTMENT, each) == (covering[0] if covering else None)
    assert Target.objects.get(pk=school.pk).team_id == selectors.in_charge(school.pk, Track.DEPARTMENT)


@pytest.mark.parametrize(
    ("starts_on", "ends_on"), [(day(1), None), (day(3), day(5)), (day(9), day(30)), (day(5), day(9)), (day(19), None)]
)
def test_the_database_itself_refuses_terms_that_overlap(
    places: Places, starts_on: dt.date, ends_on: dt.date | None
) -> None:
    target, one, other = places.school(), places.team(), places.team()

    def term(team: Team, first: dt.date, last: dt.date | None, track: str = Track.DEPARTMENT) -> TeamInCharge:
        return TeamInCharge.objects.create(target=target, team=team, track=track, starts_on=first, ends_on=last)

    with write(actor=system(one.county_id)):
        TeamInCharge.objects.filter(target=target).delete()
        standing, later = term(one, day(4), day(10)), term(one, day(20), None)
        beside = [term(other, day(10), day(20)), term(other, day(1), day(4)), term(other, day(1), None, Track.STATION)]
    with pytest.raises(IntegrityError), write(actor=system(one.county_id)):
        term(other, starts_on, ends_on)
    beside[0].starts_on = day(9)
    with pytest.raises(IntegrityError), write(actor=system(one.county_id)):
        beside[0].save()
    with write(actor=system(one.county_id)):
        standing.ends_on = day(9)
        standing.save()
        later.starts_on = day(25)
        later.save()
    assert TeamInCharge.objects.filter(target=target).count() == 5


def test_terms_over_rest(office_client: Client, inspector_client: Client, places: Places) -> None:
    before, after = places.team(), places.team()
    school = places.school(team=before)
    path = f"/api/v1/registry/targets/{school.pk}/teams"
    made = office_client.post_json(path, {"team": str(after.pk), "starts_on": "2026-11-12", "reason": "调整"})
    assert (made.status_code, made.json()["starts_on"]) == (201, "2026-11-12")
    rows = inspector_client.get(path).json()["items"]
    assert [(row["team"]["id"], row["starts_on"], row["ends_on"]) for row in rows] == [
        (str(after.pk), "2026-11-12", None),
        (str(before.pk), None, "2026-11-12"),
    ]
    end = f"/api/v1/registry/terms-in-charge/{made.json()['id']}/end"
    assert inspector_client.post_json(end, {"reason": "x"}).status_code == 403
    ended = office_client.post_json(end, {"ends_on": "2026-11-20", "reason": "撤组"})
    assert ended.json()["ends_on"] == "2026-11-20"
