"""信函格式 (GB/T 9704-2012 §10.1): head, signature block, copy recipients."""

from collections.abc import Sequence
from datetime import date

from reportlab.lib.colors import black
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from backend.documents.canvas import draw_centred, draw_right
from backend.documents.fonts import Face
from backend.documents.full_width import FullWidth
from backend.documents.grid import (
    GREY,
    LEADING,
    PAGE,
    RED,
    RIGHT,
    SIZE_3,
    SIZE_4,
    SIZE_5,
    SIZE_SMALL_5,
    TOP,
    TYPE_WIDTH,
)
from backend.documents.paragraph import BASELINE, ChineseParagraph, Style
from backend.documents.press import Press
from backend.documents.qr import draw_qr
from backend.documents.tags import tagged
from backend.documents.wording import chinese_date

NAME_TOP, NAME_SIZE = 30 * mm, 40.0
QR_SIDE = 14 * mm
LINE_WIDTH, THICK_LINE, THIN_LINE, LINE_GAP = 170 * mm, 2.0, 0.7, 2.6
BELOW_NAME, FOOT = 4 * mm, 20 * mm
COPIES = Style(Face.BODY, SIZE_4, 24, first_indent=-3, left_indent=4, right_indent=1, align="left")


class LetterHead:
    """The fixed marks of the first page."""

    def __init__(self, press: Press, agency: str, number: str, code: str = "", address: str = "") -> None:
        self.press, self.agency, self.number, self.code, self.address = press, agency, number, code, address
        self.size = min(NAME_SIZE, NAME_SIZE * TYPE_WIDTH / max(press.width(agency, Face.TITLE, NAME_SIZE), 1))
        self._line = PAGE[1] - NAME_TOP - self.size - BELOW_NAME
        self._number_y = self._line - LINE_GAP - 22
        self.depth = PAGE[1] - TOP - self._number_y + LEADING * 0.9
        """Points by which the type area of page 1 begins lower."""

    def draw(self, canvas: Canvas, _page: int) -> None:
        """Draw name, lines and number."""
        middle = PAGE[0] / 2
        canvas.setFillColor(RED)
        name_y = PAGE[1] - NAME_TOP - BASELINE * self.size
        draw_centred(canvas, self.press, middle, name_y, self.agency, Face.TITLE, self.size)
        self._double(canvas, self._line, thick_first=True)
        self._double(canvas, FOOT, thick_first=False)
        canvas.setFillColor(black)
        draw_right(canvas, self.press, PAGE[0] - RIGHT, self._number_y, self.number, Face.BODY, SIZE_3)
        if self.code:
            self._verification(canvas)

    def _verification(self, canvas: Canvas) -> None:
        """The short code, and the mark by which a telephone finds the public page about it, between text and foot."""
        right = PAGE[0] - RIGHT
        if self.address:
            right -= QR_SIDE + 4
            with tagged(canvas, "Figure", f"二维码：{self.address}"):
                draw_qr(canvas, self.address, PAGE[0] - RIGHT - QR_SIDE, FOOT + 1.5, QR_SIDE)
        canvas.setFillColor(GREY)
        draw_right(canvas, self.press, right, FOOT + 22, f"校验码：{self.code}", Face.SONG, SIZE_SMALL_5)
        if self.address:
            draw_right(canvas, self.press, right, FOOT + 9, "扫码核验文书真伪", Face.SONG, SIZE_SMALL_5)

    def _double(self, canvas: Canvas, y: float, *, thick_first: bool) -> None:
        """Draw two red lines, ``y`` being the upper one above and the lower one at the foot."""
        left, right = (PAGE[0] - LINE_WIDTH) / 2, (PAGE[0] + LINE_WIDTH) / 2
        canvas.setStrokeColor(RED)
        upper, lower = (y, y - LINE_GAP) if thick_first else (y + LINE_GAP, y)
        for at, width in (
            (upper, THICK_LINE if thick_first else THIN_LINE),
            (lower, THIN_LINE if thick_first else THICK_LINE),
        ):
            canvas.setLineWidth(width)
            canvas.line(left, at, right, at)


class SignatureBlock(FullWidth):
    """署名 over 成文日期 with room for the seal.

    The date ends four characters from the right edge, the name is centred on it (7.3.5.1). A seal is never drawn: a
    grey 「（印章）」 shows where it goes.
    """

    def __init__(self, press: Press, agency: str, day: date, leading: float = LEADING) -> None:
        super().__init__(press, leading * 4.2)
        self.agency, self.day, self.leading = agency, chinese_date(day), leading

    def paint(self) -> None:
        """Draw name, place of the seal, date."""
        day = self.press.width(self.day, Face.BODY, SIZE_3)
        middle = TYPE_WIDTH - 4 * SIZE_3 - day / 2
        name = self.press.width(self.agency, Face.BODY, SIZE_3)
        centre = min(middle, TYPE_WIDTH - name / 2)
        self.canv.setFillColor(black)
        draw_centred(self.canv, self.press, centre, self.leading * 2.2, self.agency, Face.BODY, SIZE_3)
        draw_centred(self.canv, self.press, middle, self.leading * 0.6, self.day, Face.BODY, SIZE_3)
        self.canv.setFillColor(GREY)
        draw_centred(self.canv, self.press, middle, self.leading * 1.45, "（印章）", Face.SONG, SIZE_5)


class CopyLine(Flowable):
    """抄送 at the foot of the page, 4号仿宋, one character in from both sides, without lines in a letter."""

    def __init__(self, press: Press, names: Sequence[str]) -> None:
        super().__init__()
        self._text = ChineseParagraph(press, f"抄送：{'，'.join(names)}。", COPIES)

    @property
    def text(self) -> ChineseParagraph:
        """The paragraph itself, for a list too long for the foot of a page."""
        return self._text

    def minimum(self) -> float:
        """Height in points of the text."""
        return self._text.wrap(TYPE_WIDTH, 0)[1] + 6

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Take what is left of the page; ReportLab's protocol."""
        self.width, self.height = TYPE_WIDTH, max(self.minimum(), height - 0.5)
        return self.width, self.height

    def draw(self) -> None:
        """Draw at the foot; ReportLab's protocol."""
        self._text.drawOn(self.canv, 0, 0)
