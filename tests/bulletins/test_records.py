"""From a figure to the records behind it."""

from typing import Any

import pytest

from backend.bulletins.models import Bulletin
from backend.bulletins.services import compiling
from backend.core.actor import Actor
from tests.bulletins.records import MARCH, Records, at
from tests.fixtures.people import Client

PATH = "/api/v1/bulletins"


@pytest.fixture
def bulletin(records: Records, maker: Actor) -> Bulletin:
    target = records.target(records.team())
    for day in (3, 4, 5):
        records.finding(records.visit(target, at(day), photos=1), text="作业公示栏未更新。")
    return compiling.compile(actor=maker, period_start=MARCH)


def listed(client: Client, bulletin: Bulletin, **query: Any) -> dict[str, Any]:
    answer = client.get(f"{PATH}/{bulletin.pk}/records", query)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def test_a_figure_leads_to_its_records(records: Records, bulletin: Bulletin, office_client: Client) -> None:
    found = listed(office_client, bulletin, figure="findings")
    assert (found["figure"]["value"], found["figure"]["records"], found["next"]) == (3, 3, None)
    name = records.visits[0].target.name
    assert found["items"] == [
        {"id": str(row.pk), "kind": "finding", "name": f"{name}：ZY-02 作业公示栏未更新。"}
        for row in sorted(records.findings, key=lambda row: str(row.pk))
    ]


def test_every_figure_of_an_issue_can_be_followed(bulletin: Bulletin, office_client: Client) -> None:
    detail = office_client.get(f"{PATH}/{bulletin.pk}").json()
    assert len(detail["figures"]) > 60
    for figure in detail["figures"]:
        found = listed(office_client, bulletin, figure=figure["key"], limit=200)
        assert len(found["items"]) == figure["records"]
        assert all(item["name"] for item in found["items"])


def test_records_come_in_pages(records: Records, bulletin: Bulletin, office_client: Client) -> None:
    first = listed(office_client, bulletin, figure="visits", limit=2)
    second = listed(office_client, bulletin, figure="visits", limit=2, after=first["next"])
    assert [len(first["items"]), len(second["items"]), second["next"]] == [2, 1, None]
    seen = {item["id"] for item in first["items"] + second["items"]}
    assert seen == {str(visit.pk) for visit in records.visits}


def test_an_unknown_figure_is_not_found(bulletin: Bulletin, office_client: Client) -> None:
    assert office_client.get(f"{PATH}/{bulletin.pk}/records?figure=beauty").status_code == 404


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "after=x", "limit=201"])
def test_a_bad_page_is_refused(bulletin: Bulletin, office_client: Client, query: str) -> None:
    assert office_client.get(f"{PATH}/{bulletin.pk}/records?figure=visits&{query}").status_code == 400


@pytest.mark.parametrize(
    "texts",
    [
        {"inspection": "不是列表"},
        {"inspection": ["字" * 5001]},
        {"inspection": ["含\x00字符"]},
        {"cases": [{"finding": "x", "text": "有"}]},
        {"cases": [{"finding": "01980000-0000-7000-8000-000000000000", "text": "字" * 151}]},
        {"good_practices": [{"place": "某小学"}]},
        {"next_steps": None},
    ],
)
def test_texts_that_cannot_be_printed_are_refused(bulletin: Bulletin, office_client: Client, texts: Any) -> None:
    answer = office_client.patch(f"{PATH}/{bulletin.pk}/texts", texts, format="json")
    assert answer.status_code == 400, answer.content
    assert Bulletin.objects.get().texts == bulletin.texts


@pytest.mark.parametrize(
    "body", [{}, {"period_start": "2026-03-02"}, {"period_start": "x"}, {"period_start": "1900-01-01"}]
)
def test_a_period_that_is_none_is_refused(office_client: Client, body: Any) -> None:
    assert office_client.post_json(f"{PATH}/compile", body).status_code == 400
