"""报尾: data cut, means of checking, 报/送/发 and signers, at the foot of the last page."""

from collections.abc import Sequence

from backend.documents.bulletin_data import Bulletin
from backend.documents.canvas import draw_right, draw_text
from backend.documents.fonts import Face
from backend.documents.foot import Foot, checked_by
from backend.documents.grid import SIZE_4, TYPE_WIDTH
from backend.documents.paragraph import ChineseParagraph, Style
from backend.documents.press import Press
from backend.documents.wording import moment, period

RECEIVERS = Style(Face.BODY, SIZE_4, 24, first_indent=-2, left_indent=3, right_indent=1, align="left")


class FooterBlock(Foot):
    """报尾 of a bulletin."""

    def __init__(self, press: Press, data: Bulletin) -> None:
        self.data = data
        receivers = [ChineseParagraph(press, text, RECEIVERS) for text in _receivers(data)]
        super().__init__(press, _notes(data), receivers, data.verification.qr_text)

    def paint_line(self, y: float) -> None:
        """Draw the signers and the number of copies."""
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
    return [
        f"统计时段：{period(data.period_start, data.period_end)}{cut}。{data.data_note}",
        *checked_by(check.content_digest, check.code, check.qr_text, check.audit_root),
    ]
