"""The rectification notice, read back."""

from dataclasses import replace

import pytest

from backend.documents.rectification_notice import render
from tests.documents import papers
from tests.documents.reading import fonts, outline, pdfium_pages, pypdf_pages, squeezed

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def notice():
    return render(papers.notice())


@pytest.mark.parametrize("read", [pypdf_pages, pdfium_pages])
def test_every_text_is_found_again_by_two_readers(notice, read):
    data, printed = papers.notice(), "".join(read(notice.content))
    texts = [
        data.document_number, f"{data.main_recipient}：", *data.feedback, *data.rights, *data.consequences,
        *(finding.fact for finding in data.findings), *(finding.legal_basis for finding in data.findings),
        *data.attachments, "2026年3月13日", "抄送：基础教育科，第三片区督导站，西坪学区。",
        "2026年3月12日，县督查组第六组采取未事先通知方式对你校作业管理、课后服务和五项管理落实情况进行了督导检查，发现存在以下问题，现通知如下：",
    ]  # fmt: skip
    assert [text for text in texts if squeezed(text) not in printed] == []


def test_page_one_and_the_receipt_carry_no_number(notice):
    pages = pypdf_pages(notice.content)
    assert [f"—{number}—" in page for number, page in enumerate(pages, start=1)] == [False, True, True, False]


def test_the_receipt_of_service_is_the_last_page_alone(notice):
    pages = pypdf_pages(notice.content)
    assert "送达回证" in pages[-1]
    assert [label in pages[-1] for label in ("受送达单位", "送达方式", "送达时间", "备注")] == [True] * 4
    assert "抄送" not in pages[-1]


def test_a_place_for_the_seal_and_no_seal(notice):
    assert "".join(pypdf_pages(notice.content)).count("（印章）") == 1


def test_chapters_without_content_are_left_out_and_numbered_on():
    bare = replace(papers.notice(), requirements=(), responsible="", photos=())
    printed = render(bare)
    assert outline(printed.content) == [
        "督导整改通知书", "一、存在问题", "二、整改时限和反馈方式", "三、权利告知", "送达回证",
    ]  # fmt: skip


def test_a_notice_without_findings_says_so():
    printed = "".join(pypdf_pages(render(replace(papers.notice(), findings=())).content))
    assert "未发现需要书面整改的问题。" in printed
    assert "存在问题" not in printed


def test_one_common_deadline_is_said_once():
    common = tuple(replace(finding, due_date=papers.notice().document_date) for finding in papers.notice().findings)
    printed = "".join(pypdf_pages(render(replace(papers.notice(), findings=common)).content))
    assert "上述问题应于2026年3月13日前整改到位。" in printed


def test_names_of_80_characters_and_forty_findings_are_printed_whole():
    name = "云川县" + "城乡义务教育一体化改革试点片区" * 5 + "小学"
    many = tuple(replace(papers.notice().findings[0], fact=f"第{at}项问题。") for at in range(40))
    rendered = render(replace(papers.notice(), main_recipient=name, agency_name=name, findings=many))
    printed = "".join(pypdf_pages(rendered.content))
    assert squeezed(f"{name}：") in printed
    assert [f"第{at}项问题。" in printed for at in range(40)] == [True] * 40


def test_every_font_is_embedded_and_helvetica_is_not_among_them(notice):
    found = fonts(notice.content)
    assert set(found.values()) == {True}
    assert [name for name in found if "Helvetica" in name] == []
