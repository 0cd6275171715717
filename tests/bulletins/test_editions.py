"""Two editions of one snapshot: the school edition names nobody that no published circular named."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from backend.accounts.roles import Role
from backend.bulletins.models import Bulletin
from backend.bulletins.rules.editions import Edition
from backend.bulletins.services import circulars, compiling, editing, publishing, signing
from backend.core import clock
from backend.core.actor import Actor
from backend.core.sheets import XLSX_TYPE
from backend.inspections.models import Finding
from backend.media.services import blobs
from backend.notices.models import PaperCode
from backend.notices.selectors import codes
from tests.bulletins.records import MARCH, Records, at
from tests.fixtures.people import Cast, Client

PATH = "/api/v1"


def words(paper: bytes) -> str:
    """The text of a paper without line ends and spaces."""
    return (
        "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages).replace("\n", "").replace(" ", "")
    )


def issued(maker: Actor, signer: Actor, texts: dict[str, Any] | None = None) -> Bulletin:
    bulletin = compiling.compile(actor=maker, period_start=MARCH)
    if texts:
        editing.edit(actor=maker, bulletin_id=bulletin.pk, texts=texts)
    editing.review(actor=maker, bulletin_id=bulletin.pk)
    return signing.sign(actor=signer, bulletin_id=bulletin.pk)


def papers(issue: Bulletin) -> dict[str, bytes]:
    return {row.edition: blobs.read(row.sha256) for row in issue.papers.all()}


@pytest.fixture
def serious(records: Records) -> Finding:
    """Told to its school by a notice, late since."""
    target = records.target(records.team())
    visit = records.visit(target, at(2))
    finding = records.finding(visit, "serious", text=f"{target.name}五年级作业平均78分钟。")
    records.notice(visit, at(3), at(8).date(), finding)
    return finding


def test_the_school_edition_names_no_unit_and_lists_nobody(
    records: Records, serious: Finding, maker: Actor, signer: Actor
) -> None:
    name = serious.target.name
    issue = issued(maker, signer, {"rectification": [f"{name}仍未整改。"]})
    told = {edition: words(paper) for edition, paper in papers(issue).items()}
    assert name in told[Edition.LEADERSHIP]
    assert "逾期未完成整改清单" in told[Edition.LEADERSHIP]
    assert "本期督查的学校（1所，从左到右、从上到下）" in told[Edition.LEADERSHIP]
    assert name not in told[Edition.SCHOOL]
    assert "某小学仍未整改。" in told[Edition.SCHOOL]
    for hidden in (
        "逾期未完成整改清单",
        "台账（摘录）",
        "督查学校名单",
        "督查组工作情况",
        "每日累计覆盖率",
        "下步安排。完成",
        "内部资料",
    ):
        assert hidden not in told[Edition.SCHOOL]
    assert "学校版" in told[Edition.SCHOOL]
    assert "领导版" in told[Edition.LEADERSHIP]


def test_what_is_grave_and_in_no_notice_yet_stands_in_the_extract_of_the_ledger_without_a_number(
    records: Records, serious: Finding, maker: Actor, signer: Actor
) -> None:
    alone = records.finding(records.visits[0], "veto", text="未列入通知书的问题。")
    told = {edition: words(paper) for edition, paper in papers(issued(maker, signer)).items()}
    listed = told[Edition.LEADERSHIP].rpartition("本期新增和销号的严重问题、一票否决事项")[2]
    assert listed.count(alone.text) == 1
    assert serious.text not in listed  # late: it has a list of its own


def test_the_list_of_schools_says_how_often_each_was_visited_and_what_was_found(records: Records, maker: Actor) -> None:
    often, once = records.target(records.team()), records.target(records.team("T08"))
    for day, target in ((2, often), (3, often), (4, once)):
        visit = records.visit(target, at(day))
    records.finding(visit, "minor")
    listed = compiling.compile(actor=maker, period_start=MARCH).facts["visited"]
    assert {one["target"]: (one["name"], one["visits"], one["findings"]) for one in listed} == {
        str(often.pk): (often.name, 2, 0), str(once.pk): (once.name, 1, 1),
    }  # fmt: skip


def test_both_editions_are_rebuilt_with_the_same_bytes(
    records: Records, serious: Finding, maker: Actor, signer: Actor, hand: clock.Hand
) -> None:
    issue = issued(maker, signer)
    hand.move(days=60)
    records.finding(records.visits[0], "veto", recorded_at=clock.now())
    for edition, paper in papers(issue).items():
        assert signing.rebuild(bulletin=Bulletin.objects.get(), edition=Edition(edition)).content == paper


def test_a_case_is_named_once_a_published_circular_named_it(
    records: Records, serious: Finding, maker: Actor, signer: Actor, hand: clock.Hand
) -> None:
    hand.set(at(1, 9, month=4))
    circular = circulars.compile(actor=maker, month="2026-03")
    assert circular.named == [str(serious.pk)]
    circulars.review(actor=maker, circular_id=circular.pk)
    signed = circulars.sign(actor=signer, circular_id=circular.pk)
    assert signed.number_text == "云督通〔2026〕1号"
    before = signing.proof(
        actor=maker, bulletin_id=compiling.compile(actor=maker, period_start=MARCH).pk, edition=Edition.SCHOOL
    )
    assert serious.target.name not in words(before)
    circulars.publish(actor=maker, circular_id=circular.pk)
    school = papers(issued(maker, signer))[Edition.SCHOOL]
    assert f"{serious.target.name}（云督通〔2026〕1号通报）" in words(school)
    hand.move(days=1)
    circulars.withdraw(actor=signer, circular_id=circular.pk, reason="数据有误。")
    assert signing.rebuild(bulletin=Bulletin.objects.get(), edition=Edition.SCHOOL).content == school


@pytest.fixture
def school(cast: Cast) -> Client:
    return cast.client(cast.person(Role.SCHOOL_LIAISON))


def test_a_school_reads_the_school_edition_once_it_is_published_and_nothing_else(
    records: Records, serious: Finding, maker: Actor, signer: Actor, school: Client
) -> None:
    issue = issued(maker, signer)
    mine = issue.papers.get(edition=Edition.SCHOOL)
    theirs = issue.papers.get(edition=Edition.LEADERSHIP)
    assert school.get(f"{PATH}/unit/bulletins").json()["items"] == []
    assert school.get(f"{PATH}/unit/bulletins/{issue.pk}").status_code == 404
    assert school.get(f"{PATH}/blobs/{mine.sha256}").status_code == 404
    publishing.publish(actor=maker, bulletin_id=issue.pk)
    [row] = school.get(f"{PATH}/unit/bulletins").json()["items"]
    assert (row["id"], row["pdf_sha256"]) == (str(issue.pk), mine.sha256)
    paper: Any = school.get(f"{PATH}/unit/bulletins/{issue.pk}/paper")
    assert (paper.content, paper["Cache-Control"]) == (blobs.read(mine.sha256), "no-store")
    assert school.get(f"{PATH}/blobs/{mine.sha256}").status_code == 200
    for hidden in (theirs.sha256, theirs.sheet_sha256):
        assert school.get(f"{PATH}/blobs/{hidden}").status_code == 404
    assert issue.receipts.count() == 1
    publishing.withdraw(actor=maker, bulletin_id=issue.pk, reason="数据有误。")
    assert school.get(f"{PATH}/unit/bulletins/{issue.pk}").status_code == 404
    assert school.get(f"{PATH}/blobs/{mine.sha256}").status_code == 404


def test_annex_1_is_a_workbook_with_the_figures_of_the_snapshot(
    records: Records, serious: Finding, maker: Actor, signer: Actor, office_client: Client
) -> None:
    from openpyxl import load_workbook

    issue = issued(maker, signer)
    answer: Any = office_client.get(f"{PATH}/bulletins/{issue.pk}/sheet")
    assert answer["Content-Type"] == XLSX_TYPE
    rows = list(load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))
    told = {row[2]: row[3] for row in rows[1:] if row[2]}
    figures = issue.facts["figures"]
    assert told["印发整改通知书（份）"] == figures["notices.issued"]["value"] == 1
    assert told["义务教育学校（所）"] == figures["registry.schools"]["value"]
    assert told["收到举报（件）"] == "本期无数据"
    assert rows[0][:5] == ("类别", "序号", "指标", "数量", "占比（%）")


def test_the_codes_on_the_papers_are_good_from_publication_to_withdrawal(maker: Actor, signer: Actor) -> None:
    issue = issued(maker, signer)
    row = issue.papers.get(edition=Edition.SCHOOL)
    assert codes.check(row.code) is None
    assert row.qr_text.endswith(f"{row.code[:5]}-{row.code[5:]}")
    assert f"{row.code[:5]}-{row.code[5:]}" in words(blobs.read(row.sha256))
    publishing.publish(actor=maker, bulletin_id=issue.pk)
    found = codes.check(row.code)
    assert found is not None
    assert found.withdrawn_at is None
    assert PaperCode.objects.get(code=row.code).sha256 == row.sha256
    publishing.withdraw(actor=maker, bulletin_id=issue.pk, reason="数据有误。")
    withdrawn = codes.check(row.code)
    assert withdrawn is not None
    assert withdrawn.withdrawn_at is not None


def test_readers_and_who_has_not_read(
    cast: Cast, records: Records, maker: Actor, signer: Actor, office_client: Client, school: Client
) -> None:
    issue = issued(maker, signer)
    assert office_client.get(f"{PATH}/bulletins/{issue.pk}/readers").json()["readers"] == 0
    publishing.publish(actor=maker, bulletin_id=issue.pk)
    before = office_client.get(f"{PATH}/bulletins/{issue.pk}/readers").json()
    school.get(f"{PATH}/unit/bulletins/{issue.pk}")
    after = office_client.get(f"{PATH}/bulletins/{issue.pk}/readers").json()
    assert (before["read"], after["read"]) == (0, 1)
    assert len(before["waiting"]) - len(after["waiting"]) == 1
    assert office_client.get(f"{PATH}/bulletins/{issue.pk}/receipts").json()["items"][0]["name"]
