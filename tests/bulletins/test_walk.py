"""A bulletin from the rows to its readers, over REST."""

import hashlib
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import County
from backend.accounts.roles import Role
from backend.bulletins.models import Bulletin, BulletinTransition
from backend.bulletins.services import signing
from backend.core import clock
from backend.journal.models import AuditLine, Outbox
from tests.bulletins.records import Records, at
from tests.fixtures.people import Cast, Client

PATH = "/api/v1/bulletins"


@pytest.fixture
def clients(cast: Cast, county: County, hand: clock.Hand) -> dict[str, Client]:
    roles = (Role.OFFICE, Role.LEADERSHIP, Role.TEAM_LEADER)
    return {role.value: cast.client(cast.person(role)) for role in roles}


def post(client: Client, path: str, data: Any = None) -> dict[str, Any]:
    answer = client.post_json(f"{PATH}/{path}", data)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def blob(client: Client, sha256: str) -> bytes:
    answer: Any = client.get(f"/api/v1/blobs/{sha256}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_a_bulletin_goes_from_the_rows_to_its_readers(records: Records, clients: dict[str, Client]) -> None:
    office, leadership, leader = clients["office"], clients["leadership"], clients["team_leader"]
    visit = records.visit(records.target(records.team()), at(5))
    records.finding(visit, "serious", text="五年级书面作业平均78分钟。")

    draft = post(office, "compile", {"period_start": "2026-03-01"})
    assert (draft["state"], draft["version"], draft["issue_number"]) == ("draft", 1, None)
    one = draft["id"]
    steps = [{"text": "四月开展“回头看”。"}]
    answer = office.patch(f"{PATH}/{one}/texts", {"next_steps": [steps[0]["text"]]}, format="json")
    assert answer.json()["texts"]["next_steps"] == ["四月开展“回头看”。"]
    assert post(office, f"{one}/review")["state"] == "reviewed"
    assert leader.get(f"{PATH}/{one}").status_code == 404

    signed = post(leadership, f"{one}/sign")
    assert (signed["state"], signed["issue_year"], signed["issue_number"], signed["total_issue_number"]) == (
        "signed", 2026, 1, 1,
    )  # fmt: skip
    assert signed["pdf_warnings"] == []
    paper = blob(office, signed["pdf_sha256"])
    assert paper.startswith(b"%PDF-")
    assert hashlib.sha256(paper).hexdigest() == signed["pdf_sha256"]
    assert leader.get(f"/api/v1/blobs/{signed['pdf_sha256']}").status_code == 404

    published = post(office, f"{one}/publish")
    assert published["state"] == "published"
    told = set(Outbox.objects.filter(kind="bulletin.published").values_list("recipient_id", flat=True))
    assert told == {client.user.pk for client in clients.values()}
    assert leader.get(f"{PATH}/{one}").json()["read_by"] == 1
    assert leader.get(f"/api/v1/blobs/{signed['pdf_sha256']}").status_code == 200
    taken = list(BulletinTransition.objects.order_by("pk").values_list("action", flat=True))
    assert taken == ["compile", "review", "sign", "publish"]
    assert AuditLine.objects.filter(kind="bulletin", object_id=one, verb="bulletin.sign").count() == 1


def test_the_paper_rebuilt_from_what_is_stored_has_the_same_bytes(
    records: Records, clients: dict[str, Client], hand: clock.Hand
) -> None:
    visit = records.visit(records.target(records.team()), at(5))
    records.finding(visit, "minor")
    one = post(clients["office"], "compile", {"period_start": "2026-03-01"})["id"]
    post(clients["office"], f"{one}/review")
    signed = post(clients["leadership"], f"{one}/sign")
    hand.move(days=40)
    records.finding(visit, "serious", recorded_at=clock.now())
    again = signing.rebuild(bulletin=Bulletin.objects.get(pk=one))
    assert (again.sha256, again.pages) == (signed["pdf_sha256"], signed["pdf_pages"])


def test_an_empty_period_gives_an_honest_paper(clients: dict[str, Client]) -> None:
    draft = post(clients["office"], "compile", {"period_start": "2026-03-01"})
    figures = {one["key"]: one for one in draft["figures"]}
    assert figures["visits"]["value"] == 0
    assert (figures["coverage.rate"]["value"], figures["coverage.rate"]["note"]) == (None, "本期无数据")
    assert (figures["visits"]["change"], figures["visits"]["note"]) == (None, "无上期数据")
    assert draft["texts"]["homework"] == ["书面作业时间：本期无数据。"]
    post(clients["office"], f"{draft['id']}/review")
    signed = post(clients["leadership"], f"{draft['id']}/sign")
    assert signed["pdf_pages"] >= 2
    assert signed["pdf_warnings"] == []


def test_a_proof_takes_no_number_and_the_signed_paper_is_its_own_proof(clients: dict[str, Client]) -> None:
    one = post(clients["office"], "compile", {"period_start": "2026-03-01"})["id"]
    post(clients["office"], f"{one}/review")
    proof = clients["leadership"].get(f"{PATH}/{one}/proof")
    assert (proof.status_code, proof["Content-Type"], proof["Cache-Control"]) == (200, "application/pdf", "no-store")
    assert Bulletin.objects.get().issue_number is None
    signed = post(clients["leadership"], f"{one}/sign")
    assert signed["issue_number"] == 1
    paper = clients["office"].get(f"{PATH}/{one}/proof").content
    assert paper != proof.content
    assert hashlib.sha256(paper).hexdigest() == signed["pdf_sha256"]


def test_a_list_of_three_issues_costs_as_many_queries_as_one(clients: dict[str, Client]) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert clients["office"].get(PATH).status_code == 200
        return len(caught)

    post(clients["office"], "compile", {"period_start": "2026-03-01"})
    queries()
    one = queries()
    for start in ("2026-02-01", "2026-02-16"):
        post(clients["office"], "compile", {"period_start": start})
    assert queries() == one
