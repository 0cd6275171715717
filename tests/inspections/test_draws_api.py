"""Draws over REST, from the sealing to the assignments; and the record, drawn again by a second implementation."""

import datetime as dt
from typing import Any

import pytest

from backend.core import clock
from backend.inspections.models import Draw
from tests.fixtures.draws import DrawDesk
from tests.fixtures.people import Client
from tests.inspections import replay


@pytest.fixture
def office(drawing: DrawDesk) -> Client:
    drawing.settled()
    return drawing.cast.client(drawing.cast.person("office"))


def body(**more: Any) -> dict[str, Any]:
    today = clock.today()
    return {"track": "department", "month": f"{today:%Y-%m}", "days": [today.isoformat()], "per_day": 5} | more


def test_the_whole_way_and_the_record_that_anybody_can_check(drawing: DrawDesk, office: Client) -> None:
    sealed = office.post_json("/api/v1/draws", body())
    assert (sealed.status_code, sealed.json()["state"], sealed.json()["target_count"]) == (201, "sealed", 5)
    path = f"/api/v1/draws/{sealed.json()['id']}"
    leader = drawing.cast.client(drawing.witness())
    told = leader.get(path).json()
    assert told["commitment"] == sealed.json()["commitment"]
    run = office.post_json(f"{path}/run", {"witness": leader.user.pk, "contribution": "今天天气晴"})
    assert (run.status_code, run.json()["state"], run.json()["witness"]) == (200, "drawn", leader.user.name)
    rows = leader.get(f"{path}/targets").json()["items"]
    assert [row["position"] for row in rows] == [1, 2, 3, 4, 5]
    assert all(row["leader"] in row["crew"] for row in rows)
    assert office.post_json(f"{path}/reveal").status_code == 200
    record = leader.get(f"{path}/record").json()
    assert replay.agrees(record)
    assert record["commitment"] == told["commitment"]
    assert not replay.agrees(record | {"contribution": "今天天气阴"})
    made = office.post_json(f"{path}/confirm", {"reveal_hours": 1.5})
    assert made.status_code == 201
    assert [item["target"]["id"] for item in made.json()["items"]] == [row["target"]["id"] for row in rows]
    kinds = {item["kind"] for item in made.json()["items"]}
    assert kinds == {"routine", "administrative_check"}
    assert {item["state"] for item in made.json()["items"]} == {"planned"}
    assert leader.get(path).json()["state"] == "confirmed"
    assert leader.get(f"/api/v1/draws/publicity?month={body()['month']}").json() == {"items": []}


def test_leadership_reads_and_does_not_draw(drawing: DrawDesk, office: Client) -> None:
    path = f"/api/v1/draws/{office.post_json('/api/v1/draws', body()).json()['id']}"
    leader = drawing.cast.client(drawing.witness())
    assert leader.post_json("/api/v1/draws", body()).status_code == 403
    for verb in ("run", "reveal", "redraw", "confirm"):
        assert leader.post_json(f"{path}/{verb}").status_code == 403
    assert [row["state"] for row in leader.get("/api/v1/draws?state=sealed").json()["items"]] == ["sealed"]


def test_what_cannot_be_drawn_is_said_in_chinese_with_rule_and_targets(office: Client) -> None:
    impossible = office.post_json("/api/v1/draws", body(crew_min=4, crew_max=4))
    assert (impossible.status_code, impossible.json()["code"]) == (409, "draw_impossible")
    (obstacle,) = impossible.json()["obstacles"]
    assert (obstacle["rule"], len(obstacle["targets"])) == ("members", 5)
    assert "持证人员" in impossible.json()["detail"]
    yesterday = (clock.today() - dt.timedelta(days=1)).isoformat()
    for wrong, field in (
        ({"days": [yesterday]}, "days"),
        ({"month": None}, "month"),
        ({"crew_min": 3, "crew_max": 2}, "crew_max"),
    ):
        refused = office.post_json("/api/v1/draws", body(**wrong))
        assert (refused.status_code, refused.json()["code"], refused.json()["path"]) == (400, "bad_draw", field)
    assert not Draw.objects.exists()


def test_a_draw_anew_needs_a_reason(office: Client) -> None:
    path = f"/api/v1/draws/{office.post_json('/api/v1/draws', body()).json()['id']}"
    assert office.post_json(f"{path}/redraw", {"reason": ""}).status_code == 400
    again = office.post_json(f"{path}/redraw", {"reason": "名录有误"})
    assert (again.status_code, again.json()["replaces"], again.json()["reason"]) == (
        201,
        path.rpartition("/")[2],
        "名录有误",
    )
    states = [row["state"] for row in office.get("/api/v1/draws").json()["items"]]
    assert states == ["sealed", "replaced"]
