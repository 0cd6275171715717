"""报尾: data cut, means of checking, 报/送/发 and signers, at the foot of the last page."""

from collections.abc import Sequence

from reportlab.lib.colors import black
from reportlab.platypus import Flowable

from backend.documents.bulletin_data import Bulletin
from backend.documents.canvas import draw_right, draw_text
from backend.documents.fonts import Face
from backend.documents.grid import SIZE_4, SIZE_SMALL_5, THICK, THIN, TYPE_WIDTH
from backend.documents.paragraph import ChineseParagraph, Style
from backend.documents.press import Press
from backend.documents.qr import draw_qr
from backend.documents.tags import tagged
from backend.documents.wording import moment, period

RECEIVERS = Style(Face.BODY, SIZE_4, 24, first_indent=-2, left_indent=3, right_indent=1, align="left")
NOTES = Style(Face.SONG, SIZE_SMALL_5, 12.5, align="left")
QR_SIDE, LINE = 62.0, 26.0


class FooterBlock(Flowable):
    """Stands at the bottom of whatever page has room for it."""

    def __init__(self, press: Press, data: Bulletin) -> None:
        super().__init__()
        self.press, self.data = press, data
        self._qr = data.verification.qr_text
        self._notes = [ChineseParagraph(press, text, NOTES) for text in _notes(data)]
        self._receivers = [ChineseParagraph(press, text, RECEIVERS) for text in _receivers(data)]

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
        y -= 4
        if self._receivers:
            self._rule(y, THIN)
        with tagged(self.canv, "P"):
            self._signers(y - 18)
        self._rule(0, THICK)

    def _notes_width(self) -> float:
        return TYPE_WIDTH - (QR_SIDE + 8 if self._qr else 0)

    def _notes_height(self) -> float:
        text = sum(p.wrap(self._notes_width(), 0)[1] for p in self._notes)
        return max(text, QR_SIDE if self._qr else 0.0)

    def _draw_notes(self, top: float) -> float:
        y = top
        for paragraph in self._notes:
            y -= paragraph.height
            paragraph.drawOn(self.canv, 0, y)
        if self._qr:
            self.canv.setFillColor(black)
            with tagged(self.canv, "Figure", f"二维码：{self._qr}"):
                draw_qr(self.canv, self._qr, TYPE_WIDTH - QR_SIDE, top - QR_SIDE, QR_SIDE)
        return top - self._notes_height()

    def _rule(self, y: float, thickness: float) -> None:
        self.canv.setStrokeColor(black)
        self.canv.setLineWidth(thickness)
        self.canv.line(0, y, TYPE_WIDTH, y)

    def _signers(self, y: float) -> None:
        signers, copies = self.data.signers, self.data.distribution.copies
        texts = (f"主编：{signers.chief_editor}", f"责任编辑：{signers.editor}", f"签发：{signers.signed_by}")
        right = f"共印{copies}份" if copies is not None else ""
        room = TYPE_WIDTH - 2 * SIZE_4 - self.press.width(right, Face.BODY, SIZE_4) - SIZE_4
        size = min(SIZE_4, SIZE_4 * room / max(sum(self.press.width(t, Face.BODY, SIZE_4) for t in texts) + 28, 1))
        self._spread(texts, y, room, size)
        draw_right(self.canv, self.press, TYPE_WIDTH - SIZE_4, y, right, Face.BODY, SIZE_4)

    def _spread(self, texts: Sequence[str], y: float, room: float, size: float) -> None:
        """Draw the signers with equal gaps: an empty one leaves a place for the hand."""
        gap = (room - sum(self.press.width(text, Face.BODY, size) for text in texts)) / len(texts)
        x = SIZE_4
        for text in texts:
            x += draw_text(self.canv, self.press, x, y, text, Face.BODY, size) + gap


def _receivers(data: Bulletin) -> list[str]:
    lists = (("报", data.distribution.report_to), ("送", data.distribution.send_to), ("发", data.distribution.issue_to))
    return [f"{mark}：{'，'.join(names)}。" for mark, names in lists if names]


def _notes(data: Bulletin) -> list[str]:
    check = data.verification
    cut = f"，数据截止{moment(data.data_cut)}" if data.data_cut else ""
    lines = [f"统计时段：{period(data.period_start, data.period_end)}{cut}。{data.data_note}"]
    if check.content_digest:
        lines.append(f"内容摘要（SHA-256）：{check.content_digest}")
    if check.audit_root:
        lines.append(f"审计链当日根值：{check.audit_root}")
    if check.code:
        lines.append(f"校验码：{check.code}" + ("（扫右侧二维码核验）" if check.qr_text else ""))
    return lines
