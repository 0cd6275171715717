"""通报: facts in, PDF out.

The full form of an official paper (文件格式, GB/T 9704-2012): red name of the agency 35 mm below the top of the type
area, number two lines below it, red line 4 mm further down; title, recipients, text, annexes on new pages, and 版记 at
the foot of the last page.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path

from reportlab.lib.colors import black
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from backend.documents.canvas import Meta, draw_centred, draw_right, draw_text
from backend.documents.circular_data import Circular, Named
from backend.documents.composer import BODY, Composer
from backend.documents.fitting import Setting, fitted
from backend.documents.fonts import Face
from backend.documents.grid import (
    LEADING,
    RED,
    SIZE_2,
    SIZE_3,
    SIZE_4,
    SIZE_SMALL_5,
    THICK,
    THIN,
    TYPE_WIDTH,
)
from backend.documents.letter import SignatureBlock
from backend.documents.paper import Heading, Pouring, numbered, template
from backend.documents.paragraph import ChineseParagraph, Style
from backend.documents.press import Press
from backend.documents.qr import draw_qr
from backend.documents.rendered import Rendered
from backend.documents.ruled_table import RuledTable
from backend.documents.tags import tagged
from backend.documents.wording import chinese_date, moment, numeral, sentence

NAME_SIZE, NAME_TOP = 48.0, 35 * mm
TITLE = Style(Face.TITLE, SIZE_2, 33, align="center", space_before=LEADING, space_after=LEADING / 2, balanced=True)
RECIPIENT = replace(BODY, first_indent=0)
ATTACHMENT = replace(BODY, first_indent=-4.2, left_indent=6.2, align="left")
COPIES = Style(Face.BODY, SIZE_4, 24, first_indent=-3, left_indent=4, right_indent=1, align="left")
NOTES = Style(Face.SONG, SIZE_SMALL_5, 12.5, align="left")
QR_SIDE, LINE, FOOTER_GAP = 62.0, 26.0, 16.0
RANKINGS = "同类单位得分排名表"


def render(data: Circular, fonts: Path | None = None) -> Rendered:
    """Return the circular as a PDF. Equal data gives equal bytes. Raises ``ValueError`` when ``issued_at`` has no time
    zone; what cannot be printed is in the warnings.
    """
    press = Press(fonts)
    meta = Meta(f"{data.title}（{data.document_number}）", data.agency_name, data.title, data.issued_at)
    story = fitted(partial(_story, press, data))
    poured = Pouring(press, meta, [template("page", numbered(press))]).pour(story)
    return Rendered(poured.content, poured.pages, press.warnings)


def _story(press: Press, data: Circular, setting: Setting) -> list[Flowable]:
    composer = Composer(press, setting)
    story = composer.story
    story.add(CircularHead(press, data.agency_name, data.document_number), minimum=0)
    story.head(Heading(press, data.title, TITLE, level=0))
    story.add(ChineseParagraph(press, f"{'、'.join(data.main_recipients)}：", RECIPIENT))
    _chapters(composer, data)
    if data.rankings:
        story.space(LEADING / 2)
        story.add(ChineseParagraph(press, f"附件：{RANKINGS}", ATTACHMENT))
    block = SignatureBlock(press, data.agency_name, data.document_date)
    story.keep_last_block_with(block.height + LEADING)
    story.add(block, minimum=block.height)
    if data.rankings:
        composer.annex(RANKINGS, only=True)
        for table in data.rankings:
            composer.table(table)
    _close(composer, data)
    return story.flowables


def _chapters(composer: Composer, data: Circular) -> None:
    composer.paragraphs([f"现将{_subject(data.title)}通报如下。"])
    composer.chapter("基本情况")
    if data.overview:
        composer.paragraphs(data.overview)
    else:
        composer.missing()
    for title, named in (("好的做法", data.practices), ("存在问题", data.problems)):
        if named:
            composer.chapter(title)
            _named(composer, named)
    if data.demands:
        composer.chapter("整改要求")
        composer.paragraphs([f"（{numeral(at)}）{text}" for at, text in enumerate(data.demands, start=1)])


def _subject(title: str) -> str:
    """关于2026年3月“双减”督查情况的通报 → 2026年3月“双减”督查情况."""
    return title.removeprefix("关于").removesuffix("的通报")


def _named(composer: Composer, items: tuple[Named, ...]) -> None:
    for number, item in enumerate(items, start=1):
        marks = [f"依据：{item.legal_basis}"] if item.legal_basis else []
        marks += [f"级别：{item.severity}"] if item.severity else []
        text = sentence(item.text) + (f"（{'；'.join(marks)}。）" if marks else "")
        state = f"办理情况：{sentence(item.state)}" if item.state else ""
        composer.spans((f"{number}. ", Face.BODY), (f"{item.place}。", Face.KAI), (text + state, Face.BODY))


def _close(composer: Composer, data: Circular) -> None:
    """版记 at the foot of the last page, never alone on it."""
    footer = ImprintBlock(composer.press, data)
    minimum = footer.minimum() + FOOTER_GAP
    table = next((each for each in composer.story.last_block() if isinstance(each, RuledTable)), None)
    if table:
        table.room_after += minimum
    else:
        composer.story.keep_last_block_with(minimum)
    composer.story.space(FOOTER_GAP / 2)
    composer.story.add(footer, minimum=footer.minimum())


class CircularHead(Flowable):
    """版头: the red name, the number, the red line."""

    def __init__(self, press: Press, agency: str, number: str) -> None:
        super().__init__()
        self.press, self.agency, self.number = press, f"{agency}文件", number
        self.size = min(NAME_SIZE, NAME_SIZE * TYPE_WIDTH / max(press.width(self.agency, Face.TITLE, NAME_SIZE), 1))
        self.width = TYPE_WIDTH
        self.height = NAME_TOP + self.size + 2 * LEADING + 4 * mm + 4

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Take the full width; ReportLab's protocol."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw from the top; ReportLab's protocol."""
        with tagged(self.canv, "P"):
            self._draw()

    def _draw(self) -> None:
        canvas, middle = self.canv, TYPE_WIDTH / 2
        canvas.setFillColor(RED)
        name_y = self.height - NAME_TOP - self.size * 0.86
        draw_centred(canvas, self.press, middle, name_y, self.agency, Face.TITLE, self.size)
        canvas.setFillColor(black)
        draw_centred(canvas, self.press, middle, 4 * mm + 7, self.number, Face.BODY, SIZE_3)
        canvas.setStrokeColor(RED)
        canvas.setLineWidth(0.7 * mm)
        canvas.line(0, 2, TYPE_WIDTH, 2)


class ImprintBlock(Flowable):
    """版记: how the paper is checked, 抄送, printing agency and day, between lines."""

    def __init__(self, press: Press, data: Circular) -> None:
        super().__init__()
        self.press, self.data = press, data
        self._notes = [ChineseParagraph(press, text, NOTES) for text in _notes(data)]
        self._copies = ChineseParagraph(press, f"抄送：{'，'.join(data.copy_to)}。", COPIES) if data.copy_to else None

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Take all the room that is left, so that the block ends at the foot; ReportLab's protocol."""
        self.width = TYPE_WIDTH
        copies = self._copies.wrap(TYPE_WIDTH, height)[1] if self._copies else 0.0
        self._block = self._notes_height() + 8 + copies + LINE + 8
        self.height = max(self._block, height - 0.5)
        return self.width, self.height

    def minimum(self) -> float:
        """Height in points that the block needs."""
        self.wrap(TYPE_WIDTH, 0)
        return self._block

    def draw(self) -> None:
        """Draw from the top of the block; ReportLab's protocol."""
        y = self._draw_notes(self._block) - 8
        self._rule(y, THICK)
        if self._copies:
            y -= self._copies.height
            self._copies.drawOn(self.canv, 0, y)
            y -= 4
            self._rule(y, THIN)
        with tagged(self.canv, "P"):
            day = f"{chinese_date(self.data.document_date)}印发"
            draw_text(self.canv, self.press, SIZE_4, y - 18, self.data.agency_name, Face.BODY, SIZE_4)
            draw_right(self.canv, self.press, TYPE_WIDTH - SIZE_4, y - 18, day, Face.BODY, SIZE_4)
        self._rule(0, THICK)

    def _notes_width(self) -> float:
        return TYPE_WIDTH - (QR_SIDE + 8 if self.data.qr_text else 0)

    def _notes_height(self) -> float:
        text = sum(note.wrap(self._notes_width(), 0)[1] for note in self._notes)
        return max(text, QR_SIDE if self.data.qr_text else 0.0)

    def _draw_notes(self, top: float) -> float:
        y = top
        for note in self._notes:
            y -= note.height
            note.drawOn(self.canv, 0, y)
        if self.data.qr_text:
            self.canv.setFillColor(black)
            with tagged(self.canv, "Figure", f"二维码：{self.data.qr_text}"):
                draw_qr(self.canv, self.data.qr_text, TYPE_WIDTH - QR_SIDE, top - QR_SIDE, QR_SIDE)
        return top - self._notes_height()

    def _rule(self, y: float, thickness: float) -> None:
        self.canv.setStrokeColor(black)
        self.canv.setLineWidth(thickness)
        self.canv.line(0, y, TYPE_WIDTH, y)


def _notes(data: Circular) -> list[str]:
    lines = [f"数据来源：督查系统，数据截止{moment(data.data_cut)}。"] if data.data_cut else []
    if data.content_digest:
        lines.append(f"内容摘要（SHA-256）：{data.content_digest}")
    if data.code:
        lines.append(f"校验码：{data.code}" + ("（扫右侧二维码核验）" if data.qr_text else ""))
    return lines
