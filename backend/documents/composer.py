"""The hand that writes a bulletin: numbers chapters, tables and charts, and says when there is no data."""

from collections.abc import Sequence
from dataclasses import replace

from reportlab.platypus import Flowable, PageBreak

from backend.documents.beside import Beside
from backend.documents.bulletin_data import Section
from backend.documents.charts import Rows, StackedChart, StackedItem
from backend.documents.charts.chart import Chart
from backend.documents.fitting import Setting
from backend.documents.fonts import Face
from backend.documents.grid import LEADING, SIZE_2, SIZE_3, SIZE_5, TYPE_HEIGHT, TYPE_WIDTH
from backend.documents.layout import Span
from backend.documents.paper import Heading, Story
from backend.documents.paragraph import ChineseParagraph, Style
from backend.documents.photo_data import Photo
from backend.documents.photos import photo_rows
from backend.documents.press import Press
from backend.documents.table_data import TableData
from backend.documents.tables import CAPTION, NO_DATA, NOTE, add_table, chinese_table
from backend.documents.wording import numeral, sentence

BODY = Style(leading=LEADING, first_indent=2)
CHAPTER = Style(Face.HEI, SIZE_3, LEADING, first_indent=2, align="left")
SUBHEAD = Style(Face.KAI, SIZE_3, LEADING, first_indent=2, align="left")
ANNEX_MARK = Style(Face.HEI, SIZE_3, LEADING, align="left")
ANNEX_TITLE = Style(Face.TITLE, SIZE_2 - 2, 30, align="center", space_before=4, space_after=10, balanced=True)
TABLE_BESIDE = 236.0
"""Points of a table that has bars beside it."""
MOST_BESIDE = TYPE_HEIGHT * 0.7
PHOTO_HEIGHT = 122.0
"""Points (43 mm) at most: a case and its photos stay on one page, and eight of them take less than two."""


class Composer:
    """Writes into ``story``; counters run through the whole paper, those of subsections per chapter."""

    def __init__(self, press: Press, setting: Setting | None = None) -> None:
        self.press, self.story, self.setting = press, Story(), setting or Setting()
        self._body, self._chapter, self._subhead = (
            replace(style, leading=self.setting.leading) for style in (BODY, CHAPTER, SUBHEAD)
        )
        self._chapters = self._subsections = self._tables = self._charts = self._annexes = self._sections = 0

    def chapter(self, title: str) -> None:
        """Begin chapter 一、二、…"""
        self._chapters, self._subsections = self._chapters + 1, 0
        self.story.head(Heading(self.press, f"{numeral(self._chapters)}、{title}", self._chapter, level=0))

    def subsection(self, title: str) -> None:
        """Begin subsection （一）（二）…"""
        self._subsections += 1
        text = f"（{numeral(self._subsections)}）{title}"
        self.story.head(Heading(self.press, text, self._subhead, 1, in_contents=False))

    def annex(self, title: str, *, only: bool = False, brief: bool = False) -> None:
        """Begin an annex on a new page (GB/T 9704 7.3.7), a ``brief`` one behind another annex where that leaves room;
        an ``only`` one has no number.
        """
        self._annexes += 1
        mark = "附件" if only else f"附件{self._annexes}"
        if brief and self._annexes > 1:
            self.story.space(self._body.leading)
        else:
            self._sections += 1
            self.story.flowables.append(PageBreak())
        self.story.head(
            ChineseParagraph(self.press, mark, ANNEX_MARK),
            AnnexTitle(self.press, title, ANNEX_TITLE, level=0, mark=mark),
        )

    def paragraphs(self, texts: Sequence[str]) -> None:
        """Add paragraphs of body text."""
        for text in texts:
            if text.strip():
                self.story.add(ChineseParagraph(self.press, text.strip(), self._body))

    def spans(self, *spans: tuple[str, Face]) -> None:
        """Add one paragraph in several faces."""
        self.story.add(ChineseParagraph(self.press, [Span(text, face) for text, face in spans if text], self._body))

    def missing(self, what: str = "") -> None:
        """Say that there is no data, instead of leaving a reader to guess."""
        self.paragraphs([sentence(f"{what}：{NO_DATA}" if what else NO_DATA)])

    def section(self, section: Section) -> None:
        """Add a chapter's own text and tables."""
        self.paragraphs(section.paragraphs)
        self.parts(section)

    def parts(self, section: Section) -> None:
        """Add subsections and tables."""
        for subsection in section.subsections:
            self.subsection(subsection.title)
            if subsection.paragraphs:
                self.paragraphs(subsection.paragraphs)
            else:
                self.missing()
        for table in section.tables:
            self.table(table)

    @property
    def white(self) -> float:
        """Points by which the white in the tables of the present section is more than usual."""
        return self.setting.white.get(self._sections, 0.0)

    def table(self, data: TableData) -> None:
        """Add the next table."""
        self._tables += 1
        add_table(self.story, self.press, data, self._tables, white=self.white)

    def chart(self, title: str, chart: Chart, note: str = "") -> None:
        """Add the next chart with its title below (domain layout of the bulletin)."""
        self._figure([chart, self._titled(title, chart)], chart.height + 24, note)

    def charts(self, *pair: tuple[str, Chart], note: str = "") -> None:
        """Add charts side by side, each with its title below, and one note about both."""
        columns = [(chart.width, [chart, self._titled(title, chart)]) for title, chart in pair]
        both = Beside(*columns)
        self._figure([both], both.wrap(self.story.width, 0)[1] + 4, note)

    def _titled(self, title: str, chart: Chart) -> ChineseParagraph:
        self._charts += 1
        chart.title = title
        return ChineseParagraph(self.press, f"图{self._charts}　{title}", replace(CAPTION, space_before=2, size=SIZE_5))

    def _figure(self, blocks: Sequence[Flowable], height: float, note: str) -> None:
        below = [ChineseParagraph(self.press, note, replace(NOTE, align="center"))] if note else []
        self.story.space(6)
        self.story.add(*blocks, *below, minimum=height + (16 if note else 0))
        self.story.space(8)

    def table_with_bars(self, data: TableData, items: Sequence[StackedItem], labels: tuple[str, str, str]) -> bool:
        """Add a compact table with bars beside its rows; False, and nothing added, where it would not stay whole."""
        table = chinese_table(self.press, data.columns, data.rows, TABLE_BESIDE, compact=True)
        pitches = {row.height for row in table.rows}
        if len(pitches) != 1 or table.height > MOST_BESIDE:
            return False
        self._tables, self._charts = self._tables + 1, self._charts + 1
        head = table.height - sum(row.height for row in table.rows)
        bars = StackedChart(self.press, items, labels, Rows(TYPE_WIDTH - TABLE_BESIDE, head, pitches.pop()))
        bars.title = data.title
        caption = f"表{self._tables}　{data.title}（图{self._charts}　右侧条形）"
        both = Beside((TABLE_BESIDE, [table]), (bars.width, [bars]))
        self.story.head(ChineseParagraph(self.press, caption, CAPTION))
        self._figure([both], table.height, data.note)
        return True

    def photos(self, photos: Sequence[Photo]) -> None:
        """Add photos, two in a row."""
        for row in photo_rows(self.press, photos, PHOTO_HEIGHT):
            self.story.add(row, minimum=row.wrap(0, 0)[1])


class AnnexTitle(Heading):
    """Title of an annex; the outline and the contents show it with its mark."""

    def __init__(self, press: Press, text: str, style: Style, level: int, mark: str) -> None:
        super().__init__(press, text, style, level)
        self.text = f"{mark}　{text}"


def is_empty(section: Section) -> bool:
    """Whether a section has neither text nor tables."""
    return not (section.paragraphs or section.subsections or section.tables)
