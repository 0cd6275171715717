"""Bulletins and circulars at the desk: read, edited side by side, remarked on, signed, published."""

import datetime as dt
import re
from collections.abc import Iterator
from urllib.parse import unquote, urljoin

import pytest
from django.urls import reverse

from backend.accounts.models import County, User
from backend.accounts.roles import Role
from backend.bulletins.models import Bulletin, Circular
from backend.bulletins.services import circulars, compiling, editing
from backend.core import clock
from backend.journal.writing import write
from backend.registry.models import Membership, TargetKind
from tests.bulletins.records import AFTER, MARCH, Records, at
from tests.desk.clicking import Seat, hidden, refusal
from tests.fixtures.people import Cast
from tests.fixtures.places import Places


@pytest.fixture(autouse=True)
def hand() -> Iterator[clock.Hand]:
    with clock.fixed(AFTER) as moved:
        yield moved


@pytest.fixture
def records(cast: Cast, places: Places, county: County, hand: clock.Hand) -> Records:
    return Records(cast, places, county)


@pytest.fixture
def office(cast: Cast, records: Records) -> Seat:
    return Seat(cast.person(Role.OFFICE))


@pytest.fixture
def leader(cast: Cast, records: Records) -> Seat:
    return Seat(cast.person(Role.LEADERSHIP))


@pytest.fixture
def issue(records: Records, cast: Cast, office: Seat) -> Bulletin:
    """One serious finding, and a school without any over three visits."""
    team = records.team()
    visit = records.visit(records.target(team, name="演示问题小学"), at(3))
    records.finding(visit, "serious", text="演示问题小学未公示作业。")
    good = records.target(team, name="演示先进小学")
    for day, month in ((20, 1), (20, 2), (5, 3)):
        records.visit(good, at(day, month=month))
    return compiling.compile(actor=cast.actor(office.user), period_start=MARCH)


def words(issue: Bulletin, **changed: str) -> dict[str, str]:
    """Every box of the editor as it stands, and what is to be different."""
    texts = Bulletin.objects.get(pk=issue.pk).texts
    from backend.bulletins.rules.wording import PARTS

    return {part: "\n".join(texts[part]) for part in PARTS} | changed


def test_a_list_leads_to_the_issue_and_a_period_is_compiled(office: Seat, records: Records) -> None:
    assert "还没有半月报" in office.opens("desk_bulletins")
    said = office.done("compile", "desk_bulletins", period_start="2026-03-01")
    assert "已汇编" in said
    found = Bulletin.objects.get()
    assert str(found.pk) in office.opens("desk_bulletins")


def test_every_figure_of_the_overview_opens_its_records(office: Seat, issue: Bulletin) -> None:
    page = office.opens("desk_bulletin", issue.pk)
    address = reverse("desk_figure", args=[issue.pk, "visits"])
    assert f'href="{address}"' in page
    assert "演示问题小学" in office.opens("desk_figure", issue.pk, "visits")
    assert "演示问题小学未公示作业。" in page


def test_all_figures_stand_under_headings_by_name_and_open_their_records(office: Seat, issue: Bulletin) -> None:
    assert f"全部数据（{len(issue.facts['figures'])} 项）" in office.opens("desk_bulletin", issue.pk)
    page = office.opens("desk_figures", issue.pk)
    [team] = issue.facts["teams"]
    headings = re.findall(r"<h2>([^<]*)</h2>", page)
    assert headings[:4] == ["督查开展情况", "当月覆盖", "各督查组和督导站", "发现问题"]
    assert f'<th scope="row">{team["name"]}</th>' in page
    links = re.findall(r'href="figures/([^"]*)"', page)
    assert sorted(map(unquote, links)) == sorted(key for key, one in issue.facts["figures"].items() if one["records"])
    assert all(word not in re.sub(r"<[^>]*>", "", page) for word in ("coverage.", "findings.", "team.", "rate"))
    opened = office.opens("desk_figure", issue.pk, f"team.{team['code']}.visits")
    assert f"<h1>{team['name']}：督查次数" in opened


def test_a_disposal_may_be_worded_in_any_way(office: Seat, records: Records, cast: Cast) -> None:
    """Its words are in the figure's key, which is part of an address."""
    worded = "已压减/转型?#100%"
    records.target(records.team(), TargetKind.INSTITUTION, institution_class="subject", status=worded)
    issue = compiling.compile(actor=cast.actor(office.user), period_start=MARCH)
    [link] = re.findall(r'href="(figures/institutions.disposal[^"]*)"', office.opens("desk_figures", issue.pk))
    page = office.client.get(urljoin(reverse("desk_figures", args=[issue.pk]), link))
    assert (page.status_code, f"登记机构（学科类，{worded}）" in page.content.decode()) == (200, True)


def test_words_are_changed_and_the_machines_words_restored(office: Seat, issue: Bulletin) -> None:
    said = office.done("words", "desk_bulletin_words", issue.pk, **words(issue, findings="一段。\n\n二段。"))
    assert "文字已保存" in said
    assert Bulletin.objects.get().texts["findings"] == ["一段。", "二段。"]
    assert Bulletin.objects.get().text_versions.order_by("-number").first().parts == ["findings"]  # type: ignore[union-attr]
    office.done("restore", "desk_bulletin_words", issue.pk, row="findings")
    assert Bulletin.objects.get().texts["findings"] == issue.texts["findings"]
    assert "二段。" in office.opens("desk_bulletin_version", issue.pk, 2)


def test_what_a_colleague_wrote_meanwhile_is_shown_beside_what_was_typed(
    office: Seat, cast: Cast, issue: Bulletin
) -> None:
    sent = hidden(office.opens("desk_bulletin_words", issue.pk), "words") | words(issue, findings="我写的。")
    colleague = cast.actor(cast.person(Role.OFFICE))
    editing.edit(actor=colleague, bulletin_id=issue.pk, texts={"findings": ["他写的。"]})
    answer = office.client.post(reverse("desk_bulletin_words_do", args=[issue.pk, "words"]), sent)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "我写的。" in text
    assert "<span>现在的内容：</span><p>他写的。</p>" in text.replace("\n", "") or "他写的。" in text
    assert Bulletin.objects.get().texts["findings"] == ["他写的。"]


def test_cases_are_picked_with_their_words(office: Seat, issue: Bulletin) -> None:
    office.done("cases", "desk_bulletin_words", issue.pk, pick0="on", text0="未按规定公示作业。")
    [chosen] = Bulletin.objects.get().texts["cases"]
    assert chosen["text"] == "未按规定公示作业。"
    assert refusal(office.does("cases", "desk_bulletin_words", issue.pk, pick0="on", text0=""))[0] == 400
    office.done("cases", "desk_bulletin_words", issue.pk, text0="未按规定公示作业。")
    assert Bulletin.objects.get().texts["cases"] == []


def test_a_candidate_is_adopted_as_good_practice_and_written_on(office: Seat, issue: Bulletin) -> None:
    target = issue.facts["practices"][0]["target"]
    office.done("adopt", "desk_bulletin_words", issue.pk, row=target)
    [adopted] = Bulletin.objects.get().texts["good_practices"]
    assert (adopted["place"], "均未发现问题" in adopted["text"]) == ("演示先进小学", True)
    office.done("practices", "desk_bulletin_words", issue.pk, place0="演示先进小学", text0="每日公示作业。")
    assert [one["text"] for one in Bulletin.objects.get().texts["good_practices"]] == ["每日公示作业。"]
    answer = office.does("practices", "desk_bulletin_words", issue.pk, place0="演示先进小学", text0="")
    assert refusal(answer) == (400, "第 1 条：单位和做法须同时填写。")


def test_the_printed_page_stands_beside_the_words(office: Seat, issue: Bulletin) -> None:
    answer = office.client.get(reverse("desk_bulletin_words", args=[issue.pk]))
    assert "frame-src 'self'" in answer["Content-Security-Policy"]
    proof = office.client.get(reverse("desk_bulletin_proof", args=[issue.pk, "school"]))
    assert (proof.content[:5], proof["X-Frame-Options"], proof["Cache-Control"]) == (
        b"%PDF-", "SAMEORIGIN", "private, no-store",
    )  # fmt: skip
    assert office.status("desk_bulletin_proof", issue.pk, "other") == 400


def test_from_review_to_withdrawal(office: Seat, leader: Seat, issue: Bulletin) -> None:
    name, key = "desk_bulletin", issue.pk
    assert "sign" not in leader.offers(name, key)
    office.done("review", name, key)
    assert "sign" not in office.offers(name, key)
    assert "2026年第1期" in leader.done("sign", name, key)
    office.done("publish", name, key)
    assert {"edit", "compile", "publish", "sign"} & office.offers(name, key) == set()
    leader.opens(name, key)
    assert "已读 2 人" in office.opens(name, key)
    office.done("withdraw", name, key, reason="数据有误。")
    assert Bulletin.objects.get().state == "withdrawn"


def test_leadership_returns_a_draft_with_a_reason(office: Seat, leader: Seat, issue: Bulletin) -> None:
    office.done("review", "desk_bulletin", issue.pk)
    leader.done("revise", "desk_bulletin", issue.pk, reason="案例不足。")
    assert Bulletin.objects.get().state == "draft"
    assert "退回修改：案例不足。" in office.opens("desk_bulletin", issue.pk)


def test_a_remark_is_made_and_settled(office: Seat, issue: Bulletin) -> None:
    office.done("remark", "desk_bulletin", issue.pk, part="findings", text="请核对数字。")
    row = issue.comments.get()
    assert "针对“发现问题”" in office.opens("desk_bulletin", issue.pk)
    office.done("settle", "desk_bulletin", issue.pk, row=row.pk)
    row.refresh_from_db()
    assert row.settled_at is not None
    assert "没有可以" not in office.opens("desk_bulletin_words", issue.pk)


def test_a_team_leader_reads_what_is_published_and_no_records(
    cast: Cast, office: Seat, leader: Seat, issue: Bulletin
) -> None:
    reader = Seat(cast.person(Role.TEAM_LEADER))
    assert reader.status("desk_bulletin", issue.pk) == 404
    assert reader.status("desk_bulletin_words", issue.pk) == 403
    office.done("review", "desk_bulletin", issue.pk)
    leader.done("sign", "desk_bulletin", issue.pk)
    office.done("publish", "desk_bulletin", issue.pk)
    page = reader.opens("desk_bulletin", issue.pk)
    assert "领导版" in page
    assert "/figures/" not in page
    assert reader.offers("desk_bulletin", issue.pk) == set()


def head_of(records: Records, cast: Cast, target_name: str) -> User:
    """Of the department in charge of the team that has the school."""
    from backend.registry.models import Target

    user = cast.person(Role.DEPARTMENT_HEAD)
    team = Target.objects.get(name=target_name).team
    assert team
    with write(actor=records.actor):
        Membership.objects.create(team=team, user=user, is_leader=True)
    return user


def test_a_head_reads_the_draft_when_asked_and_answers(
    records: Records, cast: Cast, office: Seat, issue: Bulletin
) -> None:
    head = Seat(head_of(records, cast, "演示问题小学"))
    stranger = Seat(cast.person(Role.STATION_HEAD))
    assert head.status("desk_bulletin_draft", issue.pk) == 404
    office.done("consult", "desk_bulletin", issue.pk)
    assert "尚未反馈" in head.opens("desk_bulletin_drafts")
    assert "演示问题小学未公示作业。" in head.opens("desk_bulletin_draft", issue.pk)
    assert "演示问题小学" not in stranger.opens("desk_bulletin_draft", issue.pk)
    head.done("remark", "desk_bulletin_draft", issue.pk, text="没有意见。")
    assert "没有意见。" in office.opens("desk_bulletin", issue.pk)
    assert "没有意见。" not in stranger.opens("desk_bulletin_draft", issue.pk)


@pytest.fixture
def circular(records: Records, cast: Cast, office: Seat, hand: clock.Hand) -> Circular:
    visit = records.visit(records.target(records.team(), name="演示被通报小学"), at(3))
    finding = records.finding(visit, "serious")
    records.notice(visit, at(4), dt.date(2026, 3, 20), finding)
    hand.set(at(1, 9, month=4))
    return circulars.compile(actor=cast.actor(office.user), month="2026-03")


def test_a_circular_goes_its_way_and_names_whom_leadership_signed_for(
    office: Seat, leader: Seat, circular: Circular
) -> None:
    name, key = "desk_circular", circular.pk
    office.done("problems", name, key, problems=[])
    assert "没有点名的问题" in office.opens(name, key)
    [one] = circular.facts["problems"]
    office.done("problems", name, key, problems=[one["finding"]])
    office.done("words", name, key, overview="全月情况。", demands="认真整改。")
    assert Circular.objects.get().texts["overview"] == ["全月情况。"]
    assert office.client.get(reverse("desk_circular_proof", args=[key])).content[:5] == b"%PDF-"
    office.done("review", name, key)
    assert "督通〔2026〕1号" in leader.done("sign", name, key)
    office.done("publish", name, key)
    assert Circular.objects.get().named == [one["finding"]]
    office.done("withdraw", name, key, reason="有误。")
    assert "文号不再使用" in office.opens(name, key)


def test_the_coverage_sheet_is_handed_out(office: Seat, issue: Bulletin) -> None:
    assert "2026-03" in office.opens("desk_circulars")
    for kind, begin in (("pdf", b"%PDF-"), ("xlsx", b"PK")):
        answer = office.client.get(reverse("desk_coverage_sheet", args=["2026-03", kind]))
        assert answer.content.startswith(begin)
    assert office.status("desk_coverage_sheet", "2026-13", "pdf") == 400
    assert office.status("desk_coverage_sheet", "2026-03", "doc") in (200, 404)
