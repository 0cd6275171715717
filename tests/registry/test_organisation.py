"""Keeping districts, stations, departments and teams."""

import pytest

from backend.accounts.models import User
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.journal.grants import may_read
from backend.journal.models import AuditLine, FeedRow
from backend.registry.models import AreaStation, Department, SchoolDistrict, Track
from backend.registry.selectors import teams as selectors
from backend.registry.services import organisation, targets, teams
from backend.registry.services.memberships import NewMember, add_member
from tests.fixtures.people import Cast
from tests.fixtures.places import Places


def test_a_place_is_created_with_its_audit_line(office_actor: Actor) -> None:
    row = organisation.create(AreaStation, actor=office_actor, code="ST1", name="第一片区督导站")
    line = AuditLine.objects.get(kind="area_station", object_id=str(row.pk))
    assert (line.verb, line.actor_id, line.detail) == (
        "area_station.created",
        office_actor.user_id,
        {"code": "ST1", "name": "第一片区督导站"},
    )


def test_codes_and_names_of_a_county_are_taken_once(office_actor: Actor, cast: Cast, other_county: object) -> None:
    organisation.create(Department, actor=office_actor, code="K1", name="督导科")
    with pytest.raises(Conflict) as code:
        organisation.create(Department, actor=office_actor, code="K1", name="基础教育科")
    with pytest.raises(Conflict) as name:
        organisation.create(Department, actor=office_actor, code="K2", name="督导科")
    assert (code.value.code, name.value.code) == ("code_taken", "name_taken")
    neighbour = cast.actor(cast.person("office", county=cast.county("linshui", "邻水区")))
    assert organisation.create(Department, actor=neighbour, code="K1", name="督导科").county_id == neighbour.county_id


def test_only_the_office_keeps_places(inspector: User, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        organisation.create(Department, actor=cast.actor(inspector), code="K1", name="督导科")
    assert Department.objects.count() == 0


def test_renaming_a_district_renews_the_cards_of_its_targets(office_actor: Actor, places: Places) -> None:
    school = places.school()
    assert school.district is not None
    organisation.rename(SchoolDistrict, actor=office_actor, place_id=school.district.pk, name="新澄江学区")
    row = FeedRow.objects.get(kind="target", object_id=str(school.pk))
    assert row.rev == 2
    assert '"district":"新澄江学区"' in (row.document or "")


def test_a_place_in_use_is_not_closed_and_a_free_one_once(office_actor: Actor, places: Places) -> None:
    school = places.school()
    assert school.district is not None
    with pytest.raises(Conflict) as used:
        organisation.close(SchoolDistrict, actor=office_actor, place_id=school.district.pk)
    assert used.value.code == "in_use"
    targets.close_target(actor=office_actor, target_id=school.pk, status="已停办")
    first = organisation.close(SchoolDistrict, actor=office_actor, place_id=school.district.pk)
    again = organisation.close(SchoolDistrict, actor=office_actor, place_id=school.district.pk)
    assert first.closed_at is not None
    assert again.closed_at == first.closed_at
    assert AuditLine.objects.filter(verb="school_district.closed").count() == 1


def test_a_closed_name_may_be_used_again(office_actor: Actor) -> None:
    old = organisation.create(Department, actor=office_actor, code="K1", name="督导科")
    organisation.close(Department, actor=office_actor, place_id=old.pk)
    new = organisation.create(Department, actor=office_actor, code="K2", name="督导科")
    assert new.pk != old.pk


def test_a_district_is_watched_over_by_a_station_of_its_own_county(office_actor: Actor, cast: Cast) -> None:
    neighbour = cast.actor(cast.person("office", county=cast.county("linshui", "邻水区")))
    foreign = organisation.create(AreaStation, actor=neighbour, code="ST1", name="第一片区督导站")
    own = organisation.create(AreaStation, actor=office_actor, code="ST1", name="第一片区督导站")
    district = organisation.create_district(actor=office_actor, code="D1", name="澄江学区", station_id=own.pk)
    assert district.station == own
    with pytest.raises(NotFound):
        organisation.change_district(actor=office_actor, place_id=district.pk, name="北麓学区", station_id=foreign.pk)
    district.refresh_from_db()
    assert (district.name, district.station_id) == ("澄江学区", own.pk)


def test_each_track_has_its_own_home(office_actor: Actor) -> None:
    station = organisation.create(AreaStation, actor=office_actor, code="ST1", name="第一片区督导站")
    department = organisation.create(Department, actor=office_actor, code="K1", name="督导科")
    crew = teams.create_team(
        actor=office_actor, code="ST1", track=Track.STATION, name="第一片区督导站", station_id=station.pk
    )
    assert (crew.station, crew.department) == (station, None)
    for track, home in ((Track.STATION, {}), (Track.DEPARTMENT, {"station_id": station.pk})):
        with pytest.raises(Invalid) as fault:
            teams.create_team(actor=office_actor, code="X", track=track, name="某组", **home)
        assert fault.value.code == "track_mismatch"
    with pytest.raises(Invalid):
        teams.update_team(actor=office_actor, team_id=crew.pk, department_id=department.pk)


def test_a_closed_team_has_no_members_and_no_readers(office_actor: Actor, cast: Cast, office: User) -> None:
    department = organisation.create(Department, actor=office_actor, code="K1", name="督导科")
    team = teams.create_team(
        actor=office_actor, code="T01", track=Track.DEPARTMENT, name="第一督查组", department_id=department.pk
    )
    inspector = cast.person("inspector")
    add_member(actor=office_actor, member=NewMember(team.pk, inspector.pk))
    assert may_read(inspector.pk, team.scope) is True
    teams.close_team(actor=office_actor, team_id=team.pk)
    assert may_read(inspector.pk, team.scope) is False
    assert list(selectors.members(team)) == []


def test_a_team_with_targets_is_not_closed(office_actor: Actor, places: Places) -> None:
    team = places.team()
    places.school(team=team)
    with pytest.raises(Conflict) as fault:
        teams.close_team(actor=office_actor, team_id=team.pk)
    assert fault.value.code == "in_use"
