"""双减督查半月报: facts in, PDF out.

Layout: paper, type area, faces, levels and page number of GB/T 9704-2012; 报头 and 报尾 of a 简报, to which
the standard is not binding. Contents as in the half-monthly reports of 2021-2023: overview, visits, schools,
institutions, cases, rectification, tips, next steps, annexes.
"""

from functools import partial
from pathlib import Path

from reportlab.platypus import Flowable

from backend.documents import bulletin_chapters as chapters
from backend.documents.bulletin_annexes import add_annexes
from backend.documents.bulletin_data import Bulletin
from backend.documents.canvas import Meta
from backend.documents.composer import Composer
from backend.documents.figures import figure_rows
from backend.documents.fitting import Setting, fitted
from backend.documents.fonts import Face
from backend.documents.footer_block import FooterBlock
from backend.documents.grid import LEADING, SIZE_3, TYPE_HEIGHT
from backend.documents.masthead import Contents, MastheadBlock
from backend.documents.paper import Heading, Poured, Pouring, headings_of, numbered, template
from backend.documents.paragraph import Style
from backend.documents.press import Press
from backend.documents.rendered import Rendered
from backend.documents.ruled_table import RuledTable

CONTENTS_FROM = 4  # pages; a shorter issue needs no 目录
MOST_LISTED = 24  # entries that 目录 holds on the first page; a longer list is left to the outline
FIGURE_ROWS_TOGETHER = 2
FOOTER_GAP = 16.0  # points between the text and 报尾 at least
OVERVIEW_EXTRA = 2 * LEADING + 18  # heading of the overview and the space around it
OVERVIEW = Style(Face.HEI, SIZE_3, LEADING, align="center", space_before=6)


def render(data: Bulletin, fonts: Path | None = None) -> Rendered:
    """Return the bulletin as a PDF.

    ``fonts`` is a folder with faces that the office owns (see ``fonts.faces``). Equal data gives equal bytes. Raises
    ``ValueError`` when ``issued_at`` has no time zone; nothing in the text or the photos raises: what cannot be printed
    is in the warnings.
    """
    press = Press(fonts)
    poured = _pour(press, data, contents=True)
    if poured.pages <= CONTENTS_FROM:  # a short issue may be shorter still without 目录
        shorter = _pour(press, data, contents=False)
        poured = shorter if shorter.pages < CONTENTS_FROM else poured
    return Rendered(poured.content, poured.pages, press.warnings)


def _pour(press: Press, data: Bulletin, *, contents: bool) -> Poured:
    meta = Meta(_title(data), data.masthead.issuer, "双减督查半月报", data.issued_at)
    story = fitted(partial(_story, press, data, contents=contents))
    return Pouring(press, meta, [template("page", numbered(press))]).pour(story)


def _title(data: Bulletin) -> str:
    head = data.masthead
    year = head.issue_year or head.document_date.year
    return f"{head.title}{year}年第{head.issue_number}期（总第{head.total_issue_number}期）"


def _story(press: Press, data: Bulletin, setting: Setting, *, contents: bool) -> list[Flowable]:
    composer = Composer(press, setting)
    story = composer.story
    head, figures = MastheadBlock(press, data.masthead), figure_rows(press, data.figures)
    story.add(head, minimum=0)
    place = len(story.flowables)
    story.head(Heading(press, "本期要览", OVERVIEW, level=0, in_contents=False))
    if figures:
        story.add(*figures, minimum=sum(row.height for row in figures[:FIGURE_ROWS_TOGETHER]) + 2)
        story.space(8)
    else:
        composer.missing()
    for write in chapters.ALL:
        write(composer, data)
    add_annexes(composer, data)
    _add_footer(composer, FooterBlock(press, data))
    listed = [heading for heading in headings_of(story.flowables) if heading.in_contents]
    if contents and 0 < len(listed) <= MOST_LISTED:
        room = TYPE_HEIGHT - head.height - sum(row.height for row in figures) - OVERVIEW_EXTRA
        story.flowables.insert(place, Contents(press, listed, room))
    return story.flowables


def _add_footer(composer: Composer, footer: FooterBlock) -> None:
    """Add 报尾 so that it is never alone on the last page: some rows or the last paragraph come with it.

    A list of receivers that fills half a page is set before the block, where it can run on to the next page.
    """
    story = composer.story
    if footer.minimum() > TYPE_HEIGHT / 2:
        story.add(*footer.take_receivers())
    minimum = footer.minimum() + FOOTER_GAP
    table = next((flowable for flowable in story.last_block() if isinstance(flowable, RuledTable)), None)
    if table:
        table.room_after += minimum
    else:
        story.keep_last_block_with(minimum)
    story.space(FOOTER_GAP / 2)
    story.add(footer, minimum=footer.minimum())
