"""The endpoints of plans and coverage: who is answered what, at what cost."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from backend.accounts.roles import Role
from backend.core import clock
from backend.inspections.models import InspectionPlan
from backend.registry.models import Target, Team
from tests.fixtures.people import Cast, Client
from tests.fixtures.visits import Fieldwork

API = "/api/v1"
NOON = dt.datetime(2026, 11, 18, 4, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with clock.fixed(NOON):
        yield


@pytest.fixture
def team(fieldwork: Fieldwork) -> Team:
    fieldwork.county()
    return fieldwork.places.team()


@pytest.fixture
def schools(fieldwork: Fieldwork, team: Team) -> list[Target]:
    """Three schools of a team."""
    return [fieldwork.places.school(team=team) for _ in range(3)]


def get(client: Client, path: str, status: int = 200) -> Any:
    answer = client.get(f"{API}/{path}")
    assert answer.status_code == status, answer.content
    return answer.json()


def post(client: Client, path: str, data: Any = None, status: int = 200) -> Any:
    answer = client.post_json(f"{API}/{path}", data)
    assert answer.status_code == status, answer.content
    return answer.json()


def approved(office: Client, leader: Client, **fields: Any) -> str:
    plan = post(office, "plans", {"month": "2026-11"} | fields, 201)["id"]
    post(office, f"plans/{plan}/submit")
    post(leader, f"plans/{plan}/approve")
    return str(plan)


LISTS = ("plans", "plans/{plan}/scope", "plans/{plan}/gaps", "coverage/gaps", "coverage/burden", "coverage/teams")


def test_lists_cost_the_same_for_one_row_and_for_three(
    schools: list[Target],
    fieldwork: Fieldwork,
    office_client: Client,
    leadership_client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    plan = approved(office_client, leadership_client)
    fieldwork.submitted(target=fieldwork.places.school(team=schools[0].team), team=schools[0].team)
    for month in ("2026-10", "2026-12"):
        post(office_client, "plans", {"month": month, "kind": "special_campaign"}, 201)
    for _ in range(2):
        fieldwork.places.team()
    for path in (each.format(plan=plan) for each in LISTS):
        for limit in (1, 3):
            with django_assert_max_num_queries(10):
                assert len(get(office_client, f"{path}?limit={limit}")["items"]) == limit


def test_the_walk_of_a_plan_over_rest(
    schools: list[Target], fieldwork: Fieldwork, office_client: Client, leadership_client: Client
) -> None:
    body = {
        "month": "2026-11",
        "holidays": ["2026-11-27"],
        "templates": [{"codes": ["TY"]}],
        "scope_rule": {"kinds": ["school"]},
        "approval_number": "云教督〔2026〕11号",
    }
    made = post(office_client, "plans", body, 201)
    assert {name: made[name] for name in ("state", "title", "holidays", "scope_rule", "templates")} == {
        "state": "draft",
        "title": "2026年11月督查计划",
        "holidays": ["2026-11-27"],
        "scope_rule": {"kinds": ["school"], "types": [], "districts": [], "teams": []},
        "templates": [{"track": "", "type": "", "codes": ["TY"]}],
    }
    plan, dropped = made["id"], schools[2]
    gone = {"target": str(dropped.pk), "included": False, "cause": "on_holiday", "reason": "全校研学"}
    told = post(office_client, f"plans/{plan}/exceptions", gone, 201)["exceptions"]
    assert [(row["target"]["name"], row["cause"]) for row in told] == [(dropped.name, "on_holiday")]
    assert post(office_client, f"plans/{plan}/exceptions/{dropped.pk}/withdraw")["exceptions"] == []
    post(office_client, f"plans/{plan}/submit")
    assert post(office_client, f"plans/{plan}/approve", status=403)["code"] == "own_plan"
    frozen = post(leadership_client, f"plans/{plan}/approve", {"reason": "同意"})
    assert (frozen["scope_version"], [step["verb"] for step in frozen["steps"]]) == (1, ["create", "submit", "approve"])
    lines = get(office_client, f"plans/{plan}/scope")["items"]
    assert [line["code"] for line in lines] == sorted(school.code for school in schools)
    planned = post(office_client, "assignments", {"items": [sending(schools[0], fieldwork, plan=plan)]}, 201)
    assert (planned["warnings"], len(planned["items"])) == ([], 1)
    out = post(office_client, f"plans/{plan}/release")
    assert (out["released"], out["held_back"], out["plan"]["state"]) == (1, [], "released")
    assert get(office_client, f"plans/{plan}/coverage")["plan"] == plan
    assert post(office_client, f"plans/{plan}/close", {"reason": "试行结束"})["state"] == "closed"
    assert get(office_client, "plans?month=2026-11&state=closed")["items"][0]["id"] == plan


def sending(school: Target, fieldwork: Fieldwork, **more: Any) -> dict[str, Any]:
    assert school.team is not None
    people = [person.pk for person in fieldwork.places.people(school.team)]
    return {
        "target": str(school.pk),
        "team": str(school.team_id),
        "leader": people[0],
        "crew": people,
        "scheduled_on": "2026-11-19",
    } | more


def test_sending_a_school_its_third_visit_warns_and_sends(
    schools: list[Target], fieldwork: Fieldwork, office_client: Client
) -> None:
    for count in range(2):
        made = post(office_client, "assignments", {"items": [sending(schools[0], fieldwork)]}, 201)
        assert (made["warnings"], count < 2) == ([], True)
    third = post(office_client, "assignments", {"items": [sending(schools[0], fieldwork)]}, 201)
    (warned,) = third["warnings"]
    assert (warned["assignment"], warned["counted"], warned["limit"]) == (third["items"][0]["id"], 3, 2)
    row = get(office_client, "coverage/burden?limit=1")["items"][0]
    assert (row["code"], row["month"], row["counted"], row["over"]) == (schools[0].code, {"routine": 3}, 3, True)


def test_lists_of_gaps_and_scope_page_by_mark(
    schools: list[Target], office_client: Client, leadership_client: Client
) -> None:
    plan = approved(office_client, leadership_client)
    for path in (f"plans/{plan}/scope", f"plans/{plan}/gaps", "coverage/gaps"):
        whole = get(office_client, path)["items"]
        first = get(office_client, f"{path}?limit=2")
        rest = get(office_client, f"{path}?limit=2&after={first['next']}")
        assert (first["items"] + rest["items"], rest["next"]) == (whole, None)
        for broken in ("%21", "bnVsbA", "e30"):
            assert get(office_client, f"{path}?after={broken}", 400)["code"] == "bad_page"


def test_coverage_is_told_by_track_team_district_and_type(
    schools: list[Target], fieldwork: Fieldwork, team: Team, office_client: Client
) -> None:
    fieldwork.submitted(target=schools[0], team=team)
    fieldwork.places.school(stage="junior")
    found = get(office_client, "coverage?month=2026-11")
    department = {"track": "department", "scope": 4, "covered": 1, "percent": 25.0}
    assert found["tracks"][0] == department
    assert found["teams"][0] == {"id": str(team.pk), "name": team.name, "track": "department", "scope": 3} | {
        "covered": 1,
        "percent": 33.3,
    }
    (one,) = found["districts"]
    assert one == department | {"district": {"id": str(schools[0].district_id), "name": "澄江学区"}}
    assert [(row["type"], row["scope"], row["covered"]) for row in found["types"]] == [
        ("junior", 1, 0),
        ("primary", 3, 1),
    ]
    assert (found["plan"], found["unassigned"]) == (None, 1)
    forecast = get(office_client, "coverage/forecast")
    assert forecast["county"] == {"open": 3, "days_left": 8, "pace": 0.1, "missed": 3}


PLAN_PATHS = (
    "plans",
    "plans/{plan}",
    "plans/{plan}/scope",
    "plans/{plan}/gaps",
    "plans/{plan}/coverage",
    "coverage",
    "coverage/gaps",
    "coverage/forecast",
    "coverage/burden",
)


def test_nobody_but_office_and_leadership_reads_a_plan(
    schools: list[Target], cast: Cast, office_client: Client, leadership_client: Client
) -> None:
    plan = approved(office_client, leadership_client)
    for role in sorted(set(Role.values) - {Role.OFFICE, Role.LEADERSHIP}):
        client = cast.client(cast.person(role))
        for path in PLAN_PATHS:
            assert get(client, path.format(plan=plan), 403)["code"] == "forbidden"
        for verb in ("submit", "return", "approve", "release", "close", "exceptions"):
            assert post(client, f"plans/{plan}/{verb}", {"reason": "试探"}, 403)["code"] == "forbidden"
        leads = role in (Role.TEAM_LEADER, Role.STATION_HEAD, Role.DEPARTMENT_HEAD)
        assert client.get(f"{API}/coverage/teams").status_code == (200 if leads else 403)


def test_a_leader_learns_the_progress_of_the_own_team_in_numbers_and_nothing_else(
    schools: list[Target], fieldwork: Fieldwork, cast: Cast, team: Team, office_client: Client
) -> None:
    other = fieldwork.places.team()
    fieldwork.places.school(team=other)
    fieldwork.submitted(target=schools[0], team=team)
    leader, member = (cast.client(person) for person in fieldwork.places.people(team))
    (row,) = get(leader, "coverage/teams")["items"]
    assert (row["id"], row["scope"], row["covered"], row["forecast"]["open"]) == (str(team.pk), 3, 1, 2)
    told = leader.get(f"{API}/coverage/teams").content.decode()
    assert not [school for school in schools if school.name in told or str(school.pk) in told]
    assert get(member, "coverage/teams", 403)["code"] == "forbidden"
    everything = get(office_client, "coverage/teams")["items"]
    assert [row["id"] for row in everything] == [str(team.pk), str(other.pk)]
    assert get(cast.client(cast.person(Role.TEAM_LEADER)), "coverage/teams")["items"] == []


def test_plans_of_another_county_are_not_found(
    schools: list[Target], cast: Cast, office_client: Client, leadership_client: Client
) -> None:
    plan = approved(office_client, leadership_client)
    stranger = cast.client(cast.person(Role.OFFICE, county=cast.county("linshui", "邻水区")))
    assert get(stranger, "plans")["items"] == []
    for path in PLAN_PATHS[1:5]:
        assert get(stranger, path.format(plan=plan), 404) == get(stranger, path.format(plan=schools[0].pk), 404)
    for verb in ("submit", "return", "approve", "release", "close"):
        assert post(stranger, f"plans/{plan}/{verb}", {"reason": "试探"}, 404)["code"] == "not_found"
    assert InspectionPlan.objects.get().state == "approved"
