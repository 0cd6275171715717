"""报头: the red head of the bulletin, and 目录 below it."""

from collections.abc import Sequence
from functools import partial

from reportlab.lib.colors import black
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from backend.documents.bulletin_data import Masthead
from backend.documents.canvas import draw_centred, draw_right, draw_text
from backend.documents.fonts import Face
from backend.documents.full_width import FullWidth
from backend.documents.grid import LEADING, RED, SIZE_3, SIZE_4, TYPE_WIDTH
from backend.documents.layout.characters import OPENING
from backend.documents.paper import Heading
from backend.documents.press import Press
from backend.documents.sheet import Sheet
from backend.documents.tags import tagged
from backend.documents.wording import chinese_date

NAME_SIZE = 46.0
CONTENTS_LEADING, CLOSEST_LEADING = 24.0, 17.0


class MastheadBlock(FullWidth):
    """Secrecy mark, red name, number of the issue, issuer and date, red line."""

    def __init__(self, press: Press, head: Masthead) -> None:
        self.head = head
        marks = "　".join(text for text in (head.edition, _correction(head)) if text)
        self._extra = [f"（{marks}）"] if marks else []
        super().__init__(press, (LEADING if head.secrecy_mark else 0) + 72 + LEADING * (2 + len(self._extra)) + 14)
        self.spaceAfter = 10

    def paint(self) -> None:
        """Draw from the top."""
        canvas, press, head, y = self.canv, self.press, self.head, self.height
        if head.secrecy_mark:
            draw_text(canvas, press, 0, y - SIZE_3, head.secrecy_mark, Face.HEI, SIZE_3)
            y -= LEADING
        canvas.setFillColor(RED)
        size = self._fitting(head.title, Face.TITLE, NAME_SIZE, TYPE_WIDTH)
        optical = size / 4 if head.title[:1] in OPENING else 0.0  # the empty half of an opening mark is not seen
        draw_centred(canvas, press, TYPE_WIDTH / 2 - optical, y - 50, head.title, Face.TITLE, size)
        canvas.setFillColor(black)
        y -= 72
        for line in [*self._extra, self._number()]:
            draw_centred(canvas, press, TYPE_WIDTH / 2, y - SIZE_3, line, Face.BODY, SIZE_3)
            y -= LEADING
        self._issuer(y - SIZE_3 - 2)
        canvas.setStrokeColor(RED)
        canvas.setLineWidth(1 * mm)
        canvas.line(0, 2, TYPE_WIDTH, 2)

    def _number(self) -> str:
        year = self.head.issue_year or self.head.document_date.year
        return f"{year}年第{self.head.issue_number}期（总第{self.head.total_issue_number}期）"

    def _issuer(self, y: float) -> None:
        day = chinese_date(self.head.document_date)
        room = TYPE_WIDTH - 3 * SIZE_3 - self.press.width(day, Face.BODY, SIZE_3)
        size = self._fitting(self.head.issuer, Face.BODY, SIZE_3, room)
        draw_text(self.canv, self.press, SIZE_3, y, self.head.issuer, Face.BODY, size)
        draw_right(self.canv, self.press, TYPE_WIDTH - SIZE_3, y, day, Face.BODY, SIZE_3)

    def _fitting(self, text: str, face: Face, size: float, room: float) -> float:
        return size * min(1.0, room / max(self.press.width(text, face, size), 1.0))


def _correction(head: Masthead) -> str:
    return f"更正{head.correction_of}" if head.correction_of else ""


class Contents(Flowable):
    """目录: chapters and annexes with dot leaders and links; the pages are filled in when all are known."""

    def __init__(self, press: Press, headings: Sequence[Heading], room: float) -> None:
        """``room`` in points is what the page has left for it; a long list is set closer to fit."""
        super().__init__()
        self.press, self.headings = press, headings
        fitting = (room - LEADING - 8) / len(headings)
        self._leading = min(CONTENTS_LEADING, max(fitting, CLOSEST_LEADING))
        self.width, self.height = TYPE_WIDTH, LEADING + self._leading * len(headings) + 8

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Take the full width; ReportLab's protocol."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw from the top; ReportLab's protocol."""
        sheet = self.canv
        assert isinstance(sheet, Sheet)
        with tagged(sheet, "TOC"):
            sheet.later(partial(self._draw, sheet))
        for at, heading in enumerate(self.headings):
            y = self._baseline(at)
            sheet.linkRect("", heading.key, (0, y - 5, TYPE_WIDTH, y + SIZE_4), relative=1, thickness=0)

    def _baseline(self, at: int) -> float:
        return self.height - LEADING - SIZE_4 - at * self._leading

    def _draw(self, sheet: Sheet) -> None:
        draw_centred(sheet, self.press, TYPE_WIDTH / 2, self.height - SIZE_3 - 2, "目　录", Face.HEI, SIZE_3)
        for at, heading in enumerate(self.headings):
            self._entry(sheet, heading, self._baseline(at))

    def _entry(self, sheet: Sheet, heading: Heading, y: float) -> None:
        room = TYPE_WIDTH - SIZE_4 * 4
        text = heading.text
        while self.press.width(text, Face.BODY, SIZE_4) > room:
            text = text[:-2] + "…"
        end = draw_text(sheet, self.press, SIZE_4, y, text, Face.BODY, SIZE_4) + SIZE_4
        page = str(heading.page)
        start_of_page = TYPE_WIDTH - SIZE_4 - self.press.width(page, Face.BODY, SIZE_4)
        dot = 5.0
        dots = int((start_of_page - end - 8) / dot)
        self._leader(sheet, start_of_page - 4 - dots * dot, y, dots, dot)
        draw_text(sheet, self.press, start_of_page, y, page, Face.BODY, SIZE_4)

    def _leader(self, sheet: Sheet, x: float, y: float, dots: int, pitch: float) -> None:
        """Draw the dots as a line of round dashes: text dots would be read aloud and copied."""
        sheet.saveState()
        sheet.setLineCap(1)
        sheet.setLineWidth(1.1)
        sheet.setDash(0.01, pitch)
        sheet.line(x, y + 3, x + dots * pitch, y + 3)
        sheet.restoreState()
