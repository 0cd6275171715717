"""The sheet: a canvas that gives equal bytes for equal input, page numbers, outline, metadata."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reportlab.lib.colors import black
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from backend.documents.fonts import Face
from backend.documents.grid import BOTTOM, LEFT, PAGE, RIGHT, SIZE_4
from backend.documents.press import Press
from backend.documents.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Meta:
    """What the PDF says of itself. ``issued_at`` must be aware."""

    title: str
    author: str
    subject: str
    issued_at: datetime


class FixedTime:
    """Stands for ReportLab's time stamp: the time of issue, whatever the clock and SOURCE_DATE_EPOCH say."""

    def __init__(self, moment: datetime) -> None:
        offset = moment.utcoffset()
        if offset is None:
            raise ValueError("the time of issue needs a time zone")
        minutes = int(offset.total_seconds() // 60)
        self.t = moment.timestamp()
        self.lt = moment.timetuple()
        self.YMDhms = tuple(self.lt)[:6]
        self.dhh, self.dmm = divmod(minutes, 60)
        self.tzname = moment.tzname()


def open_canvas(target: Any, meta: Meta) -> Sheet:
    """Return a canvas on ``target`` (a binary file) with fixed time, language zh-CN and no Helvetica."""
    sheet = Sheet(target, pagesize=PAGE, invariant=True, pageCompression=1, lang="zh-CN")
    sheet.document._timeStamp = FixedTime(meta.issued_at)
    sheet.setViewerPreference("DisplayDocTitle", "true")
    return sheet


def draw_text(canvas: Canvas, press: Press, x: float, y: float, text: str, face: Face, size: float) -> float:
    """Draw ``text`` set solid from ``x`` on baseline ``y`` and return its width in points."""
    assert isinstance(canvas, Sheet)
    return canvas.letter_solid(press, text, face, x, y, size)


def draw_right(canvas: Canvas, press: Press, x: float, y: float, text: str, face: Face, size: float) -> None:
    """Draw ``text`` so that it ends at ``x``."""
    draw_text(canvas, press, x - press.width(text, face, size), y, text, face, size)


def draw_centred(canvas: Canvas, press: Press, x: float, y: float, text: str, face: Face, size: float) -> None:
    """Draw ``text`` centred on ``x``."""
    draw_text(canvas, press, x - press.width(text, face, size) / 2, y, text, face, size)


def draw_page_number(canvas: Canvas, press: Press, number: int) -> None:
    """Draw 「— 1 —」 7 mm under the type area, odd pages right, even pages left, one character in (GB/T 9704 7.5)."""
    text, y = f"— {number} —", BOTTOM - 7 * mm - SIZE_4 * 0.3
    canvas.setFillColor(black)
    if number % 2:
        draw_right(canvas, press, PAGE[0] - RIGHT - SIZE_4, y, text, Face.SONG, SIZE_4)
    else:
        draw_text(canvas, press, LEFT + SIZE_4, y, text, Face.SONG, SIZE_4)
