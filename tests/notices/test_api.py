"""The endpoints of notices, end to end as clients see them."""

import hashlib
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.roles import Role
from backend.core import clock
from backend.journal.models import AuditLine
from backend.media.models import Expectation
from backend.notices.models import NoticeEvidence, RectificationNotice
from backend.notices.services import evidence, replies
from tests.fixtures.people import Client
from tests.fixtures.rectification import World, fresh

NOTICES = "/api/v1/notices"
UNIT = "/api/v1/unit/notices"


class Desk:
    """The three clients who work on a notice."""

    def __init__(self, world: World) -> None:
        self.office = world.cast.client(world.person(Role.OFFICE))
        self.leader = world.cast.client(world.person(Role.LEADERSHIP))
        self.unit = world.cast.client(world.liaison)


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


def done(client: Client, path: str, body: Any = None) -> Any:
    answer = client.post_json(path, body)
    assert answer.status_code in {200, 201}, answer.content
    return answer.json()


def report_of(notice: dict[str, Any], proofs: dict[str, str]) -> dict[str, Any]:
    return {
        "summary": "已全部整改。",
        "self_check": "已开展自查。",
        "parts": [
            {
                "item": item["id"],
                "cause": "要求掌握不够。",
                "measure": "组织学习。",
                "responsible_role": "教务主任",
                "finished_on": clock.today().isoformat(),
                "result": "已公示。",
                "evidence": [proofs[item["id"]]],
            }
            for item in notice["items"]
        ],
    }


def test_the_whole_way_over_http(world: World, desk: Desk) -> None:
    visit = world.visit(["minor", "serious"])
    notice = done(desk.office, NOTICES, {"visit": str(visit.pk)})
    own, theirs = f"{NOTICES}/{notice['id']}", f"{UNIT}/{notice['id']}"
    done(desk.office, f"{own}/review")
    issued = done(desk.leader, f"{own}/issue")
    assert (issued["state"], issued["pdf_warnings"]) == ("delivered", [])
    assert done(desk.unit, f"{theirs}/acknowledge")["state"] == "acknowledged"
    proofs = {}
    for item in notice["items"]:
        sha256 = hashlib.sha256(item["id"].encode()).hexdigest()
        body = {"item": item["id"], "kind": "after", "sha256": sha256, "size": 9, "filetype": "image/jpeg"}
        proofs[item["id"]] = done(desk.unit, f"{theirs}/evidence", body)["id"]
        evidence.received(evidence_id=proofs[item["id"]], sha256=sha256, intact=True, facts={})
    assert done(desk.unit, f"{theirs}/report", report_of(notice, proofs))["state"] == "report_submitted"
    verdicts = [{"item": item["id"], "decision": "closed"} for item in notice["items"]]
    assert done(desk.office, f"{own}/decide", {"verdicts": verdicts})["state"] == "under_review"
    closed = done(desk.office, f"{own}/close")
    assert (closed["state"], closed["close_number"]) == ("closed", f"云督销〔{clock.today().year}〕1号")
    assert desk.unit.get(theirs).json()["steps"][-1]["after"] == "closed"


def test_a_bad_state_answers_409_with_code_and_chinese_reason_and_leaves_a_line(world: World, desk: Desk) -> None:
    notice = world.draft()
    answer = desk.office.post_json(f"{NOTICES}/{notice.pk}/close")
    assert (answer.status_code, answer.json()["code"]) == (409, "bad_state")
    assert answer.json()["detail"] == "通知书当前为“草稿”，不能销号。"
    line = AuditLine.objects.get(verb="notice.refused")
    assert (line.object_id, line.detail) == (str(notice.pk), {"action": "close", "code": "bad_state", "state": "draft"})


def test_a_draft_is_worded_by_the_office_until_it_is_reviewed(world: World, desk: Desk) -> None:
    notice = world.draft()
    body = {"requirements": ["立即整改。"], "copy_to": ["澄江学区"], "responsible": "校长"}
    answer = desk.office.patch(f"{NOTICES}/{notice.pk}", body, format="json")
    assert (answer.status_code, answer.json()["requirements"]) == (200, ["立即整改。"])
    done(desk.office, f"{NOTICES}/{notice.pk}/review")
    assert desk.office.patch(f"{NOTICES}/{notice.pk}", body, format="json").status_code == 409
    assert done(desk.office, f"{NOTICES}/{notice.pk}/revise", {"reason": "措辞"})["state"] == "draft"


def test_leadership_gives_the_right_to_sign_over_http(world: World, desk: Desk) -> None:
    notice, signer = world.reviewed(), world.person(Role.OFFICE)
    assert desk.office.post_json(f"{NOTICES}/{notice.pk}/issue").json()["code"] == "may_not_sign"
    path = f"/api/v1/notice-signers/{signer.pk}"
    assert desk.office.put(path, {"allowed": True}, format="json").status_code == 403
    assert desk.leader.put(path, {"allowed": True}, format="json").json() == {"user": signer.pk, "allowed": True}
    assert done(desk.office, f"{NOTICES}/{notice.pk}/issue")["state"] == "delivered"
    assert desk.leader.put(path, {"allowed": False}, format="json").status_code == 200
    assert desk.office.post_json(f"{NOTICES}/{world.reviewed().pk}/issue").status_code == 403


def test_the_list_is_filtered_by_state_target_and_overdue(hand: clock.Hand, world: World, desk: Desk) -> None:
    late, drafted = world.acknowledged(["veto"]), world.draft()
    elsewhere = world.issued(target=world.places.school(county=world.county))
    hand.move(minutes=1, days=2)
    desk = Desk(world)

    def found(**query: Any) -> set[str]:
        return {row["id"] for row in desk.office.get(NOTICES, query).json()["items"]}

    ids = {name: str(row.pk) for name, row in {"late": late, "drafted": drafted, "elsewhere": elsewhere}.items()}
    assert found() == set(ids.values())
    assert found(state="draft") == {ids["drafted"]}
    assert found(target=str(world.target.pk)) == {ids["late"], ids["drafted"]}
    assert found(overdue="true") == {ids["late"]}
    assert found(overdue="false") == {ids["drafted"], ids["elsewhere"]}
    row = desk.office.get(NOTICES, {"overdue": "true"}).json()["items"][0]
    assert (row["overdue"], row["escalation"]) == (True, "催办")
    assert desk.unit.get(UNIT, {"overdue": "true"}).json()["items"][0]["id"] == ids["late"]


@pytest.mark.parametrize("query", ["state=nonsense", "target=x", "overdue=perhaps", "limit=0", "after=%00"])
def test_a_bad_query_is_told_so(query: str, desk: Desk) -> None:
    assert desk.office.get(f"{NOTICES}?{query}").status_code == 400


def test_lists_page_by_key(world: World, desk: Desk) -> None:
    made = [str(world.draft().pk) for _ in range(3)]
    first = desk.office.get(NOTICES, {"limit": 2}).json()
    second = desk.office.get(NOTICES, {"limit": 2, "after": first["next"]}).json()
    assert sorted(row["id"] for row in first["items"] + second["items"]) == sorted(made)
    assert second["next"] is None


def evidence_body(row: Any, **changes: Any) -> dict[str, Any]:
    body = {"item": str(row), "kind": "after", "sha256": "C" * 64, "size": 10, "filetype": "image/png"}
    return body | changes


def test_declared_evidence_awaits_its_bytes_from_its_author(world: World, desk: Desk) -> None:
    notice = world.acknowledged()
    made = done(desk.unit, f"{UNIT}/{notice.pk}/evidence", evidence_body(notice.findings.get().pk))
    assert (made["state"], made["sha256"]) == ("awaited", "c" * 64)
    promise = Expectation.objects.get(evidence_id=made["id"])
    assert (promise.owner_id, promise.sha256, promise.size) == (world.liaison.pk, "c" * 64, 10)
    assert fresh(notice).state == "rectifying"


def test_declaring_the_same_id_again_answers_the_same_and_other_content_is_refused(world: World, desk: Desk) -> None:
    notice = world.acknowledged()
    body = evidence_body(notice.findings.get().pk, id=str(uuid.uuid4()))
    first, second = (done(desk.unit, f"{UNIT}/{notice.pk}/evidence", body) for _ in range(2))
    assert first == second
    assert NoticeEvidence.objects.count() == 1
    other = desk.unit.post_json(f"{UNIT}/{notice.pk}/evidence", body | {"size": 11})
    assert (other.status_code, other.json()["code"]) == (409, "id_reused")


@pytest.mark.parametrize(
    "changes",
    [{"sha256": "x" * 64}, {"size": 0}, {"size": 2**40}, {"filetype": "text/html"}, {"kind": "video"}, {"item": "1"}],
)
def test_evidence_of_a_wrong_shape_is_refused(changes: dict[str, Any], world: World, desk: Desk) -> None:
    notice = world.acknowledged()
    body = evidence_body(notice.findings.get().pk, **changes)
    assert desk.unit.post_json(f"{UNIT}/{notice.pk}/evidence", body).status_code == 400


def test_corrupt_bytes_make_the_evidence_corrupt_and_its_author_hears_it(world: World) -> None:
    from backend.journal.models import Outbox

    notice = world.acknowledged()
    proof = world.photo(notice.findings.get(), verified=False)
    facts = {"owner_id": world.liaison.pk}
    evidence.received(evidence_id=str(proof.pk), sha256=proof.sha256, intact=False, facts=facts)
    proof.refresh_from_db()
    assert (proof.state, proof.facts) == ("corrupt", {})
    assert list(Outbox.objects.filter(kind="evidence.corrupt").values_list("recipient_id", flat=True)) == [
        world.liaison.pk
    ]


def test_what_somebody_else_sent_under_the_same_id_spoils_nothing(world: World) -> None:
    proof = world.photo(world.acknowledged().findings.get(), verified=False)
    facts = {"owner_id": world.person(Role.INSPECTOR).pk}
    evidence.received(evidence_id=str(proof.pk), sha256=proof.sha256, intact=False, facts=facts)
    proof.refresh_from_db()
    assert proof.state == "awaited"


@pytest.mark.parametrize("evidence_id", ["", "nonsense", str(uuid.UUID(int=7))])
def test_bytes_that_are_not_ours_are_passed_over(evidence_id: str, world: World) -> None:
    evidence.received(evidence_id=evidence_id, sha256="d" * 64, intact=True, facts={})
    assert NoticeEvidence.objects.count() == 0


def test_bytes_of_another_hash_verify_nothing(world: World) -> None:
    notice = world.acknowledged()
    proof = world.photo(notice.findings.get(), verified=False)
    evidence.received(evidence_id=str(proof.pk), sha256="e" * 64, intact=True, facts={})
    proof.refresh_from_db()
    assert proof.state == "awaited"


def test_opening_is_kept_once_per_person_as_a_read_receipt(world: World, desk: Desk) -> None:
    notice = world.issued()
    for _ in range(2):
        assert desk.unit.get(f"{UNIT}/{notice.pk}").status_code == 200
    receipts = desk.office.get(f"{NOTICES}/{notice.pk}").json()["receipts"]
    assert [(row["user"], row["sent_at"] is not None, row["read_at"] is not None) for row in receipts] == [
        (world.liaison.pk, True, True)
    ]
    assert AuditLine.objects.filter(verb="notice.opened").count() == 1


@pytest.mark.parametrize("length", [2001, 0])
def test_a_text_that_is_too_long_or_empty_is_refused(length: int, world: World, desk: Desk) -> None:
    notice = world.acknowledged()
    assert desk.unit.post_json(f"{UNIT}/{notice.pk}/defence", {"text": "长" * length}).status_code == 400


def test_the_ledger_has_a_line_per_finding_of_issued_notices(hand: clock.Hand, world: World, desk: Desk) -> None:
    world.draft()
    notice = world.acknowledged(["serious"])
    hand.move(days=5)
    desk = Desk(world)
    line = desk.office.get(f"{NOTICES}/ledger").json()["items"][0]
    assert (line["days_late"], line["escalation"], line["state"]) == (2, "催办", "已列入通知书")
    world.report(notice)
    world.decide(notice, "closed")
    lines = desk.leader.get(f"{NOTICES}/ledger").json()["items"]
    assert len(lines) == 1
    assert lines[0] | {"id": "", "notice": "", "reviewer": ""} == {
        "id": "",
        "notice": "",
        "number": 1,
        "document_number": "云督整〔2026〕1号",
        "unit": world.target.name,
        "unit_kind": "学校",
        "district": "澄江学区",
        "team": notice.team_name,
        "found_on": "2026-11-16",
        "origin": "经常性督导",
        "problem": "抽查作业公示，第1处未按规定公示书面作业时间。",
        "category": "ZY",
        "severity": "严重",
        "legal_basis": ["《演示政策文件》第四条"],
        "due_on": "2026-11-19",
        "state": "已销号",
        "reminders": [],
        "remarks": "",
        "responsible": "教务主任",
        "measure": "组织全体教师学习并每日公示。",
        "finished_on": "2026-11-21",
        "reviewer": "",
        "reviewed_on": "2026-11-21",
        "result": "已整改",
        "closed_on": "2026-11-21",
        "days_late": 2,
        "escalation": "",
    }


def queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def test_details_cost_the_same_queries_with_one_and_three_findings(world: World, desk: Desk) -> None:
    def reported(count: int) -> RectificationNotice:
        return world.reported(["minor"] * count)

    one, three = reported(1), reported(3)
    assert queries(desk.office, f"{NOTICES}/{one.pk}") == queries(desk.office, f"{NOTICES}/{three.pk}")
    assert queries(desk.unit, f"{UNIT}/{one.pk}") == queries(desk.unit, f"{UNIT}/{three.pk}")


def test_lists_cost_the_same_queries_with_one_and_three_notices(world: World, desk: Desk) -> None:
    paths = [(desk.office, NOTICES), (desk.office, f"{NOTICES}/ledger"), (desk.unit, UNIT)]
    world.reported()
    with_one = [queries(*path) for path in paths]
    for _ in range(2):
        replies.acknowledge(actor=world.unit, notice_id=world.issued(["minor", "minor"]).pk)
    assert [queries(*path) for path in paths] == with_one
