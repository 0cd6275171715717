"""The pages of inspected units: what to do by when, and every answer by forms alone, without any script."""

import datetime as dt
import hashlib
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from backend.accounts.roles import Role
from backend.core import clock
from backend.inspections.models import SeverityLevel
from backend.journal.models import AuditLine
from backend.notices.models import DeliveryReceipt, NoticeEvidence
from backend.notices.services import drafts, escalations, inbox
from backend.notices.tasks import escalate
from tests.fixtures.people import PASSWORD
from tests.fixtures.rectification import World, fresh

pytestmark = pytest.mark.usefixtures("hand")


def signed_in(world: World, who: Any = None) -> Client:
    client = Client()
    client.force_login(who or world.liaison)
    return client


def text_of(answer: Any) -> str:
    """What a person reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (10, 120, 40)).save(out, "JPEG")
    return out.getvalue()


def address(name: str, *args: Any) -> str:
    return reverse(name, args=args)


def test_signing_in_leads_a_school_to_its_notices_and_is_on_record(world: World) -> None:
    client = Client()
    fields = {"username": world.liaison.username, "password": PASSWORD}
    answer = client.post(address("sign_in"), fields)
    assert (answer.status_code, answer["Location"]) == (302, "/unit/")
    assert client.get("/unit/").status_code == 200
    assert AuditLine.objects.filter(verb="user.signed_in").count() == 1
    client.post(address("sign_out"))
    assert client.get("/unit/").status_code == 302


def test_a_wrong_password_is_said_in_words_and_the_way_on_is_kept(world: World) -> None:
    fields = {"username": world.liaison.username, "password": "wrong", "next": "/unit/inbox"}
    answer = Client().post(address("sign_in"), fields)
    assert (answer.status_code, "账号或密码不正确" in text_of(answer)) == (401, True)
    assert 'value="/unit/inbox"' in answer.content.decode()


def test_too_many_wrong_passwords_lock_the_door_with_a_page(world: World, settings: Any) -> None:
    client = Client()
    fields = {"username": world.liaison.username, "password": "wrong"}
    answers = [client.post(address("sign_in"), fields) for _ in range(settings.AXES_FAILURE_LIMIT + 1)]
    assert (answers[-1].status_code, "请 15 分钟后再试" in text_of(answers[-1])) == (429, True)
    right = client.post(address("sign_in"), fields | {"password": PASSWORD})
    assert right.status_code == 429


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere_after_signing_in(world: World, wanted: str) -> None:
    fields = {"username": world.liaison.username, "password": PASSWORD, "next": wanted}
    assert Client().post(address("sign_in"), fields)["Location"] == "/unit/"


def test_an_issued_notice_says_first_what_to_do_and_by_when(world: World) -> None:
    notice = world.issued()
    client = signed_in(world)
    assert "请先签收" in text_of(client.get("/unit/"))
    page = text_of(client.get(address("unit_notice", notice.pk)))
    assert all(word in page for word in (notice.number, "请先签收", "签收", "抽查作业公示"))
    assert DeliveryReceipt.objects.get(notice=notice, user_id=world.liaison.pk).read_at is not None


def test_after_signing_for_it_the_days_that_are_left_are_counted(world: World, hand: Any) -> None:
    notice = world.issued([SeverityLevel.MODERATE])
    client = signed_in(world)
    answer = client.post(address("unit_acknowledge", notice.pk), follow=True)
    assert "已签收。请按期整改并提交报告。" in text_of(answer)
    assert "还剩 7 天" in text_of(answer)
    hand.move(days=8)
    assert "已逾期 1 天" in text_of(signed_in(world).get("/unit/"))


def test_a_photo_and_a_report_by_plain_forms_reach_the_office(world: World) -> None:
    notice = world.acknowledged([SeverityLevel.SERIOUS])
    [item] = notice.findings.all()
    client = signed_in(world)
    picture = SimpleUploadedFile("after.jpg", photo(), "image/jpeg")
    said = client.post(address("unit_attach", notice.pk, item.pk), {"kind": "after", "file": picture}, follow=True)
    assert "佐证已上传" in text_of(said)
    proof = NoticeEvidence.objects.get(item=item)
    assert (proof.state, proof.sha256) == ("verified", hashlib.sha256(photo()).hexdigest())
    said = client.post(address("unit_report", notice.pk, item.pk), report(), follow=True)
    assert "问题1的整改情况已提交" in text_of(said)
    assert fresh(notice).state == "report_submitted"
    assert [each.pk for each in item.reports.get().evidence.all()] == [proof.pk]
    assert item.reports.get().report.self_check == "各年级均已自查。"


def report(**more: str) -> dict[str, str]:
    return {
        "cause": "公示不及时。",
        "measure": "每日公示并检查。",
        "responsible_role": "教务主任",
        "finished_on": "2026-11-16",
        "result": "已公示。",
        "self_check": "各年级均已自查。",
    } | more


def test_a_refused_report_says_why_and_keeps_every_word(world: World) -> None:
    notice = world.acknowledged([SeverityLevel.SERIOUS])
    [item] = notice.findings.all()
    answer = signed_in(world).post(address("unit_report", notice.pk, item.pk), report())
    assert (answer.status_code, "问题1须附整改后照片" in text_of(answer)) == (409, True)
    assert "每日公示并检查。" in answer.content.decode()
    answer = signed_in(world).post(address("unit_report", notice.pk, item.pk), report(finished_on="2026-12-01"))
    assert (answer.status_code, "完成日期不能晚于今天" in text_of(answer)) == (400, True)
    assert fresh(notice).state == "acknowledged"


def test_text_of_a_long_form_survives_a_lost_session(world: World) -> None:
    notice = world.acknowledged()
    [item] = notice.findings.all()
    page = address("unit_notice", notice.pk)
    client = Client()
    lost = client.post(
        address("unit_report", notice.pk, item.pk), report(page=page, form=f"report-{item.pk}", cause="写了很久的原因")
    )
    assert (lost.status_code, "您刚才填写的内容还在" in text_of(lost)) == (401, True)
    hidden = dict(re.findall(r'<input type="hidden" name="(kept:\w+)" value="([^"]*)"', lost.content.decode()))
    fields = hidden | {"username": world.liaison.username, "password": PASSWORD, "next": page}
    back = client.post(address("sign_in"), fields, follow=True)
    assert back.redirect_chain == [(page, 302)]
    assert "写了很久的原因" in back.content.decode()
    assert fresh(notice).state == "acknowledged"  # nothing was sent in the person's name
    assert "写了很久的原因" not in client.get(page).content.decode()


def test_a_defence_and_a_wish_for_more_time_are_offered_while_they_are_possible(world: World, hand: Any) -> None:
    notice = world.acknowledged([SeverityLevel.MINOR])
    client = signed_in(world)
    page = address("unit_notice", notice.pk)
    assert all(word in text_of(client.get(page)) for word in ("最多 7 天", "11月23日前（含当日）书面申辩"))
    client.post(address("unit_extension", notice.pk), {"days": "5", "reason": "需购置设备"})
    told = text_of(client.get(page))
    assert "等待督导办答复，答复之前期限暂停计算" in told
    assert "最多 7 天" not in told
    hand.move(days=8)
    assert "书面申辩" not in text_of(signed_in(world).get(page))
    late = signed_in(world).post(address("unit_defence", notice.pk), {"text": "当日系统故障。"})
    assert (late.status_code, "申辩期限为送达后5日" in text_of(late)) == (409, True)


def test_what_was_returned_is_asked_for_again_with_the_reason(world: World) -> None:
    notice = world.reported([SeverityLevel.MINOR])
    assert "目前无需办理" in text_of(signed_in(world).get(address("unit_notice", notice.pk)))
    world.decide(notice, "returned")
    page = text_of(signed_in(world).get(address("unit_notice", notice.pk)))
    assert all(word in page for word in ("请重新整改", "照片看不清", "填写整改情况"))


def test_a_closed_notice_asks_for_nothing(world: World) -> None:
    notice = world.closed()
    page = text_of(signed_in(world).get(address("unit_notice", notice.pk)))
    assert all(word in page for word in ("已销号", notice.close_number))
    assert "填写整改情况" not in page


def test_before_it_is_issued_a_notice_is_like_none(world: World) -> None:
    draft = world.reviewed()
    client = signed_in(world)
    nothing = client.get(address("unit_notice", "01900000-0000-7000-8000-000000000000"))
    secret = client.get(address("unit_notice", draft.pk))
    assert (secret.status_code, text_of(secret)) == (404, text_of(nothing))
    assert "目前没有整改通知书" in text_of(client.get("/unit/"))


def test_another_unit_and_people_of_other_roles_see_nothing(world: World) -> None:
    notice = world.issued()
    [item] = notice.findings.all()
    other = world.places.liaison(world.places.school(county=world.county))
    for who, status in ((other, 404), (world.person(Role.INSPECTOR), 403), (world.person(Role.OFFICE), 403)):
        client = signed_in(world, who)
        assert client.get(address("unit_notice", notice.pk)).status_code == status
        assert client.get(address("unit_file", fresh(notice).pdf_sha256)).status_code == status
        for name, args in (("unit_acknowledge", ()), ("unit_defence", ()), ("unit_report", (item.pk,))):
            assert client.post(address(name, notice.pk, *args), report()).status_code in (status, 400)
    assert fresh(notice).state == "delivered" or fresh(notice).state == "issued"


def test_whoever_tries_a_form_about_a_notice_that_is_not_his_stays_on_record_once(world: World) -> None:
    notice = world.issued()
    strangers = {
        world.places.liaison(world.places.school(county=world.county)): "not_found",
        world.person(Role.INSPECTOR): "forbidden",
    }
    for who, code in strangers.items():
        client = signed_in(world, who)
        client.get(address("unit_notice", notice.pk))
        client.post(address("unit_acknowledge", notice.pk))
        lines = AuditLine.objects.filter(verb="notice.refused", actor_id=who.pk)
        assert [(line.object_id, line.detail["action"], line.detail["code"]) for line in lines] == [
            (str(notice.pk), "acknowledge", code)
        ]


def test_the_paper_can_be_saved(world: World) -> None:
    notice = world.issued()
    answer = signed_in(world).get(address("unit_file", notice.pdf_sha256) + "?download")
    assert (answer.status_code, answer["Content-Disposition"]) == (200, "attachment")
    assert answer.getvalue()[:5] == b"%PDF-"


def test_messages_are_new_once(world: World) -> None:
    notice = world.issued()
    inbox.deliver_waiting()
    client = signed_in(world)
    assert 'aria-label="1 条未读">1<' in client.get("/unit/").content.decode()
    first = client.get("/unit/inbox").content.decode()
    assert notice.number in first
    assert '<span class="mark">新</span>' in first
    assert '<span class="mark">新</span>' not in client.get("/unit/inbox").content.decode()


def test_pages_run_nothing_from_elsewhere_and_are_never_stored(world: World) -> None:
    notice = world.issued()
    for path in ("/signin", "/unit/", "/unit/inbox", address("unit_notice", notice.pk), "/password"):
        answer = signed_in(world).get(path)
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer["Cache-Control"] == "no-store"
        assert not re.search(r"<script(?![^>]*\bsrc=)|\bon\w+=|style=", answer.content.decode())


def test_a_form_from_elsewhere_is_refused(world: World) -> None:
    notice = world.issued()
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.liaison)
    assert client.post(address("unit_acknowledge", notice.pk)).status_code == 403
    assert fresh(notice).acknowledged_at is None


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_what_people_write_is_text(world: World, text: str) -> None:
    notice = world.acknowledged()
    client = signed_in(world)
    client.post(address("unit_defence", notice.pk), {"text": text})
    assert text not in client.get(address("unit_notice", notice.pk)).content.decode()


def test_a_list_costs_the_same_with_one_notice_and_with_three(world: World, django_assert_max_num_queries: Any) -> None:
    client = signed_in(world)
    for _ in range(3):
        world.issued()
        with django_assert_max_num_queries(10):
            assert client.get("/unit/").status_code == 200


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(world: World) -> None:
    here, there = signed_in(world), signed_in(world)
    fields = {"old": PASSWORD, "new": "Chengjiang-2027", "again": "Chengjiang-2027"}
    assert "密码已修改" in text_of(here.post("/password", fields))
    assert (here.get("/unit/").status_code, there.get("/unit/").status_code) == (200, 302)


def test_a_file_of_another_kind_is_refused_in_words(world: World) -> None:
    notice = world.acknowledged()
    [item] = notice.findings.all()
    file = SimpleUploadedFile("list.exe", b"MZ" + bytes(200), "image/jpeg")
    answer = signed_in(world).post(address("unit_attach", notice.pk, item.pk), {"kind": "after", "file": file})
    assert (answer.status_code, "只接受" in text_of(answer)) == (415, True)
    assert not NoticeEvidence.objects.exists()


def test_a_withdrawn_notice_asks_for_nothing(world: World) -> None:
    notice = world.acknowledged()
    drafts.withdraw(actor=world.office, notice_id=notice.pk, reason="事实有误")
    page = text_of(signed_in(world).get(address("unit_notice", notice.pk)))
    assert "已撤回" in page
    assert "填写整改情况" not in page


def test_dates_are_those_of_the_county(world: World, hand: Any) -> None:
    hand.set(dt.datetime(2026, 11, 16, 17, 30, tzinfo=dt.UTC))  # already the 17th there
    notice = world.acknowledged([SeverityLevel.MODERATE])
    assert "还剩 7 天" in text_of(signed_in(world).get(address("unit_notice", notice.pk)))


@pytest.mark.parametrize("name", ["\0", "x" * 3000, "", "\N{PILE OF POO}" * 50])
def test_odd_names_and_passwords_are_wrong_ones_and_no_fault(world: World, name: str) -> None:
    answer = Client().post(address("sign_in"), {"username": name, "password": name})
    assert (answer.status_code, "账号或密码不正确" in text_of(answer)) == (401, True)
    answer = signed_in(world).post("/password", {"old": name, "new": name, "again": name})
    assert answer.status_code in (400, 401)


@pytest.mark.parametrize("odd", [{"size": "9" * 30}, {"size": "0"}, {"filetype": "text/html"}, {"id": "x"}])
def test_odd_facts_are_refused(world: World, odd: dict[str, str]) -> None:
    notice = world.acknowledged()
    [item] = notice.findings.all()
    fact = {"id": "01900000-0000-7000-8000-000000000000", "kind": "after", "sha256": "a" * 64, "size": "10"}
    path = address("unit_declare", notice.pk, item.pk)
    assert signed_in(world).post(path, fact | {"filetype": "image/jpeg"} | odd).status_code == 400
    assert not NoticeEvidence.objects.exists()


def test_what_urges_the_unit_stands_on_its_page_with_its_paper_and_proposals_do_not(world: World, hand: Any) -> None:
    notice = world.acknowledged([SeverityLevel.SERIOUS])
    hand.move(days=25)
    escalate()
    page = signed_in(world).get(address("unit_notice", notice.pk))
    told = text_of(page)
    assert all(word in told for word in ("督办情况", "整改催办单", "云督催〔2026〕1号", "下载整改催办单（PDF）"))
    assert not any(word in told for word in ("通报建议", "整改督办通知", "约谈"))
    paper = notice.escalations.get(kind="reminder")
    assert signed_in(world).get(address("unit_file", paper.pdf_sha256)).status_code == 200
    talk = notice.escalations.get(kind="admonition_talk")
    escalations.summon(
        actor=world.office, paper_id=talk.pk, held_at=clock.now() + dt.timedelta(days=1), place="督导办会议室"
    )
    assert "约谈通知" in text_of(signed_in(world).get(address("unit_notice", notice.pk)))
