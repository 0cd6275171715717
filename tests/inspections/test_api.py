"""The REST endpoints of inspections."""

import hashlib
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from backend.core import clock
from backend.core.ids import uuid7
from backend.inspections.models import Visit
from tests.fixtures.people import Client
from tests.fixtures.visits import GENERAL, Fieldwork

API = "/api/v1"


@pytest.fixture
def busy(fieldwork: Fieldwork) -> list[Visit]:
    """Three visits with findings, evidence, answers and rounds."""
    visits = []
    for _ in range(3):
        visit = fieldwork.filled()
        fieldwork.finding(visit, fieldwork.leader(visit.assignment))
        visits.append(fieldwork.submitted(visit))
    return visits


def get(client: Client, path: str) -> Any:
    answer = client.get(f"{API}/{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def post(client: Client, path: str, data: Any = None, status: int = 200) -> Any:
    answer = client.post_json(f"{API}/{path}", data)
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


@pytest.mark.parametrize("name", ["templates", "assignments", "visits", "findings", "evidence"])
@pytest.mark.parametrize("who", ["office", "leader"])
def test_lists_cost_the_same_for_one_row_and_for_three(
    busy: list[Visit],
    fieldwork: Fieldwork,
    office_client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    name: str,
    who: str,
) -> None:
    client = office_client if who == "office" else fieldwork.cast.client(busy[0].assignment.leader)
    most = 6 if who == "office" else 7  # the teams of a leader are read first, so that their rows are found by index
    for limit in (1, 3):
        with django_assert_max_num_queries(most):
            assert get(client, f"{name}?limit={limit}")["items"]


def test_a_whole_visit_takes_ten_queries_at_most(
    busy: list[Visit],
    office_client: Client,
    fieldwork: Fieldwork,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for client in (office_client, fieldwork.cast.client(busy[0].assignment.leader)):
        with django_assert_max_num_queries(10):
            found = get(client, f"visits/{busy[0].pk}")
    assert (found["state"], found["score"], len(found["evidence"])) == ("submitted", 99, 3)
    assert found["deductions"][0]["item"] == "TY-02"
    assert [step["verb"] for step in found["transitions"]] == ["start", "check_in", "work", "submit"]
    assert found["rounds"][0]["content_hash"] == found["content_hash"]


def test_lists_page_by_key_and_filter(busy: list[Visit], office_client: Client) -> None:
    first = get(office_client, "visits?limit=2")
    rest = get(office_client, f"visits?limit=2&after={first['next']}")
    seen = [row["id"] for row in first["items"] + rest["items"]]
    assert seen == [str(visit.pk) for visit in sorted(busy, key=lambda visit: visit.pk, reverse=True)]
    assert rest["next"] is None
    target = busy[1].target_id
    assert [row["id"] for row in get(office_client, f"visits?target={target}")["items"]] == [str(busy[1].pk)]
    assert get(office_client, "visits?month=2020-01")["items"] == []
    assert len(get(office_client, "visits?state=submitted&track=department")["items"]) == 3
    assert len(get(office_client, "findings?severity=minor")["items"]) == 3
    assert len(get(office_client, f"evidence?visit={busy[0].pk}")["items"]) == 3


@pytest.mark.parametrize(
    "query", ["visits?month=2026-13", "visits?state=lost", "visits?team=x", "findings?visit=1", "assignments?track=air"]
)
def test_filters_that_cannot_be_are_refused(office_client: Client, query: str) -> None:
    answer = office_client.get(f"{API}/{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_the_office_plans_releases_reassigns_and_cancels(fieldwork: Fieldwork, office_client: Client) -> None:
    fieldwork.county()
    team = fieldwork.places.team()
    people = [user.pk for user in fieldwork.places.people(team)]
    line = {
        "target": str(fieldwork.places.school(team=team).pk),
        "team": str(team.pk),
        "leader": people[0],
        "crew": people,
        "scheduled_on": clock.today().isoformat(),
        "templates": ["TY"],
    }
    made = post(office_client, "assignments", {"items": [line, line]}, 201)["items"]
    assert [row["state"] for row in made] == ["planned", "planned"]
    assert [member["id"] for member in made[0]["crew"]] == people
    ids = [row["id"] for row in made]
    assert [row["state"] for row in post(office_client, "assignments/release", {"ids": ids})["items"]] == [
        "released"
    ] * 2
    moved = post(office_client, f"assignments/{ids[0]}/reassign", {"leader": people[1], "crew": []})
    assert [member["id"] for member in moved["crew"]] == [people[1]]
    assert post(office_client, f"assignments/{ids[1]}/cancel", {"reason": "停课"})["state"] == "cancelled"
    assert office_client.post_json(f"{API}/assignments/{ids[1]}/release").json()["code"] == "bad_state"
    bad = office_client.post_json(f"{API}/assignments", {"items": [line | {"crew": [10**9]}]})
    assert (bad.status_code, bad.json()["code"]) == (400, "bad_assignment")


def test_inspectors_do_not_plan(fieldwork: Fieldwork, inspector_client: Client) -> None:
    planned = fieldwork.planned()
    line = {
        "target": str(planned.target_id),
        "team": str(planned.team_id),
        "leader": planned.leader_id,
        "crew": [],
        "scheduled_on": clock.today().isoformat(),
    }
    assert inspector_client.post_json(f"{API}/assignments", {"items": [line]}).status_code == 403
    assert inspector_client.post_json(f"{API}/assignments/{planned.pk}/release").status_code == 403
    assert inspector_client.get(f"{API}/coverage").status_code == 403


def test_a_visit_is_filled_in_submitted_and_approved_over_rest(fieldwork: Fieldwork, office_client: Client) -> None:
    assignment = fieldwork.released()
    client = fieldwork.cast.client(assignment.leader)
    visit = str(uuid7())
    post(client, f"assignments/{assignment.pk}/accept")
    post(client, f"assignments/{assignment.pk}/depart")
    assert post(client, "visits", {"id": visit, "assignment": str(assignment.pk)}, 201)["state"] == "departed"
    located = {"location": {"lng": 108.7132, "lat": 30.9322}}
    assert post(client, f"visits/{visit}/check-in", located)["state"] == "arrived"
    photos = [str(uuid7()) for _ in range(4)]
    for photo in photos:
        fact = {"id": photo, "sha256": hashlib.sha256(photo.encode()).hexdigest(), "size": 3, "filetype": "image/jpeg"}
        assert post(client, f"visits/{visit}/evidence", fact, 201)["state"] == "awaited"
    answers = {key: {"value": value} for key, value in (GENERAL | {"TY-05": [photos[0]]}).items()}
    assert post(client, f"visits/{visit}/answers", {"answers": answers})["status"] == "applied"
    stale = {"answers": {"TY-01": {"value": "no", "base": 0}}}
    assert post(client, f"visits/{visit}/answers", stale)["status"] == "conflict"
    settled = post(client, f"visits/{visit}/answers/settle", {"key": "TY-01", "choice": "current"})
    assert settled["status"] == "merged"
    found = post(client, f"visits/{visit}/findings", {"id": str(uuid7()), "item": "TY-02"}, 201)
    assert (found["severity"], found["state"]) == ("minor", "recorded")
    post(client, f"visits/{visit}/feedback", {"text": "已反馈"})
    refused = client.post_json(f"{API}/visits/{visit}/submit")
    assert (refused.status_code, refused.json()["code"]) == (409, "bad_state")
    assert [gap["key"] for gap in refused.json()["missing"]] == ["TY-09", "TY-10"]
    alone = post(client, f"visits/{visit}/signatures", {"inspectors": [photos[1]], "refused": "负责人外出"})
    assert alone["signatures"] == {"inspectors": [photos[1]], "unit": [], "refused": "负责人外出"}
    witnessed = client.post_json(f"{API}/visits/{visit}/submit").json()["missing"]
    assert [(gap["key"], gap["code"]) for gap in witnessed] == [("signatures.inspectors", "two_inspectors")]
    post(client, f"visits/{visit}/signatures", {"inspectors": [photos[1], photos[3]]})
    wrong = client.post_json(f"{API}/visits/{visit}/submit", {"hash": "0" * 64})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "content_differs")
    assert post(client, f"visits/{visit}/submit")["state"] == "submitted"
    returned = post(office_client, f"visits/{visit}/return", {"reason": "照片不清"})
    assert (returned["state"], returned["round"]) == ("returned", 2)
    assert post(client, f"visits/{visit}/submit")["state"] == "submitted"
    approved = post(office_client, f"visits/{visit}/approve")
    assert (approved["state"], approved["findings"][0]["state"]) == ("approved", "confirmed")
    assert len(approved["rounds"]) == 2


@pytest.mark.parametrize("value", [{"a": 1}, None, True, "\x00", 10**400, [["yes"]], "x" * 3000])
def test_odd_answers_are_refused_and_never_break_anything(fieldwork: Fieldwork, value: Any) -> None:
    visit = fieldwork.begun()
    client = fieldwork.cast.client(visit.assignment.leader)
    for key in ("TY-01", "TY-02", "TY-05", "TY-06"):
        answer = client.post_json(f"{API}/visits/{visit.pk}/answers", {"answers": {key: {"value": value}}})
        assert answer.status_code == 400, (key, answer.content)


def test_leadership_sees_the_county_and_changes_nothing(busy: list[Visit], leadership_client: Client) -> None:
    assert len(get(leadership_client, "visits")["items"]) == 3
    answer = leadership_client.post_json(f"{API}/visits/{busy[0].pk}/approve")
    assert answer.status_code == 403


def test_the_office_makes_a_new_version_of_a_checklist(fieldwork: Fieldwork, office_client: Client) -> None:
    assert post(office_client, "templates/catalogue")["items"] != []
    assert post(office_client, "templates/catalogue")["items"] == []
    draft = post(office_client, "templates/drafts", {"code": "TY"}, 201)
    path = f"{API}/templates/{draft['id']}/content"
    bad = office_client.put(path, {"content": {"items": "none"}}, format="json")
    assert (bad.status_code, bad.json()["code"]) == (400, "bad_template")
    content = draft["content"] | {"name": "通用页（修订）"}
    assert office_client.put(path, {"content": content}, format="json").json()["name"] == "通用页（修订）"
    assert post(office_client, f"templates/{draft['id']}/publish")["status"] == "published"
    assert [row["version"] for row in get(office_client, "templates?code=TY&status=published")["items"]] == [2]


def test_coverage_of_the_month_by_track_and_team(
    busy: list[Visit], office_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(8):  # the plan and the terms of teams in charge among them
        found = get(office_client, "coverage")
    assert found["tracks"][0] == {"track": "department", "scope": 3, "covered": 3, "percent": 100.0}
    assert [team["covered"] for team in found["teams"]] == [1, 1, 1]
