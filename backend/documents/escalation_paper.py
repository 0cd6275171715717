"""Papers of escalation in the letter form of GB/T 9704-2012 §10.1: facts in, PDF out."""

from dataclasses import replace
from pathlib import Path

from reportlab.platypus import Flowable

from backend.documents.canvas import Meta
from backend.documents.composer import BODY, CHAPTER
from backend.documents.escalation_data import EscalationPaper
from backend.documents.fonts import Face
from backend.documents.grid import LEADING, SIZE_2, SIZE_4, TYPE_HEIGHT, TYPE_WIDTH
from backend.documents.letter import CopyLine, LetterHead, SignatureBlock
from backend.documents.paper import Heading, Pouring, Story, numbered, template
from backend.documents.paragraph import ChineseParagraph, Style
from backend.documents.press import Press
from backend.documents.rendered import Rendered
from backend.documents.ruled_table import RuledTable
from backend.documents.table_cells import CellText
from backend.documents.table_data import Column
from backend.documents.tables import chinese_table, form_table
from backend.documents.wording import numeral, sentence, short_date

TITLE = Style(Face.TITLE, SIZE_2, 33, align="center", space_after=LEADING / 2, balanced=True)
RECIPIENT = replace(BODY, first_indent=0)
LABEL = Style(Face.HEI, SIZE_4 - 1, 20, align="center", balanced=True)
VALUE = Style(Face.BODY, SIZE_4, 22, align="left")
LABEL_WIDTH = 104.0
LEAST_ROW, SIGNATURE_ROW = 34.0, 58.0
FINDING_COLUMNS = (
    Column("序号", 0.7, "center", unbroken=True),
    Column("问题事实", 5.2),
    Column("级别", 0.9, "center", unbroken=True),
    Column("整改期限", 1.4, "center", unbroken=True),
    Column("目前状态", 1.3, "center", unbroken=True),
)


def render(data: EscalationPaper, fonts: Path | None = None) -> Rendered:
    """Return the paper as a PDF. Equal data gives equal bytes; what cannot be printed is in the warnings.

    ``fonts`` is a folder with faces that the office owns. Raises ``ValueError`` when ``issued_at`` has no time zone.
    """
    press = Press(fonts)
    head = LetterHead(press, data.agency_name, data.document_number, data.verification_code, data.verification_address)
    pages = (template("letter", head.draw, top=head.depth, after="page"), template("page", numbered(press)))
    subject = f"{data.title}（{data.document_number}）"
    meta = Meta(f"{subject} {data.main_recipient}".strip(), data.agency_name, subject, data.issued_at)
    poured = Pouring(press, meta, pages).pour(_story(press, data))
    return Rendered(poured.content, poured.pages, press.warnings)


def _story(press: Press, data: EscalationPaper) -> list[Flowable]:
    writer = PaperWriter(press, data)
    writer.opening()
    writer.findings()
    writer.chapters()
    writer.closing()
    return writer.story.flowables


class PaperWriter:
    """Writes the parts of one paper into ``story``."""

    def __init__(self, press: Press, data: EscalationPaper) -> None:
        self.press, self.data, self.story = press, data, Story()
        self._chapters = 0

    def opening(self) -> None:
        """Title, recipient, what it is about, the form with the facts."""
        self.story.head(Heading(self.press, self.data.title, TITLE, level=0))
        if self.data.main_recipient:
            self.story.add(ChineseParagraph(self.press, f"{self.data.main_recipient}：", RECIPIENT))
        for text in self.data.opening:
            self._paragraph(text)
        if self.data.facts:
            self.story.add(_form(self.press, self.data.facts, LEAST_ROW), minimum=0)
            self.story.space(LEADING / 3)

    def findings(self) -> None:
        """The findings that are still open, as a table."""
        if not self.data.findings:
            return
        self._chapter(self.data.findings_title)
        rows = [
            (each.number, sentence(each.fact), each.severity, short_date(each.due_date) if each.due_date else None,
             each.state)
            for each in self.data.findings
        ]  # fmt: skip
        grid = chinese_table(self.press, FINDING_COLUMNS, rows)
        self.story.add(grid, minimum=min(grid.kept_with_caption(self.story.width), TYPE_HEIGHT / 3))
        self.story.space(LEADING / 3)

    def chapters(self) -> None:
        """The other chapters, each if there is something to say; several paragraphs are numbered."""
        for chapter in self.data.chapters:
            if not chapter.paragraphs:
                continue
            self._chapter(chapter.title)
            several = len(chapter.paragraphs) > 1
            for at, text in enumerate(chapter.paragraphs, start=1):
                self._paragraph(f"{at}. {sentence(text)}" if several else sentence(text))

    def closing(self) -> None:
        """The last sentence, then either lines to sign or name, date and place of the seal; copy recipients."""
        if self.data.closing:
            self._paragraph(self.data.closing)
        if self.data.signatures:
            self.story.space(LEADING / 2)
            rows = tuple((label, "") for label in self.data.signatures)
            table = _form(self.press, rows, SIGNATURE_ROW)
            self.story.add(table, minimum=SIGNATURE_ROW * len(rows))
        else:
            self._seal()

    def _seal(self) -> None:
        block = SignatureBlock(self.press, self.data.agency_name, self.data.document_date)
        copies = CopyLine(self.press, self.data.copy_to) if self.data.copy_to else None
        needed = block.height + (copies.minimum() if copies else 0.0)
        self.story.keep_last_block_with(needed + LEADING)
        self.story.add(block, minimum=needed)
        if copies:
            self.story.add(copies, minimum=copies.minimum())

    def _chapter(self, title: str) -> None:
        self._chapters += 1
        self.story.head(Heading(self.press, f"{numeral(self._chapters)}、{title}", CHAPTER, level=1))

    def _paragraph(self, text: str) -> None:
        self.story.add(ChineseParagraph(self.press, text, BODY))


def _form(press: Press, rows: tuple[tuple[str, str], ...], least: float) -> RuledTable:
    """Labels on the left, values on the right; empty ones leave room for the hand."""
    cells = [(CellText(press, label, LABEL), CellText(press, value, VALUE)) for label, value in rows]
    return form_table(press, cells, (LABEL_WIDTH, TYPE_WIDTH - LABEL_WIDTH), [least] * len(rows))
