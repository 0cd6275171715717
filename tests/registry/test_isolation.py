"""Two counties on one server, and units beside their inspectors: what is not yours does not exist."""

import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from backend.accounts.models import County
from backend.accounts.roles import Role
from backend.accounts.selectors.people import actor_of
from backend.core.actor import system
from backend.registry.models import AreaStation, Department, Target, Team
from backend.registry.selectors import places as place_selectors
from backend.registry.selectors import targets as target_selectors
from backend.registry.selectors import teams as team_selectors
from backend.registry.services import organisation
from tests.fixtures.people import Cast, Client
from tests.fixtures.places import Places


@dataclass
class Foreign:
    """What stands in the other county."""

    county: County
    team: Team
    school: Target
    station: AreaStation
    department: Department
    contact: int
    membership: int

    def paths(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Every address that names one thing, as method, path and body."""
        assert self.school.district is not None
        team, target = f"registry/teams/{self.team.pk}", f"registry/targets/{self.school.pk}"
        district = f"registry/districts/{self.school.district.pk}"
        station, department = f"registry/stations/{self.station.pk}", f"registry/departments/{self.department.pk}"
        somebody = {"user_id": 1}
        out: list[tuple[str, str, dict[str, Any]]] = []
        for path in (district, station, department, team, target):
            out += [("get", path, {}), ("patch", path, {"name": "改名"})]
        for path in (district, station, department, team):
            out.append(("post", f"{path}/close", {}))
        return [
            *out,
            ("post", f"{team}/members", somebody),
            ("put", f"{team}/leader", somebody),
            ("post", f"registry/memberships/{self.membership}/end", {}),
            ("post", f"{target}/close", {"status": "已停办"}),
            ("post", f"{target}/reopen", {}),
            ("get", f"{target}/contacts", {}),
            ("post", f"{target}/contacts", somebody),
            ("post", f"registry/contacts/{self.contact}/end", {}),
        ]


@pytest.fixture
def foreign(cast: Cast, places: Places, other_county: County) -> Foreign:
    team = places.team(county=other_county)
    school = places.school(county=other_county, team=team)
    places.liaison(school)
    actor = system(other_county.pk)
    return Foreign(
        county=other_county,
        team=team,
        school=school,
        station=organisation.create(AreaStation, actor=actor, code="ST1", name="第一片区督导站"),
        department=organisation.create(Department, actor=actor, code="K1", name="督导科"),
        contact=school.contacts.get().pk,
        membership=team.memberships.get(is_leader=True).pk,
    )


def ask(client: Client, method: str, path: str, body: dict[str, Any]) -> tuple[int, bytes]:
    answer = getattr(client, method)(f"/api/v1/{path}", body, format="json")
    return answer.status_code, answer.content


def unknown(path: str) -> str:
    """The same address with an id that nobody has."""
    head, collection, name, *rest = path.split("/")
    nobody = "999999999" if name.isdigit() else str(uuid.UUID(int=7))
    return "/".join([head, collection, nobody, *rest])


def test_things_of_another_county_are_answered_like_things_that_do_not_exist(
    office_client: Client, foreign: Foreign
) -> None:
    for method, path, body in foreign.paths():
        answer = ask(office_client, method, path, body)
        assert (path, answer[0]) == (path, 404)
        assert answer == ask(office_client, method, unknown(path), body)


def test_their_own_office_reaches_every_one_of_them(cast: Cast, foreign: Foreign) -> None:
    """The proof that the addresses above lead somewhere."""
    own = cast.client(cast.person(Role.OFFICE, county=foreign.county))
    for _, path, _ in [each for each in foreign.paths() if each[0] == "get"]:
        assert (path, ask(own, "get", path, {})[0]) == (path, 200)


@pytest.mark.parametrize("name", ["districts", "stations", "departments", "teams", "targets"])
def test_lists_hold_nothing_of_another_county(
    office_client: Client, inspector_client: Client, leadership_client: Client, cast: Cast, foreign: Foreign, name: str
) -> None:
    for client in (office_client, inspector_client, leadership_client):
        assert client.get(f"/api/v1/registry/{name}").json() == {"items": [], "next": None}
    own = cast.client(cast.person(Role.INSPECTOR, county=foreign.county))
    assert len(own.get(f"/api/v1/registry/{name}").json()["items"]) == 1


def test_a_filter_by_a_foreign_id_finds_nothing(office_client: Client, foreign: Foreign, places: Places) -> None:
    places.school()
    for query in (f"team={foreign.team.pk}", f"district={foreign.school.district_id}"):
        assert office_client.get(f"/api/v1/registry/targets?{query}").json()["items"] == []


def test_units_are_answered_alike_for_everything(school_client: Client, foreign: Foreign, places: Places) -> None:
    """Neither the own county's things, nor foreign ones, nor none at all make a difference."""
    own_team = places.team()
    own = places.school(team=own_team)
    places.liaison(own, school_client.user)
    for method, path, body in foreign.paths():
        answers = {
            ask(school_client, method, address, body)
            for address in (
                path,
                unknown(path),
                path.replace(str(foreign.team.pk), str(own_team.pk)).replace(str(foreign.school.pk), str(own.pk)),
            )
        }
        assert {status for status, _ in answers} == {403}
        assert len(answers) == 1


def test_a_unit_sees_no_other_unit(school_client: Client, foreign: Foreign, places: Places) -> None:
    places.school()
    assert school_client.get("/api/v1/unit/targets").json() == {"items": [], "next": None}
    own = places.school()
    places.liaison(own, school_client.user)
    found = school_client.get("/api/v1/unit/targets").json()["items"]
    assert [row["id"] for row in found] == [str(own.pk)]


@pytest.mark.parametrize("role", [Role.SCHOOL_LIAISON, Role.INSTITUTION_CONTACT, Role.MEMBER_DEPARTMENT])
def test_selectors_keep_teams_and_places_from_people_outside(cast: Cast, places: Places, role: str) -> None:
    places.school(team=places.team())
    actor = actor_of(cast.person(role))
    assert list(team_selectors.scoped(actor)) == []
    assert list(place_selectors.districts(actor)) == []
    assert list(target_selectors.scoped(actor)) == []


def test_a_person_who_is_closed_or_revoked_reads_nothing(
    cast: Cast, office_client: Client, inspector_client: Client
) -> None:
    office_client.post_json(f"/api/v1/users/{inspector_client.user.pk}/disable")
    answer = inspector_client.get("/api/v1/registry/targets")
    assert (answer.status_code, answer.json()["code"]) == (403, "deposit_only")
