"""Notices at a desk: from an approved visit to the close-out by buttons alone, and nothing that the table forbids."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from backend.accounts.roles import Role
from backend.inspections.models import FindingState
from backend.journal.models import AuditLine
from backend.notices.models import EscalationPaper, IssuedCopy, NoticeEvidence, RectificationNotice
from backend.notices.models.answers import ProofState
from backend.notices.rules.lifecycle import State
from backend.notices.services import drafts, escalation_printing, issuing, replies
from backend.registry.services import contacts
from tests.desk.clicking import Seat, hidden, refusal
from tests.fixtures.rectification import World, fresh

HOSTILE = '<script>alert("x")</script>&lt;b&gt;' + "长" * 40
SAFE = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;lt;b&amp;gt;"


@pytest.fixture(autouse=True)
def monday(hand: Any) -> Any:
    return hand


@pytest.fixture
def office(world: World) -> Seat:
    return Seat(world.person(Role.OFFICE))


@pytest.fixture
def leader(world: World) -> Seat:
    return Seat(world.person(Role.LEADERSHIP))


def test_a_notice_goes_from_the_visit_to_the_close_out_by_buttons_alone(
    world: World, office: Seat, leader: Seat
) -> None:
    visit = world.visit(("minor", "moderate"))
    assert reverse("desk_candidate", args=[visit.pk]) in office.opens("desk_candidates")
    chosen = [str(each.pk) for each in visit.findings.all()]
    assert "已起草" in office.done("draft", "desk_candidate", visit.pk, finding_ids=chosen)
    notice = RectificationNotice.objects.get()
    assert visit.target.name not in office.opens("desk_candidates")
    words = {"subject": "作业管理", "requirements": "一周内公示。\n\n全员学习。", "responsible": "校长", "copy_to": ""}
    office.done("amend", "desk_notice", notice.pk, **words)
    office.done("review", "desk_notice", notice.pk, reason="已核对")
    assert "云督整〔2026〕1号" in leader.done("issue", "desk_notice", notice.pk)
    notice = fresh(notice)
    assert (notice.state, notice.requirements, notice.subject) == (
        "delivered",
        ["一周内公示。", "全员学习。"],
        "作业管理",
    )
    replies.acknowledge(actor=world.unit, notice_id=notice.pk)
    world.report(notice)
    first, second = notice.findings.order_by("number")
    office.done("decide", "desk_notice", notice.pk, row=first.pk, decision="closed", reason="")
    page = office.done("decide", "desk_notice", notice.pk, row=second.pk, decision="returned", reason="照片看不清")
    assert ("已退回单位重新整改" in page, "照片看不清" in page) == (True, True)
    world.report(fresh(notice), [second])
    assert "close" not in office.offers("desk_notice", notice.pk)
    office.done("decide", "desk_notice", notice.pk, row=second.pk, decision="closed", reason="")
    assert "已销号，编号" in office.done("close", "desk_notice", notice.pk, reason="")
    assert fresh(notice).state == State.CLOSED
    page = office.done("reopen", "desk_notice", notice.pk, item_ids=[str(second.pk)], reason="再次发现")
    assert ("反弹 1 次" in page, fresh(notice).state) == (True, "rectifying")


OFFERED: dict[str, tuple[set[str], set[str]]] = {
    "draft": ({"amend", "review", "withdraw"}, set()),
    "reviewed": ({"revise", "withdraw"}, {"issue"}),
    "issued": ({"scan", "propose", "withdraw"}, set()),
    "acknowledged": ({"scan", "propose", "withdraw"}, set()),
    "reported": ({"scan", "propose", "decide"}, set()),
    "closed": ({"scan", "propose", "reopen"}, set()),
}
"""By the way a notice has come: what the office and what leadership may do with it."""


@pytest.mark.parametrize("way", sorted(OFFERED))
def test_a_page_offers_what_the_table_allows_and_nothing_else(
    world: World, office: Seat, leader: Seat, way: str
) -> None:
    notice = getattr(world, way)()
    found = office.offers("desk_notice", notice.pk), leader.offers("desk_notice", notice.pk)
    assert found == OFFERED[way]


def test_a_deed_that_is_not_offered_is_refused_by_the_service_with_its_reason(world: World, office: Seat) -> None:
    notice = world.draft()
    sent = office.does("review", "desk_notice", notice.pk)
    assert sent.status_code == 302
    stale = office.client.post(reverse("desk_notice_do", args=[notice.pk, "amend"]), {"once": "x", "seen": "y"})
    assert refusal(stale)[0] == 400
    again = office.does("revise", "desk_notice", notice.pk, reason="")
    assert (refusal(again)[0], "理由" in refusal(again)[1]) == (400, True)
    assert fresh(notice).state == "reviewed"


def test_who_presses_what_another_pressed_first_is_told_and_stays_on_record(world: World, office: Seat) -> None:
    notice = world.draft()
    late = hidden(office.opens("desk_notice", notice.pk), "review")
    office.done("review", "desk_notice", notice.pk)
    other = Seat(world.cast.person(Role.OFFICE, county=world.county))
    answer = other.client.post(reverse("desk_notice_do", args=[notice.pk, "review"]), late)
    assert (answer.status_code, fresh(notice).state) == (409, "reviewed")
    line = AuditLine.objects.get(verb="notice.refused")
    assert (line.actor_id, line.object_id) == (other.user.pk, str(notice.pk))
    assert line.detail == {"action": "review", "code": "stale_page", "state": "reviewed"}


def test_who_may_not_draft_a_notice_and_tries_stays_on_record(world: World) -> None:
    visit, school = world.draft().visit, Seat(world.liaison)
    answer = school.client.post(reverse("desk_candidate_do", args=[visit.pk, "draft"]), {})
    assert answer.status_code == 403
    line = AuditLine.objects.get(verb="notice.refused")
    assert (line.actor_id, line.object_id) == (school.user.pk, str(visit.pk))


def test_hostile_words_are_shown_as_words_and_huge_pastes_come_back_whole(world: World, office: Seat) -> None:
    notice = world.draft()
    typed = {"subject": HOSTILE, "requirements": HOSTILE, "responsible": "<i>校长</i>", "copy_to": HOSTILE}
    page = office.done("amend", "desk_notice", notice.pk, **typed)
    assert (SAFE in page, "<script>alert" in page, "&lt;i&gt;校长" in page) == (True, False, True)
    huge = "很长的要求" * 20_000
    status, said = refusal(answer := office.does("amend", "desk_notice", notice.pk, **typed | {"requirements": huge}))
    assert (status, "整改要求" in said, huge in answer.content.decode()) == (400, True, True)
    nul = office.does("amend", "desk_notice", notice.pk, **typed | {"subject": "a\x00b"})
    assert (refusal(nul)[0], fresh(notice).subject) == (400, HOSTILE)
    many = office.does("amend", "desk_notice", notice.pk, **typed | {"requirements": "一\n" * 21})
    assert refusal(many) == (400, "整改要求：最多 20 条，现有 21 条。")


def test_what_is_too_much_to_be_read_at_all_is_told_as_a_page(world: World, office: Seat, settings: Any) -> None:
    notice = world.draft()
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100_000
    answer = office.does("amend", "desk_notice", notice.pk, requirements="长" * 50_000)
    assert (answer.status_code, "请返回上一页" in answer.content.decode()) == (413, True)
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 50
    many = office.does("amend", "desk_notice", notice.pk, copy_to=["甲"] * 60)
    assert (many.status_code, fresh(notice).copy_to) == (413, [])


def test_a_draft_that_somebody_changed_meanwhile_shows_both(world: World, office: Seat) -> None:
    notice = world.draft()
    answer = office.client.get(reverse("desk_notice", args=[notice.pk]))
    drafts.amend(actor=world.office, notice_id=notice.pk, subject="别人写的检查内容")
    sent = hidden(answer.content.decode(), "amend") | {"subject": "我写的", "requirements": "甲", "responsible": "乙"}
    late = office.client.post(reverse("desk_notice_do", args=[notice.pk, "amend"]), sent)
    text = late.content.decode()
    assert (late.status_code, "我写的" in text, "别人写的检查内容" in text) == (409, True, True)
    assert fresh(notice).subject == "别人写的检查内容"


def test_a_unit_without_an_account_is_served_by_hand(world: World, office: Seat) -> None:
    target = world.target
    contacts.end_contact(actor=world.office, contact_id=target.contacts.get().pk)
    notice = world.issued(target=target)
    assert (notice.state, "deliver" in office.offers("desk_notice", notice.pk)) == ("issued", True)
    page = office.done("deliver", "desk_notice", notice.pk, way="邮寄送达", received_by="门卫<甲>")
    assert ("门卫&lt;甲&gt;签收" in page, fresh(notice).state) == (True, "delivered")


def test_defence_and_extension_are_answered_where_they_stand(world: World, office: Seat) -> None:
    notice = world.acknowledged(("moderate",))
    replies.request_extension(actor=world.unit, notice_id=notice.pk, days=2, reason="需要采购<公示栏>")
    assert "需要采购&lt;公示栏&gt;" in office.opens("desk_notice", notice.pk)
    page = office.done("answer_extension", "desk_notice", notice.pk, grant="yes", answer="同意")
    assert "已同意" in page
    replies.object_to(actor=world.unit, notice_id=notice.pk, text="数据有误")
    page = office.done("answer_defence", "desk_notice", notice.pk, accept="no", answer="经复核，数据无误。")
    assert ("未采纳" in page, fresh(notice).state) == (True, "acknowledged")
    replies_left = office.offers("desk_notice", notice.pk) & {"answer_defence", "answer_extension"}
    assert replies_left == set()


def scanned() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 60), "white").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", '"><img src=x onerror=alert(1)>.pdf', "盖章" * 200 + ".exe", "a\r\nb"]
)
def test_a_scan_is_known_by_its_bytes_whatever_it_is_called(world: World, office: Seat, name: str) -> None:
    notice = world.issued()
    page = office.done("scan", "desk_notice", notice.pk, file=SimpleUploadedFile(name, scanned(), "text/html"))
    copy = IssuedCopy.objects.get()
    assert (copy.state, copy.filetype, "盖章件（" in page) == (ProofState.VERIFIED, "image/jpeg", True)
    assert ("onerror" in page, "passwd" in page) == (False, False)
    got = office.client.get(reverse("desk_file", args=[copy.sha256]), {"download": ""})
    assert (got.status_code, got["Content-Disposition"]) == (200, "attachment")


def test_what_is_no_scan_is_refused_in_chinese(world: World, office: Seat) -> None:
    notice = world.issued()
    html = SimpleUploadedFile("a.pdf", b"<html><script>1</script>", "application/pdf")
    status, said = refusal(office.does("scan", "desk_notice", notice.pk, file=html))
    assert (status, bool(said), IssuedCopy.objects.count()) == (415, True, 0)
    empty = refusal(office.does("scan", "desk_notice", notice.pk, file=SimpleUploadedFile("a.pdf", b"")))
    assert (empty[0] >= 400, IssuedCopy.objects.count()) == (True, 0)


def test_the_list_finds_by_state_unit_team_and_what_nobody_opened(world: World, office: Seat, hand: Any) -> None:
    drafted = world.draft()
    issued = world.issued()
    known = reverse("desk_notice", args=[issued.pk])
    assert known in office.opens("desk_notices", state="delivered")
    assert known not in office.opens("desk_notices", state="draft")
    assert known in office.opens("desk_notices", q=issued.target.name)
    assert known not in office.opens("desk_notices", q="没有这个单位")
    assert known in office.opens("desk_notices", q="1号")
    assert known in office.opens("desk_notices", team=str(issued.target.team_id))
    assert known not in office.opens("desk_notices", unopened_hours="24")
    hand.move(hours=25)
    assert known in office.opens("desk_notices", unopened_hours="24")
    issuing.opened(actor=world.unit, notice=issued)
    assert known not in office.opens("desk_notices", unopened_hours="24")
    hand.move(days=30)
    late = office.opens("desk_notices", overdue="yes")
    assert (known in late, reverse("desk_notice", args=[drafted.pk]) in late) == (True, False)
    nonsense = office.opens("desk_notices", state="gibtsnicht", team="x", overdue="vielleicht", unopened_hours="-1")
    assert known in nonsense


def test_a_talk_is_called_and_recorded_and_a_proposal_decided_by_leadership(
    world: World, office: Seat, leader: Seat
) -> None:
    notice = world.acknowledged()
    office.done("propose", "desk_notice", notice.pk, kind="admonition_talk", reason="拒不整改<br>")
    talk = EscalationPaper.objects.get()
    assert office.offers("desk_escalation", talk.pk) == {"amend", "summon", "drop"}
    assert leader.offers("desk_escalation", talk.pk) == set()
    office.done("summon", "desk_escalation", talk.pk, held_at="2026-11-17T09:00", place="督导办会议室")
    told = {"host": "督导办负责人", "present": "校长\n副校长", "points": "按期整改", "promise": "三日内整改到位"}
    early = refusal(office.does("record", "desk_escalation", talk.pk, **told))
    assert early[0] == 400
    office.done("propose", "desk_notice", notice.pk, kind="circular", reason="多次逾期")
    escalation_printing.print_waiting()
    circular = EscalationPaper.objects.get(kind="circular")
    assert office.offers("desk_escalation", circular.pk) == {"drop"}
    refused = refusal(leader.does("decide", "desk_escalation", circular.pk, adopt="no", reason=""))
    assert refused == (400, "不采纳须写明理由。")
    assert "未采纳" in leader.done("decide", "desk_escalation", circular.pk, adopt="no", reason="先约谈")
    listed = office.opens("desk_escalations", kind="circular")
    assert (listed.count("通报建议") >= 1, "拒不整改" in listed) == (True, False)


def test_a_proof_of_an_open_paper_can_be_read_before_it_is_signed(world: World, office: Seat) -> None:
    notice = world.acknowledged()
    office.done("propose", "desk_notice", notice.pk, kind="admonition_talk", reason="拒不整改")
    answer = office.client.get(reverse("desk_escalation_proof", args=[EscalationPaper.objects.get().pk]))
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")


@pytest.mark.parametrize("role", [Role.SCHOOL_LIAISON, Role.INSPECTOR, Role.TEAM_LEADER, Role.TIP_CLERK])
def test_others_have_no_page_of_notices(world: World, role: str) -> None:
    notice, visit = world.issued(), world.visit()
    seat = Seat(world.liaison if role == Role.SCHOOL_LIAISON else world.person(role))
    pages: list[tuple[Any, ...]] = [("desk_notices",), ("desk_notice", notice.pk), ("desk_candidates",)]
    pages += [("desk_candidate", visit.pk)]
    assert [seat.status(*page) for page in [*pages, ("desk_escalations",)]] == [403] * 5


def test_what_belongs_to_another_county_does_not_exist(world: World, cast: Any, other_county: Any) -> None:
    notice, visit = world.issued(), world.visit()
    foreign = Seat(cast.person(Role.OFFICE, county=other_county))
    assert notice.number not in foreign.opens("desk_notices")
    found = [foreign.status("desk_notice", notice.pk), foreign.status("desk_candidate", visit.pk)]
    assert found == [404, 404]
    posted = foreign.client.post(reverse("desk_notice_do", args=[notice.pk, "withdraw"]), {"reason": "x"})
    assert (posted.status_code, fresh(notice).state) == (404, "delivered")


def test_pages_of_notices_cost_a_bounded_number_of_queries_and_bytes(world: World, office: Seat) -> None:
    notice = world.reported(("minor", "moderate", "serious", "minor", "minor", "minor"))
    for name, args in (("desk_notices", ()), ("desk_notice", (notice.pk,)), ("desk_candidates", ())):
        with CaptureQueriesContext(connection) as queries:
            text = office.opens(name, *args)
        assert len(queries) <= 15, [each["sql"][:120] for each in queries]
        assert len(text.encode()) <= 120 * 1024


def test_evidence_of_the_unit_is_shown_by_its_preview(world: World, office: Seat) -> None:
    notice = world.reported()
    page = office.opens("desk_notice", notice.pk)
    proof = NoticeEvidence.objects.get()
    assert f"{reverse('desk_file', args=[proof.sha256])}?size=list" in page
    assert notice.findings.get().finding.state == FindingState.REPORTED
