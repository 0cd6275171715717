"""送达回证: the form that proves service, blank where a hand has to write."""

from dataclasses import replace

from backend.documents.fonts import Face
from backend.documents.grid import SIZE_2, SIZE_4, TYPE_WIDTH
from backend.documents.notice_data import RectificationNotice
from backend.documents.paper import Heading, Story
from backend.documents.paragraph import ChineseParagraph, Style
from backend.documents.press import Press
from backend.documents.table_cells import CellText
from backend.documents.tables import form_table
from backend.documents.wording import chinese_date, moment

TITLE = Style(Face.TITLE, SIZE_2, 40, align="center", space_after=6)
NUMBER = Style(Face.BODY, SIZE_4, 24, align="right", space_after=4)
LABEL = Style(Face.HEI, SIZE_4 - 1, 20, align="center", balanced=True)
VALUE = Style(Face.BODY, SIZE_4, 22, align="left")
AGENCY = Style(Face.BODY, SIZE_4, 24, align="center")
LABEL_WIDTH = 118.0
ROW_HEIGHTS = (46.0, 46.0, 46.0, 46.0, 46.0, 84.0, 62.0, 74.0)


def receipt_page(story: Story, press: Press, data: RectificationNotice) -> None:
    """Add the form; the caller begins the page."""
    story.add(ChineseParagraph(press, data.agency_name, AGENCY), Heading(press, "送达回证", TITLE, level=0), minimum=0)
    story.add(ChineseParagraph(press, data.document_number, NUMBER), minimum=0)
    rows = _rows(data)
    rows_of_cells = [(CellText(press, label, LABEL), CellText(press, value, VALUE)) for label, value in rows]
    widths = (LABEL_WIDTH, TYPE_WIDTH - LABEL_WIDTH)
    story.add(form_table(press, rows_of_cells, widths, ROW_HEIGHTS), minimum=0)
    note = "注：受送达单位拒绝签收的，送达人应当在备注栏注明情况、日期，并由见证人签名。"
    story.add(ChineseParagraph(press, note, replace(VALUE, size=10.5, leading=18, space_before=6)), minimum=0)


def _rows(data: RectificationNotice) -> tuple[tuple[str, str], ...]:
    receipt = data.receipt
    return (
        ("送达文书", f"《{data.title}》（{data.document_number}，{chinese_date(data.document_date)}）"),
        ("受送达单位", data.main_recipient),
        ("送达地址", receipt.unit_address),
        ("送达方式", receipt.way or "□直接送达　□系统送达　□邮寄送达　□留置"),
        (
            "送达时间",
            moment(receipt.delivered_at) if receipt.delivered_at else "　　　　　　　　年　　月　　日　　时　　分",
        ),
        ("受送达人签名或盖章", receipt.received_by),
        ("送达人签名", "、".join(receipt.delivered_by)),
        ("备注", receipt.remarks),
    )
