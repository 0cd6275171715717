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


@pytest.mark.parametrize("path", LISTS)
def test_lists_cost_the_same_for_one_row_and_for_three(
    schools: list[Target],
    fieldwork: Fieldwork,
    office_client: Client,
    leadership_client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    path: str,
) -> None:
    plan = approved(office_client, leadership_client)
    fieldwork.submitted(target=fieldwork.places.school(team=schools[0].team), team=schools[0].team)
    if path == "plans":
        for number in (1, 2):
            post(office_client, "plans", {"month": f"2026-1{number - 1}", "kind": "special_campaign"}, 201)
    if path == "coverage/teams":
        for _ in range(2):
            fieldwork.places.team()
    for limit in (1, 3):
        with django_assert_max_num_queries(10):
            found = get(office_client, f"{path.format(plan=plan)}?limit={limit}")
        assert len(found["items"]) == limit
