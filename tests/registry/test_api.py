"""The registry over REST: who reads, who keeps, what is answered."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.core import clock
from backend.registry.models import AreaStation, Department, SchoolDistrict, Target
from backend.registry.services import organisation
from tests.fixtures.people import Cast, Client
from tests.fixtures.places import Places

LISTS = ("districts", "stations", "departments", "teams", "targets")


def items(client: Any, path: str) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.TEAM_LEADER, Role.STATION_HEAD, Role.OFFICE, Role.LEADERSHIP])
@pytest.mark.parametrize("name", LISTS)
def test_the_field_reads_every_list(cast: Cast, role: str, name: str) -> None:
    assert items(cast.client(cast.person(role)), f"registry/{name}") == []


@pytest.mark.parametrize("role", [Role.SCHOOL_LIAISON, Role.INSTITUTION_CONTACT, Role.MEMBER_DEPARTMENT])
@pytest.mark.parametrize("name", LISTS)
def test_others_read_none(cast: Cast, role: str, name: str) -> None:
    answer = cast.client(cast.person(role)).get(f"/api/v1/registry/{name}")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("name", LISTS)
def test_only_the_office_writes(inspector_client: Client, leadership_client: Client, name: str) -> None:
    body = {"code": "X1", "name": "某处", "kind": "school", "stage": "primary", "track": "department"}
    answers = [client.post_json(f"/api/v1/registry/{name}", body) for client in (inspector_client, leadership_client)]
    assert [answer.status_code for answer in answers] == [403, 403]


@pytest.mark.parametrize("name", ["stations", "departments", "districts"])
def test_a_place_is_made_found_renamed_and_closed(office_client: Client, inspector_client: Client, name: str) -> None:
    made = office_client.post_json(f"/api/v1/registry/{name}", {"code": "X1", "name": "某处"})
    assert made.status_code == 201
    path = f"/api/v1/registry/{name}/{made.json()['id']}"
    assert inspector_client.get(path).json() == made.json()
    renamed = office_client.patch(path, {"name": "另一处"}, format="json")
    assert renamed.json() == made.json() | {"name": "另一处"}
    closed = office_client.post_json(f"{path}/close")
    assert (closed.status_code, closed.json()["closed_at"] is None) == (200, False)
    assert items(office_client, f"registry/{name}?open=true") == []
    assert [row["name"] for row in items(office_client, f"registry/{name}?open=false")] == ["另一处"]


def test_a_district_names_its_station(office_client: Client, office_actor: Any) -> None:
    station = organisation.create(AreaStation, actor=office_actor, code="ST1", name="第一片区督导站")
    body = {"code": "D01", "name": "澄江学区", "station_id": str(station.pk)}
    made = office_client.post_json("/api/v1/registry/districts", body).json()
    assert made["station"] == {"id": str(station.pk), "name": "第一片区督导站"}
    path = f"/api/v1/registry/districts/{made['id']}"
    assert office_client.patch(path, {"station_id": None}, format="json").json()["station"] is None
    assert office_client.patch(path, {}, format="json").json()["name"] == "澄江学区"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"code": "有字", "name": "某处"},
        {"code": "X\n1", "name": "某处"},
        {"code": "X1", "name": ""},
        {"code": "X1", "name": "某\0处"},
        {"code": "X" * 33, "name": "某处"},
        {"code": "X1", "name": "长" * 81},
        [],
        "text",
    ],
)
def test_bad_bodies_are_told(office_client: Client, body: Any) -> None:
    answer = office_client.post_json("/api/v1/registry/districts", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_a_taken_code_is_a_conflict(office_client: Client) -> None:
    body = {"code": "K1", "name": "督导科"}
    assert office_client.post_json("/api/v1/registry/departments", body).status_code == 201
    again = office_client.post_json("/api/v1/registry/departments", {"code": "K1", "name": "办公室"})
    assert (again.status_code, again.json()["code"]) == (409, "code_taken")


def test_a_team_from_its_making_to_its_end(
    office_client: Client, office_actor: Any, inspector: User, cast: Cast
) -> None:
    department = organisation.create(Department, actor=office_actor, code="K1", name="督导科")
    body = {"code": "T01", "name": "第一督查组", "track": "department", "department_id": str(department.pk)}
    made = office_client.post_json("/api/v1/registry/teams", body)
    assert (made.status_code, made.json()["members"]) == (201, [])
    path = f"/api/v1/registry/teams/{made.json()['id']}"
    joined = office_client.post_json(f"{path}/members", {"user_id": inspector.pk, "card_number": "演督-0101"})
    assert joined.status_code == 201
    led = office_client.put(f"{path}/leader", {"user_id": inspector.pk}, format="json").json()
    assert [(row["user"], row["is_leader"], row["card_number"]) for row in led["members"]] == [
        (inspector.pk, True, "演督-0101")
    ]
    ended = office_client.post_json(f"/api/v1/registry/memberships/{led['members'][0]['membership']}/end")
    assert (ended.status_code, ended.json()["ends_at"] is None) == (200, False)
    assert office_client.get(path).json()["members"] == []
    assert office_client.patch(path, {"name": "第一组"}, format="json").json()["name"] == "第一组"
    assert office_client.post_json(f"{path}/close").json()["closed_at"] is not None
    again = office_client.post_json(f"{path}/members", {"user_id": inspector.pk})
    assert (again.status_code, again.json()["code"]) == (409, "team_closed")


def test_an_overlap_is_a_conflict(office_client: Client, places: Places) -> None:
    one, other = places.team(), places.team()
    member = places.people(one)[1]
    answer = office_client.post_json(f"/api/v1/registry/teams/{other.pk}/members", {"user_id": member.pk})
    assert (answer.status_code, answer.json()["code"]) == (409, "membership_overlaps")


def test_a_school_from_its_making_to_its_end(office_client: Client, inspector_client: Client) -> None:
    body = {"code": "SCH001", "name": "澄江第一小学", "kind": "school", "stage": "primary", "students": 600}
    made = office_client.post_json("/api/v1/registry/targets", body)
    assert made.status_code == 201
    path = f"/api/v1/registry/targets/{made.json()['id']}"
    assert inspector_client.get(path).json() == made.json()
    moved = {"longitude": 108.7132, "latitude": 30.9322, "datum": "gcj02"}
    located = office_client.patch(path, moved, format="json").json()
    assert located["location"] == {"lng": 108.7132, "lat": 30.9322, "datum": "gcj02"}
    assert (located["students"], located["grades"]) == (600, [1, 2, 3, 4, 5, 6])
    closed = office_client.post_json(f"{path}/close", {"status": "已停办"}).json()
    assert (closed["active"], closed["status"]) == (False, "已停办")
    assert office_client.post_json(f"{path}/reopen").json()["active"] is True


@pytest.mark.parametrize(
    "fields",
    [
        {"students": -1},
        {"students": 10**12},
        {"longitude": 1e400, "latitude": 1.0},
        {"longitude": 0.0, "latitude": 0.0},
        {"datum": "bd09"},
        {"kind": "kindergarten"},
        {"stage": "institution"},
        {"district_id": "x"},
    ],
)
def test_bad_fields_of_a_target_are_told(office_client: Client, fields: dict[str, Any]) -> None:
    body = {"code": "SCH001", "name": "澄江第一小学", "kind": "school", "stage": "primary"} | fields
    data = str(body).replace("'", '"').replace("inf", "1e400")
    answer = office_client.post("/api/v1/registry/targets", data, content_type="application/json")
    assert (answer.status_code, Target.objects.count()) == (400, 0)


def test_a_place_that_does_not_exist_is_not_found(office_client: Client) -> None:
    body = {"code": "SCH001", "name": "某校", "kind": "school", "stage": "primary", "team_id": str(uuid.uuid4())}
    answer = office_client.post_json("/api/v1/registry/targets", body)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_targets_are_filtered_and_searched(inspector_client: Client, places: Places) -> None:
    team = places.team()
    one, two, three = places.school(team=team), places.school(stage="junior"), places.school(stage="junior")

    def codes(query: str) -> list[str]:
        return [row["code"] for row in items(inspector_client, f"registry/targets?{query}")]

    assert codes("") == [one.code, two.code, three.code]
    assert codes(f"team={team.pk}") == [one.code]
    assert codes("stage=junior&active=true") == [two.code, three.code]
    assert codes("kind=institution") == []
    assert codes(f"q={three.code.lower()}") == [three.code]
    assert codes(f"q={two.name[:4]}") == [two.code]
    assert codes(f"district={one.district_id}&active=false") == []
    assert codes("q=") == [one.code, two.code, three.code]


@pytest.mark.parametrize("query", ["team=x", "kind=x", "active=perhaps", "limit=0", "after=!", "after=bnVsbA", "q=%00"])
def test_bad_queries_are_told(inspector_client: Client, query: str) -> None:
    assert inspector_client.get(f"/api/v1/registry/targets?{query}").status_code == 400


def test_pages_meet_without_gap(inspector_client: Client, places: Places) -> None:
    wanted = [places.school().code for _ in range(5)]
    found, after = [], ""
    while True:
        body = inspector_client.get(f"/api/v1/registry/targets?limit=2{after}").json()
        found += [row["code"] for row in body["items"]]
        if body["next"] is None:
            break
        after = f"&after={body['next']}"
    assert found == wanted


def test_contacts_come_and_go(office_client: Client, inspector_client: Client, places: Places, cast: Cast) -> None:
    school, user = places.school(), cast.person(Role.SCHOOL_LIAISON)
    path = f"/api/v1/registry/targets/{school.pk}/contacts"
    made = office_client.post_json(path, {"user_id": user.pk, "post": "教导主任"})
    assert (made.status_code, made.json()["post"]) == (201, "教导主任")
    assert inspector_client.get(path).json() == {"items": [made.json()]}
    assert inspector_client.post_json(path, {"user_id": user.pk}).status_code == 403
    assert office_client.post_json(f"/api/v1/registry/contacts/{made.json()['contact']}/end").status_code == 200
    assert inspector_client.get(path).json() == {"items": []}


@pytest.mark.parametrize("name", LISTS)
def test_queries_do_not_grow_with_rows(office_client: Client, office_actor: Any, places: Places, name: str) -> None:
    def fill(count: int) -> None:
        for _ in range(count):
            team = places.team()
            school = places.school(team=team)
            number = places.count
            station = organisation.create(AreaStation, actor=office_actor, code=f"ST{number}", name=f"站{number}")
            organisation.create_district(
                actor=office_actor, code=f"D{number}", name=f"学区{number}", station_id=station.pk
            )
            organisation.create(Department, actor=office_actor, code=f"K{number}", name=f"科{number}")
            places.liaison(school)

    def cost() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as queries:
            rows = items(office_client, f"registry/{name}")
        return len(rows), len(queries)

    fill(1)
    rows_before, before = cost()
    fill(2)
    rows_after, after = cost()
    assert rows_after >= rows_before + 2
    assert after == before


def test_a_unit_reads_its_own_card_and_not_who_inspects_it(places: Places, cast: Cast) -> None:
    school = places.school(team=places.team())
    places.school()
    client = cast.client(places.liaison(school))
    assert items(client, "unit/targets") == [
        {
            "id": str(school.pk),
            "code": school.code,
            "name": school.name,
            "kind": "school",
            "stage": "primary",
            "institution_class": "",
            "category": "",
            "status": "",
            "active": True,
            "district": {"id": str(school.district_id), "name": "澄江学区"},
            "students": 600,
            "participants": None,
            "classes": 14,
            "address": "",
            "phone": "",
        }
    ]


def test_only_units_ask_for_their_own_card(inspector_client: Client, office_client: Client) -> None:
    assert [client.get("/api/v1/unit/targets").status_code for client in (inspector_client, office_client)] == [
        403,
        403,
    ]


def test_a_term_that_ends_before_it_begins_is_told(office_client: Client, places: Places, cast: Cast) -> None:
    team, user = places.team(), cast.person(Role.INSPECTOR)
    body = {"user_id": user.pk, "ends_at": clock.now().replace(year=2020).isoformat()}
    answer = office_client.post_json(f"/api/v1/registry/teams/{team.pk}/members", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "empty_term")


def test_districts_of_the_county_only_are_offered(office_client: Client, places: Places, cast: Cast) -> None:
    places.school(county=cast.county("linshui", "邻水区"))
    assert SchoolDistrict.objects.count() == 1
    assert items(office_client, "registry/districts") == []
