"""A paper: flowables poured into pages, with headings noted for the outline and the table of contents."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Flowable, Frame, PageTemplate, Spacer

from backend.documents.canvas import Meta, draw_page_number, open_canvas
from backend.documents.grid import BOTTOM, LEADING, LEFT, PAGE, TYPE_HEIGHT, TYPE_WIDTH
from backend.documents.paragraph import ChineseParagraph, Style
from backend.documents.press import Press
from backend.documents.tags import tagged

ROUNDED = 0.01
"""Points by which sums of heights may be off: the last line of a full page is not moved for less."""
OnPage = Callable[[Canvas, int], None]


class Heading(ChineseParagraph):
    """A heading that enters the outline at ``level`` (0 is the chapter)."""

    def __init__(self, press: Press, text: str, style: Style, level: int, in_contents: bool = True) -> None:
        super().__init__(press, text, style)
        self.level, self.in_contents = level, in_contents
        self.kind = f"H{level + 1}"
        self.key, self.page = "", 0
        """Name of its bookmark and the page it fell on; known when the story is poured."""


@dataclass(frozen=True, slots=True)
class Poured:
    """The outcome of one pouring."""

    content: bytes
    pages: int


class Story:
    """Collects flowables so that no heading stays behind at the foot of a page.

    Headings wait until the block they head arrives; then one conditional break asks for room for all of them and the
    first part of the block (its ``minimum`` height).
    """

    def __init__(self, width: float = TYPE_WIDTH) -> None:
        self.flowables: list[Flowable] = []
        self.width = width
        self._waiting: list[Flowable] = []
        self._last_block = 0

    def head(self, *flowables: Flowable) -> None:
        """Add headings or captions that must stay with what follows."""
        self._waiting.extend(flowables)

    def add(self, *flowables: Flowable, minimum: float | None = None) -> None:
        """Add a block; ``minimum`` points of it stay with its headings (by default two lines at most)."""
        wanted = self._height(flowables) if minimum is None else minimum
        if minimum is None:
            wanted = min(wanted, 2 * LEADING)
        self._last_block = len(self.flowables)
        self.flowables.append(CondPageBreak(min(self._height(self._waiting) + wanted, TYPE_HEIGHT - 1) - ROUNDED))
        self.flowables.extend(self._waiting)
        self.flowables.extend(flowables)
        self._waiting = []

    def last_block(self) -> list[Flowable]:
        """Return the last block with its headings, without the conditional break before it."""
        return self.flowables[self._last_block + 1 :]

    def keep_last_block_with(self, minimum: float) -> None:
        """Move the last block to the next page unless ``minimum`` points are left after it."""
        wanted = self._height(self.last_block()) + minimum
        if wanted < TYPE_HEIGHT:
            self.flowables[self._last_block] = CondPageBreak(wanted)

    def space(self, points: float) -> None:
        """Add white space (nothing at the top of a page)."""
        self.flowables.append(Spacer(1, points))

    def _height(self, flowables: Sequence[Flowable]) -> float:
        total = 0.0
        for flowable in flowables:
            total += flowable.wrap(self.width, TYPE_HEIGHT)[1] + flowable.getSpaceBefore() + flowable.getSpaceAfter()
        return total


class Pouring(BaseDocTemplate):
    """One run of a story through the pages."""

    def __init__(self, press: Press, meta: Meta, templates: Sequence[PageTemplate]) -> None:
        self.target = io.BytesIO()
        super().__init__(
            self.target,
            pagesize=PAGE,
            title=meta.title,
            author=meta.author,
            subject=meta.subject,
            creator="Dudao",
            producer="Dudao",
        )
        self.addPageTemplates(list(templates))
        self._opened = partial(_open_for_template, meta=meta)

    def afterFlowable(self, flowable: Flowable) -> None:
        """Note a heading: bookmark, outline entry, page; ReportLab's protocol."""
        if not isinstance(flowable, Heading) or flowable.continued:
            return
        frame: Any = self.frame
        flowable.page = self.page
        self.canv.bookmarkHorizontal(flowable.key, 0, frame._y + flowable.height)
        self.canv.addOutlineEntry(flowable.text, flowable.key, flowable.level, closed=False)

    def pour(self, flowables: Sequence[Flowable]) -> Poured:
        """Run the story and return the PDF."""
        for number, heading in enumerate(headings_of(flowables), start=1):
            heading.key = f"h{number}"
        self.build(list(flowables), canvasmaker=self._opened)
        return Poured(self.target.getvalue(), self.page)


def headings_of(flowables: Sequence[Flowable]) -> list[Heading]:
    """Return the headings of a story in their order."""
    return [flowable for flowable in flowables if isinstance(flowable, Heading)]


def _open_for_template(target: Any, meta: Meta, **_: Any) -> Canvas:
    return open_canvas(target, meta)


def template(
    name: str, draw: OnPage | None = None, *, top: float = 0.0, bottom: float = 0.0, after: str = ""
) -> PageTemplate:
    """Return a page with the type area of GB/T 9704, ``top`` points shorter above and ``bottom`` points below."""
    frame = Frame(
        LEFT, BOTTOM + bottom, TYPE_WIDTH, TYPE_HEIGHT - top - bottom,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0, id=name,
    )  # fmt: skip

    def on_page(canvas: Canvas, document: BaseDocTemplate) -> None:
        if draw:
            canvas.saveState()
            with tagged(canvas, "P" if top else "Artifact"):
                draw(canvas, document.page)
            canvas.restoreState()

    return PageTemplate(id=name, frames=[frame], onPage=on_page, autoNextPageTemplate=after or None)


def numbered(press: Press) -> OnPage:
    """Return the furniture of an ordinary page: its number."""
    return lambda canvas, page: draw_page_number(canvas, press, page)
