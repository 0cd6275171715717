"""What closes a paper at the foot of its last page: means of checking it, lists of receivers, a last line; all between
rules as GB/T 9704-2012 7.4 draws them (thick, thin, thick).
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from reportlab.lib.colors import black
from reportlab.platypus import Flowable

from backend.documents.fonts import Face
from backend.documents.grid import SIZE_SMALL_5, THICK, THIN, TYPE_WIDTH
from backend.documents.paragraph import ChineseParagraph, Style
from backend.documents.press import Press
from backend.documents.qr import draw_qr
from backend.documents.tags import tagged

NOTES = Style(Face.SONG, SIZE_SMALL_5, 12.5, align="left")
QR_SIDE, LINE, RAISED = 62.0, 26.0, 18.0


class Foot(Flowable, ABC):
    """Stands at the bottom of whatever page has room for it. Children draw the last line in ``paint_line``."""

    def __init__(self, press: Press, notes: Sequence[str], receivers: Sequence[ChineseParagraph], qr: str) -> None:
        """``qr`` is the text of the mark beside the notes; empty draws none."""
        super().__init__()
        self.press, self._qr = press, qr
        self._notes = [ChineseParagraph(press, text, NOTES) for text in notes]
        self._receivers = list(receivers)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Take all the room that is left, so that the block ends at the foot; ReportLab's protocol."""
        self.width = TYPE_WIDTH
        self._block = self._notes_height() + 8 + sum(p.wrap(self.width, height)[1] for p in self._receivers) + LINE + 8
        self.height = max(self._block, height - 0.5)
        return self.width, self.height

    def take_receivers(self) -> list[ChineseParagraph]:
        """Take the lists of receivers out of the block."""
        receivers, self._receivers = self._receivers, []
        return receivers

    def minimum(self) -> float:
        """Height in points that the block needs."""
        self.wrap(TYPE_WIDTH, 0)
        return self._block

    def draw(self) -> None:
        """Draw from the top of the block; ReportLab's protocol."""
        y = self._draw_notes(self._block) - 8
        self._rule(y, THICK)
        for paragraph in self._receivers:
            y -= paragraph.height
            paragraph.drawOn(self.canv, 0, y)
        if self._receivers:
            y -= 4
            self._rule(y, THIN)
        with tagged(self.canv, "P"):
            self.paint_line(y - RAISED)
        self._rule(0, THICK)

    @abstractmethod
    def paint_line(self, y: float) -> None:
        """Draw the last line on the baseline ``y``."""

    def _notes_width(self) -> float:
        return TYPE_WIDTH - (QR_SIDE + 8 if self._qr else 0)

    def _notes_height(self) -> float:
        text = sum(note.wrap(self._notes_width(), 0)[1] for note in self._notes)
        return max(text, QR_SIDE if self._qr else 0.0)

    def _draw_notes(self, top: float) -> float:
        y = top
        for note in self._notes:
            y -= note.height
            note.drawOn(self.canv, 0, y)
        if self._qr:
            self.canv.setFillColor(black)
            with tagged(self.canv, "Figure", f"二维码：{self._qr}"):
                draw_qr(self.canv, self._qr, TYPE_WIDTH - QR_SIDE, top - QR_SIDE, QR_SIDE)
        return top - self._notes_height()

    def _rule(self, y: float, thickness: float) -> None:
        self.canv.setStrokeColor(black)
        self.canv.setLineWidth(thickness)
        self.canv.line(0, y, TYPE_WIDTH, y)


def checked_by(digest: str, code: str, qr_text: str, audit_root: str = "") -> list[str]:
    """The notes by which a reader checks a paper."""
    lines = [f"内容摘要（SHA-256）：{digest}"] if digest else []
    if audit_root:
        lines.append(f"审计链当日根值：{audit_root}")
    if code:
        lines.append(f"校验码：{code}" + ("（扫右侧二维码核验）" if qr_text else ""))
    return lines
