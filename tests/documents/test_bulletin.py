"""The half-monthly bulletin, read back."""

import io
import itertools
from dataclasses import replace

import pytest
from pypdf import PdfReader

from backend.documents import photos
from backend.documents.bulletin import render
from backend.documents.bulletin_data import Annex, Distribution, Figure, Section, Signers, Subsection
from backend.documents.figures import change_text
from backend.documents.photo_data import Photo
from backend.documents.photos import printable
from backend.documents.sheet import Picture
from tests.documents import papers
from tests.documents.reading import fonts, outline, pdfium_pages, pypdf_pages, squeezed

pytestmark = pytest.mark.once

RARE = "督查员张喆、李堃、王勠、赵龑到臺灣路小學檢查，課後服務參與率為96.5%。"
CHAPTERS = [
    "一、督查开展情况", "二、校内减负情况", "三、校外治理情况", "四、典型问题与好的做法", "五、整改台账",
    "六、举报办理情况", "七、下步安排",
]  # fmt: skip


@pytest.fixture(scope="module")
def full():
    return render(papers.full_bulletin())


@pytest.fixture(scope="module")
def empty():
    return render(papers.empty_bulletin())


@pytest.mark.parametrize("read", [pypdf_pages, pdfium_pages])
def test_every_text_is_found_again_by_two_readers(full, read):
    data, printed = papers.full_bulletin(), "".join(read(full.content))
    texts = [
        *data.inspection.paragraphs,
        *itertools.chain.from_iterable(part.paragraphs for part in data.in_school.subsections),
        *(case.fact for case in data.cases + data.good_practices),
        *data.next_steps.paragraphs,
        *(row.name for row in data.teams + data.districts),
        *(figure.label for figure in data.figures),
        *data.distribution.send_to,
        data.verification.code,
    ]
    assert [text for text in texts if squeezed(text) not in printed] == []


@pytest.mark.parametrize("read", [pypdf_pages, pdfium_pages])
def test_rare_and_traditional_characters_are_found_again(read):
    rendered = render(replace(papers.empty_bulletin(), inspection=Section((RARE,))))
    assert squeezed(RARE) in "".join(read(rendered.content))
    assert rendered.warnings == ()


def test_every_font_is_embedded_and_helvetica_is_not_among_them(full):
    found = fonts(full.content)
    assert set(found.values()) == {True}
    assert sorted({name.split("+")[1] for name in found}) == [
        "FandolFang-Regular", "FandolKai-Regular", "NotoSansSC-Medium", "NotoSerifSC-Black", "NotoSerifSC-Regular",
    ]  # fmt: skip


def test_outline_language_and_metadata(full):
    document = PdfReader(io.BytesIO(full.content))
    assert outline(full.content)[:3] == ["本期要览", CHAPTERS[0], CHAPTERS[1]]
    assert str(document.root_object["/Lang"]) == "zh-CN"
    assert document.metadata is not None
    assert document.metadata.title == "“双减”督查半月报2026年第5期（总第29期）"
    assert document.metadata.author == papers.OFFICE
    assert document.metadata.creation_date == papers.ISSUED


def test_contents_name_the_pages_on_which_the_chapters_stand(full):
    pages = pypdf_pages(full.content)
    for chapter in CHAPTERS:
        found = next(number for number, page in enumerate(pages[1:], start=2) if chapter in page)
        assert f"{chapter}{found}" in pages[0]


def test_page_numbers_are_consecutive(full):
    pages = pypdf_pages(full.content)
    assert len(pages) == full.pages
    assert [f"—{number}—" in page for number, page in enumerate(pages, start=1)] == [True] * full.pages


def test_no_heading_or_caption_stays_at_the_foot_of_a_page(full):
    heads = (*CHAPTERS, "表1", "表2", "表3", "表4", "表5", "（一）", "（二）", "（三）")
    feet = []
    for number, page in enumerate(PdfReader(io.BytesIO(full.content)).pages, start=1):
        lines = [squeezed(line) for line in page.extract_text().splitlines()]
        last = [line for line in lines if line and line != f"—{number}—"][-1]
        feet.append(last.startswith(heads) and len(last) < 20)
    assert feet == [False] * full.pages


def test_the_foot_block_is_on_the_last_page_and_not_alone(full):
    last = pypdf_pages(full.content)[-1]
    assert "报：县委教育工作领导小组，县政府分管领导。" in last
    assert "云督整〔2026〕48号" in last


def test_an_empty_period_says_so_and_invents_nothing(empty):
    printed = "".join(pypdf_pages(empty.content))
    assert [chapter for chapter in CHAPTERS if f"{chapter}本期无数据。" not in printed] == [CHAPTERS[3]]
    assert printed.count("本期无数据") == 9
    assert empty.warnings == ()
    assert "目录" not in printed
    assert empty.pages == 2


def test_a_chapter_with_half_of_its_data_names_the_missing_half():
    data = replace(papers.full_bulletin(), coverage=(), homework=(), tips=None, tip_section=Section(("暂无。",)))
    printed = "".join(pypdf_pages(render(data).content))
    names = ("每日累计覆盖率", "各年级书面作业时间")
    assert [f"{name}：本期无数据。" in printed for name in names] == [True] * 2


def test_an_emoji_becomes_a_warning_and_not_a_crash():
    rendered = render(replace(papers.empty_bulletin(), next_steps=Section(("继续努力😀。",))))
    assert [warning[:6] for warning in rendered.warnings] == ["字符“😀”（"]
    assert "继续努力〓。" in "".join(pypdf_pages(rendered.content))


def test_characters_that_no_face_has_are_named_wherever_they_stand():
    odd = "学校👨‍👩‍👧𠀀🀄"
    full = papers.full_bulletin()
    data = replace(
        full,
        masthead=replace(full.masthead, title=odd, issuer=odd),
        figures=(Figure(odd, 1, odd),),
        in_school=Section((odd,), (Subsection(odd, (odd * 300,)),), (papers.odd_table(odd),)),
        findings_by_category=(replace(full.findings_by_category[0], name=odd),),
        teams=(replace(full.teams[0], name=odd),),
        districts=(replace(full.districts[0], name=odd),),
        annexes=(Annex(odd),),
        distribution=Distribution((odd,), (odd,), (odd,)),
        signers=Signers(odd, odd, odd),
        data_note=odd,
    )
    rendered = render(data)
    assert sorted(warning[3] for warning in rendered.warnings) == sorted(["👨", "👩", "👧", "𠀀", "🀄"])
    assert "学校〓〓〓〓〓" in "".join(pypdf_pages(rendered.content))


def test_a_photo_that_cannot_be_read_becomes_a_warning():
    case = replace(papers.full_bulletin().cases[0], photos=(replace(papers.photo(), content=b"\xff\xd8broken"),))
    rendered = render(replace(papers.empty_bulletin(), cases=(case,)))
    assert rendered.warnings == ("照片“作业公示栏（改前）”无法读取，未印。",)


def test_very_long_words_and_texts_are_printed_whole():
    section = Section(subsections=(Subsection("超" * 90, ("https://" + "a" * 400, "督" * 5000)),))
    printed = "".join(pypdf_pages(render(replace(papers.empty_bulletin(), in_school=section)).content))
    assert "a" * 400 in printed.replace("—2—", "")
    assert printed.count("督") >= 5000


def test_a_time_of_issue_without_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        render(replace(papers.empty_bulletin(), issued_at=papers.ISSUED.replace(tzinfo=None)))


def test_the_fullest_issue_with_eight_photos_stays_below_a_megabyte():
    rendered = render(papers.fullest_bulletin())
    assert len(rendered.content) < 1_000_000
    assert rendered.warnings == ()
    images = [image for page in PdfReader(io.BytesIO(rendered.content)).pages for image in page.images]
    assert len(images) == 8


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (Figure("督查次数", 214, "次", 198), "较上期＋16次"),
        (Figure("覆盖率", 88.1, "%", 92.3, 1), "较上期－4.2个百分点"),
        (Figure("发现问题", 6, "个", 6), "与上期持平"),
        (Figure("满意率", 90.0, "%", None, 1), "上期无数据"),
        (Figure("满意率", None, "%", 90.0, 1), ""),
    ],
)
def test_changes_are_said_in_words(figure, text):
    assert change_text(figure) == text


def test_extreme_data_are_printed_and_never_end_in_an_error():
    full, long = papers.full_bulletin(), "很长的文字" * 60
    data = replace(
        full,
        masthead=replace(full.masthead, title="超长标题" * 20, issuer=long, secrecy_mark="机密", edition=long),
        figures=tuple(replace(full.figures[0], label=long, value=1e12) for _ in range(40)),
        teams=full.teams * 3,
        coverage=tuple(replace(point, actual=400.0, target=-5.0) for point in full.coverage * 3),
        findings_by_category=tuple(replace(item, name=long) for item in full.findings_by_category * 5),
        homework=full.homework * 4,
        cases=tuple(
            replace(case, place=long, photos=(papers.photo(long), papers.photo(long, (4, 900)))) for case in full.cases
        ),
        districts=tuple(replace(row, name=long, closed=at) for at, row in enumerate(full.districts * 2)),
        late_items=tuple(replace(item, unit=long, finding=long * 9) for item in full.late_items),
        indicator_form=replace(
            papers.form(),
            groups=tuple(replace(group, indicators=group.indicators * 5) for group in papers.form().groups),
        ),
        annexes=tuple(Annex(long) for _ in range(26)),
        distribution=Distribution(full.distribution.report_to * 300, (long * 20,), full.distribution.issue_to),
        signers=Signers(long, long, long),
        data_note=long,
    )
    rendered = render(data)
    assert rendered.pages > 45
    assert [warning[:4] for warning in rendered.warnings] == ["照片说明"]


def test_photos_are_prepared_once(monkeypatch):
    prepared: list[str] = []

    def noted(photo: Photo, side: int) -> Picture | None:
        prepared.append(photo.caption)
        return printable(photo, side)

    monkeypatch.setattr(photos, "printable", noted)
    render(papers.full_bulletin())
    assert prepared == ["作业公示栏（改前）", "作业公示栏（改后）"]
