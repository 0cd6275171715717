"""Papers of escalation as clients see them: the office finishes them, leadership signs and decides, the unit reads."""

import datetime as dt
from typing import Any

from backend.accounts.roles import Role
from backend.core import clock
from backend.notices.tasks import escalate
from tests.fixtures.rectification import World
from tests.notices.test_api import UNIT, Desk, done

PAPERS = "/api/v1/escalations"


def of_kind(desk: Desk, kind: str) -> dict[str, Any]:
    items: list[dict[str, Any]] = desk.office.get(f"{PAPERS}?kind={kind}").json()["items"]
    assert len(items) == 1
    return items[0]


def test_a_neglected_notice_is_urged_ordered_talked_of_and_proposed(world: World, hand: clock.Hand) -> None:
    notice = world.acknowledged(["serious"])
    hand.move(days=10)
    escalate()
    desk = Desk(world)
    order = of_kind(desk, "supervised_order")
    assert (order["state_label"], order["document_number"]) == ("已拟稿", notice.number)
    address = f"{PAPERS}/{order['id']}"
    assert desk.office.get(f"{address}/proof")["Content-Type"] == "application/pdf"
    assert (
        desk.office.patch(address, {"deadline": "2026-11-27"}, content_type="application/json").json()["deadline"]
        == "2026-11-27"
    )
    assert desk.office.post_json(f"{address}/sign", {}).json()["code"] == "may_not_sign"
    assert done(desk.leader, f"{address}/sign", {})["number"] == "云督办〔2026〕1号"
    seen = desk.unit.get(f"{UNIT}/{notice.pk}").json()
    assert [each["title"] for each in seen["escalations"]] == ["整改催办单", "整改督办通知"]
    hand.move(days=4)
    escalate()
    desk = Desk(world)
    talk = of_kind(desk, "admonition_talk")
    address = f"{PAPERS}/{talk['id']}"
    later = (clock.now() + dt.timedelta(hours=1)).isoformat()
    done(desk.office, f"{address}/summon", {"held_at": later, "place": "督导办会议室"})
    record = {"host": "督导办主任", "present": ["校长"], "points": ["说明原因。"], "promise": "一周内整改到位。"}
    assert desk.office.post_json(f"{address}/record", record).json()["code"] == "talk_to_come"
    hand.move(hours=2)
    desk = Desk(world)
    held = done(desk.office, f"{address}/record", record)
    assert (held["state"], [step["action"] for step in held["steps"]]) == ("issued", ["summon", "record"])
    circular = done(desk.office, f"/api/v1/notices/{notice.pk}/escalations", {"kind": "circular", "reason": "拒不整改"})
    escalate()
    address = f"{PAPERS}/{circular['id']}"
    assert desk.leader.post_json(f"{address}/decide", {"adopt": False}).json()["code"] == "reason_missing"
    assert done(desk.leader, f"{address}/decide", {"adopt": True})["state"] == "adopted"
    assert desk.unit.get(address).status_code == desk.unit.get(PAPERS).status_code == 403
    assert "通报" not in str(desk.unit.get(f"{UNIT}/{notice.pk}").json()["escalations"])
    whole = desk.office.get(f"/api/v1/notices/{notice.pk}").json()
    assert [each["kind"] for each in whole["escalations"]][-1] == "circular"


def test_deputies_scans_and_unopened_notices(world: World, hand: clock.Hand) -> None:
    desk = Desk(world)
    today = clock.today().isoformat()
    term = {"user": world.person(Role.OFFICE).pk, "starts_on": today, "ends_on": today}
    assert desk.office.post_json("/api/v1/signing-deputies", term).status_code == 403
    deputy = done(desk.leader, "/api/v1/signing-deputies", term)
    notice = world.reviewed()
    assert done(desk.office, f"/api/v1/notices/{notice.pk}/issue")["signed_by"] == world.office.name
    done(desk.leader, f"/api/v1/signing-deputies/{deputy['id']}/end", {})
    assert desk.office.get("/api/v1/signing-deputies").json()["items"][0]["ended_at"] is not None
    unopened = desk.office.get("/api/v1/notices?unopened_hours=0").json()["items"]
    assert [each["id"] for each in unopened] == [str(notice.pk)]
    scan = {"sha256": "b" * 64, "size": 9, "filetype": "application/pdf"}
    assert done(desk.office, f"/api/v1/notices/{notice.pk}/scans", scan)["state"] == "awaited"
    assert desk.unit.get(f"{UNIT}/{notice.pk}").json()["issued_copy"] == ""
    assert desk.office.get("/api/v1/notices?unopened_hours=0").json()["items"] == []
