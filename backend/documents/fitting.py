"""How closely a paper is set: tried without drawing, so that no page stays half empty where another setting fills it.

GB/T 9704-2012 5.2.3 sets 22 lines to a page and allows it to be adapted; 7.3.5.5 wants room found by the distance of
lines rather than a page left nearly empty.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from reportlab.platypus import CondPageBreak, Flowable, Frame, PageBreak, Spacer

from backend.documents.grid import LINES, TYPE_HEIGHT, TYPE_WIDTH

FULL_ENOUGH = 0.66
"""Share of a page that must be filled; less looks as if something were missing."""
LINES_TRIED = (LINES + 1, LINES - 1, LINES + 2, LINES - 2, LINES + 3)
WHITE_TRIED = (-1.5, -0.75, 0.75, 1.5, 2.25, 3.0)


@dataclass(frozen=True, slots=True)
class Setting:
    """``lines`` of text to a page; by number of a section after the text (an annex, or several brief ones), the points
    by which the white above and below the text of its tables is more than usual.
    """

    lines: int = LINES
    white: dict[int, float] = field(default_factory=dict)

    @property
    def leading(self) -> float:
        """Distance of lines in points."""
        return TYPE_HEIGHT / self.lines


def fitted(stories: Callable[[Setting], list[Flowable]]) -> list[Flowable]:
    """The paper in that setting which leaves the fewest half-empty pages; in the usual one where that leaves none.

    ``stories`` makes the paper in a setting, each ``PageBreak`` of it beginning a section.
    """
    usual = stories(Setting())
    setting = best(stories, sections(usual))
    return usual if setting == Setting() else stories(setting)


def best(stories: Callable[[Setting], Sequence[Flowable]], usual: Sequence[Sequence[float]]) -> Setting:
    """The best setting, where ``usual`` are the pages of the usual one."""
    body, *others = usual
    lines = LINES if wanting(body) == 0 else _best_lines(stories, wanting(body))
    return Setting(lines, _best_white(stories, [wanting(pages) for pages in others]))


def _best_white(stories: Callable[[Setting], Sequence[Flowable]], least: list[float]) -> dict[int, float]:
    """By number of a section, where another white than the usual leaves less wanting."""
    found: dict[int, float] = {}
    for white in WHITE_TRIED:
        if not any(least):
            break
        _, *others = sections(stories(Setting(white=dict.fromkeys(range(1, len(least) + 1), white))))
        for at, left in enumerate(map(wanting, others)):
            if left < least[at]:
                found[at + 1], least[at] = white, left
    return found


def _best_lines(stories: Callable[[Setting], Sequence[Flowable]], usual: float) -> int:
    found, least = LINES, usual
    for lines in LINES_TRIED:
        left = wanting(sections(stories(Setting(lines)))[0])
        if left < least:
            found, least = lines, left
        if least == 0:
            break
    return found


def wanting(pages: Sequence[float]) -> float:
    """How much is missing on pages that are not full enough; a section of one page is as long as it is."""
    return sum(max(0.0, FULL_ENOUGH - page) for page in pages) if len(pages) > 1 else 0.0


def sections(flowables: Sequence[Flowable]) -> list[list[float]]:
    """The share of each page that is filled, in lists that begin anew at every ``PageBreak``.

    Flowables are measured and split as ReportLab does, but not drawn; they can be poured afterwards.
    """
    trial = _Trial()
    for flowable in flowables:
        _silence(flowable)
    trial.run(flowables)
    for flowable in flowables:
        del flowable.__dict__["drawOn"]
    return trial.found


def _silence(flowable: Flowable) -> None:
    """Placing it draws nothing."""
    flowable.__dict__["drawOn"] = lambda *_, **__: None


class _Trial:
    """One run of a story through frames that nobody sees."""

    def __init__(self) -> None:
        self.found: list[list[float]] = [[]]
        self._open()

    def run(self, flowables: Sequence[Flowable]) -> None:
        queue = deque(flowables)
        while queue:
            flowable = queue.popleft()
            if isinstance(flowable, PageBreak):
                self._close()
                self.found.append([])
            elif isinstance(flowable, CondPageBreak):
                if self._room() < flowable.height and not self._frame._atTop:
                    self._close()
            else:
                self._put(flowable, queue)
        self._close()

    def _put(self, flowable: Flowable, queue: deque[Flowable]) -> None:
        least = getattr(flowable, "minimum", None)
        before = self._frame._y
        if self._frame.add(flowable, self, trySplit=True):
            if not isinstance(flowable, Spacer):
                self._used = before - least() if least else self._frame._y
            return
        parts = self._frame.split(flowable, self)
        for part in parts:
            _silence(part)
        if not parts and self._frame._atTop:
            return  # pouring will say what it cannot place
        if not parts:
            self._close()
        queue.extendleft(reversed(parts or [flowable]))

    def _room(self) -> float:
        return float(self._frame._y - self._frame._y1p)

    def _open(self) -> None:
        # Its present height and whether it is empty are ReportLab's own affair and typed nowhere.
        self._frame: Any = Frame(
            0, 0, TYPE_WIDTH, TYPE_HEIGHT, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
        )  # fmt: skip
        self._used = TYPE_HEIGHT

    def _close(self) -> None:
        self.found[-1].append((TYPE_HEIGHT - self._used) / TYPE_HEIGHT)
        self._open()
