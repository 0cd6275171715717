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
from backend.documents.foot import Foot, checked_by
from backend.documents.full_width import FullWidth
from backend.documents.grid import (
    LEADING,
    RED,
    SIZE_2,
    SIZE_3,
    SIZE_4,
    TYPE_WIDTH,
)
from backend.documents.letter import SignatureBlock
from backend.documents.paper import Heading, Pouring, numbered, template
from backend.documents.paragraph import ChineseParagraph, Style
from backend.documents.press import Press
from backend.documents.rendered import Rendered
from backend.documents.ruled_table import RuledTable
from backend.documents.wording import chinese_date, moment, numeral, sentence

NAME_SIZE, NAME_TOP = 48.0, 35 * mm
TITLE = Style(Face.TITLE, SIZE_2, 33, align="center", space_before=LEADING, space_after=LEADING / 2, balanced=True)
RECIPIENT = replace(BODY, first_indent=0)
ATTACHMENT = replace(BODY, first_indent=-4.2, left_indent=6.2, align="left")
COPIES = Style(Face.BODY, SIZE_4, 24, first_indent=-3, left_indent=4, right_indent=1, align="left")
FOOTER_GAP = 16.0
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
    block, footer = (
        SignatureBlock(press, data.agency_name, data.document_date, setting.leading),
        ImprintBlock(press, data),
    )
    below = LEADING if data.rankings else footer.minimum() + FOOTER_GAP
    story.keep_last_block_with(block.height + below)  # no page is signed that has no text (7.3.5.5)
    story.add(block, minimum=block.height)
    if data.rankings:
        composer.annex(RANKINGS, only=True)
        for table in data.rankings:
            composer.table(table)
    _close(composer, footer)
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


def _close(composer: Composer, footer: "ImprintBlock") -> None:
    """版记 at the foot of the last page, never alone on it."""
    minimum = footer.minimum() + FOOTER_GAP
    table = next((each for each in composer.story.last_block() if isinstance(each, RuledTable)), None)
    if table:
        table.room_after += minimum
    else:
        composer.story.keep_last_block_with(minimum)
    composer.story.space(FOOTER_GAP / 2)
    composer.story.add(footer, minimum=footer.minimum())


class CircularHead(FullWidth):
    """版头: the red name, the number, the red line."""

    def __init__(self, press: Press, agency: str, number: str) -> None:
        self.agency, self.number = f"{agency}文件", number
        self.size = min(NAME_SIZE, NAME_SIZE * TYPE_WIDTH / max(press.width(self.agency, Face.TITLE, NAME_SIZE), 1))
        super().__init__(press, NAME_TOP + self.size + 2 * LEADING + 4 * mm + 4)

    def paint(self) -> None:
        """Draw from the top."""
        canvas, middle = self.canv, TYPE_WIDTH / 2
        canvas.setFillColor(RED)
        name_y = self.height - NAME_TOP - self.size * 0.86
        draw_centred(canvas, self.press, middle, name_y, self.agency, Face.TITLE, self.size)
        canvas.setFillColor(black)
        draw_centred(canvas, self.press, middle, 4 * mm + 7, self.number, Face.BODY, SIZE_3)
        canvas.setStrokeColor(RED)
        canvas.setLineWidth(0.7 * mm)
        canvas.line(0, 2, TYPE_WIDTH, 2)


class ImprintBlock(Foot):
    """版记: how the paper is checked, 抄送, printing agency and day, between lines."""

    def __init__(self, press: Press, data: Circular) -> None:
        self.data = data
        copies = [ChineseParagraph(press, f"抄送：{'，'.join(data.copy_to)}。", COPIES)] if data.copy_to else []
        cut = [f"数据来源：督查系统，数据截止{moment(data.data_cut)}。"] if data.data_cut else []
        notes = [*cut, *checked_by(data.content_digest, data.code, data.qr_text)]
        super().__init__(press, notes, copies, data.qr_text)

    def paint_line(self, y: float) -> None:
        """Draw the agency and the day of printing."""
        day = f"{chinese_date(self.data.document_date)}印发"
        draw_text(self.canv, self.press, SIZE_4, y, self.data.agency_name, Face.BODY, SIZE_4)
        draw_right(self.canv, self.press, TYPE_WIDTH - SIZE_4, y, day, Face.BODY, SIZE_4)
