"""督导整改通知书: facts in, PDF out.

A special supervision paper (督导文书) in the letter form of GB/T 9704-2012 §10.1: red name 30 mm from the top, double
lines of 170 mm, number of the paper under the first, no page number on page 1. Chapters as in the notices in use. The
receipt of service (送达回证) is a page of its own behind the paper and not numbered with it.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from reportlab.platypus import Flowable, NextPageTemplate, PageBreak

from backend.documents.canvas import Meta
from backend.documents.composer import ANNEX_MARK, ANNEX_TITLE, BODY, CHAPTER
from backend.documents.delivery_receipt import receipt_page
from backend.documents.fonts import Face
from backend.documents.grid import LEADING, SIZE_2, TYPE_HEIGHT
from backend.documents.letter import CopyLine, LetterHead, SignatureBlock
from backend.documents.notice_data import NoticeFinding, RectificationNotice
from backend.documents.paper import Heading, Pouring, Story, numbered, template
from backend.documents.paragraph import ChineseParagraph, Style
from backend.documents.photos import photo_rows
from backend.documents.press import Press
from backend.documents.rendered import Rendered
from backend.documents.table_data import Column
from backend.documents.tables import chinese_table
from backend.documents.wording import chinese_date, numeral, sentence, short_date

TITLE = Style(Face.TITLE, SIZE_2, 33, align="center", space_after=LEADING / 2, balanced=True)
RECIPIENT = replace(BODY, first_indent=0)
ATTACHMENT = replace(BODY, first_indent=-4.2, left_indent=6.2, align="left")
LARGE_PHOTOS = 2  # so many fill a page when each has a row of its own
FINDING_COLUMNS = (
    Column("序号", 0.7, "center"),
    Column("问题事实", 4.2),
    Column("依据", 2.8),
    Column("级别", 0.9, "center"),
    Column("时限", 1.3, "center", unbroken=True),
)


def render(data: RectificationNotice, fonts: Path | None = None) -> Rendered:
    """Return the notice with its receipt of service as a PDF.

    ``fonts`` is a folder with faces that the office owns. Equal data gives equal bytes. Raises ``ValueError`` when
    ``issued_at`` has no time zone; what cannot be printed is in the warnings.
    """
    press = Press(fonts)
    head = LetterHead(press, data.agency_name, data.document_number, data.verification_code, data.verification_address)
    pages = (
        template("letter", head.draw, top=head.depth, after="page"),
        template("page", numbered(press)),
        template("receipt"),
    )
    subject = f"{data.title}（{data.document_number}）"
    meta = Meta(f"{subject} {data.main_recipient}", data.agency_name, subject, data.issued_at)
    poured = Pouring(press, meta, pages).pour(_story(press, data))
    return Rendered(poured.content, poured.pages, press.warnings)


def _story(press: Press, data: RectificationNotice) -> list[Flowable]:
    writer = NoticeWriter(press, data)
    writer.opening()
    writer.findings()
    writer.chapters()
    writer.closing()
    writer.photos()
    writer.receipt()
    return writer.story.flowables


class NoticeWriter:
    """Writes the parts of one notice into ``story``."""

    def __init__(self, press: Press, data: RectificationNotice) -> None:
        self.press, self.data, self.story = press, data, Story()
        self._chapters = 0

    def opening(self) -> None:
        """Title, main recipient, and what was inspected."""
        facts = self.data.inspection
        self.story.head(Heading(self.press, self.data.title, TITLE, level=0))
        self.story.add(ChineseParagraph(self.press, f"{self.data.main_recipient}：", RECIPIENT))
        mode = f"采取{facts.mode}方式" if facts.mode else ""
        what = f"{self.data.addressed_as}{facts.subject}"
        result = "发现存在以下问题，现通知如下：" if self.data.findings else "未发现需要书面整改的问题。"
        self._paragraph(f"{chinese_date(facts.inspected_on)}，{facts.team}{mode}对{what}进行了督导检查，{result}")

    def findings(self) -> None:
        """一、存在问题: the table."""
        if not self.data.findings:
            return
        self._chapter("存在问题")
        rows = [
            (number, _fact(finding), finding.legal_basis, finding.severity, short_date(finding.due_date))
            for number, finding in enumerate(self.data.findings, start=1)
        ]
        grid = chinese_table(self.press, FINDING_COLUMNS, rows)
        self.story.add(grid, minimum=min(grid.kept_with_caption(self.story.width), TYPE_HEIGHT / 3))
        self.story.space(LEADING / 3)

    def chapters(self) -> None:
        """二、整改要求 三、整改时限和反馈方式 四、权利告知, each if there is something to say."""
        for title, texts in (
            ("整改要求", _requirements(self.data)),
            ("整改时限和反馈方式", [*_deadlines(self.data), *self.data.feedback, *self.data.consequences]),
            ("权利告知", self.data.rights),
        ):
            if texts:
                self._chapter(title)
                for text in texts:
                    self._paragraph(text)

    def closing(self) -> None:
        """附件说明, signature block, copy recipients at the foot."""
        self._attachments()
        block = SignatureBlock(self.press, self.data.agency_name, self.data.document_date)
        copies = CopyLine(self.press, self.data.copy_to) if self.data.copy_to else None
        if copies and copies.minimum() > TYPE_HEIGHT / 3:
            self._close(block, None)
            self.story.add(copies.text)
        else:
            self._close(block, copies)

    def _close(self, block: SignatureBlock, copies: CopyLine | None) -> None:
        needed = block.height + (copies.minimum() if copies else 0.0)
        self.story.keep_last_block_with(needed + LEADING)
        self.story.add(block, minimum=needed)
        if copies:
            self.story.add(copies, minimum=copies.minimum())

    def photos(self) -> None:
        """The annex of approved photos on a new page."""
        few = len(self.data.photos) <= LARGE_PHOTOS
        rows = photo_rows(self.press, self.data.photos, 240 if few else 230, 1 if few else 2)
        if not rows:
            return
        number = next((at for at, name in enumerate(self.data.attachments, start=1) if "照片" in name), None)
        self.story.flowables.append(PageBreak())
        self.story.head(
            ChineseParagraph(self.press, f"附件{number or ''}", ANNEX_MARK),
            Heading(self.press, self.data.attachments[number - 1] if number else "证据照片页", ANNEX_TITLE, level=0),
        )
        for row in rows:
            self.story.add(row, minimum=row.wrap(0, 0)[1])

    def receipt(self) -> None:
        """送达回证 on a page of its own."""
        self.story.flowables.extend([NextPageTemplate("receipt"), PageBreak()])
        receipt_page(self.story, self.press, self.data)

    def _chapter(self, title: str) -> None:
        self._chapters += 1
        self.story.head(Heading(self.press, f"{numeral(self._chapters)}、{title}", CHAPTER, level=1))

    def _paragraph(self, text: str) -> None:
        self.story.add(ChineseParagraph(self.press, text, BODY))

    def _attachments(self) -> None:
        """附件说明: one line below the text, items under each other, no punctuation at the end (GB/T 9704 7.3.4)."""
        names = self.data.attachments
        if not names:
            return
        numbers = [f"{at}. " for at in range(1, len(names) + 1)] if len(names) > 1 else [""]
        self.story.space(LEADING / 2)
        lines = [
            ChineseParagraph(self.press, f"{'附件：' if at == 0 else '　　　'}{number}{name}", ATTACHMENT)
            for at, (number, name) in enumerate(zip(numbers, names, strict=True))
        ]
        self.story.add(*lines)


def _fact(finding: NoticeFinding) -> str:
    marks = [f"条目{finding.item_code}"] if finding.item_code else []
    if finding.evidence_numbers:
        marks.append(f"证据{'、'.join(finding.evidence_numbers)}")
    return sentence(finding.fact) + (f"（{'，'.join(marks)}）" if marks else "")


def _requirements(data: RectificationNotice) -> list[str]:
    own = [
        f"问题{number}：{sentence(finding.requirement)}"
        for number, finding in enumerate(data.findings, start=1)
        if finding.requirement
    ]
    who = [f"责任主体：{data.main_recipient}；责任人：{data.responsible}。"] if data.responsible else []
    texts = [*data.requirements, *own]
    listed = [f"{at}. {text}" for at, text in enumerate(texts, start=1)] if len(texts) > 1 else texts
    return [*listed, *who]


def _deadlines(data: RectificationNotice) -> Sequence[str]:
    if not data.findings:
        return ()
    days = [finding.due_date for finding in data.findings]
    if min(days) == max(days):
        return (f"上述问题应于{chinese_date(days[0])}前整改到位。",)
    return (f"各项问题的整改时限见上表，最早{chinese_date(min(days))}，最迟{chinese_date(max(days))}。",)
