"""Blocks side by side: a pair of charts, a table with bars beside its rows."""

from collections.abc import Sequence

from reportlab.platypus import Flowable

from backend.documents.grid import TYPE_HEIGHT, TYPE_WIDTH


class Beside(Flowable):
    """Columns of flowables over the type area, level at the top; never split over pages."""

    def __init__(self, *columns: tuple[float, Sequence[Flowable]]) -> None:
        """Each column is its width in points and what stands in it; what is left of the line lies between them."""
        super().__init__()
        self._columns = columns
        self.width = TYPE_WIDTH

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Measure the columns; ReportLab's protocol."""
        self.height = max(sum(_height(each, points) for each in inside) for points, inside in self._columns)
        return self.width, self.height

    def draw(self) -> None:
        """Draw column by column; ReportLab's protocol."""
        gap = (self.width - sum(points for points, _ in self._columns)) / max(1, len(self._columns) - 1)
        x = 0.0
        for points, inside in self._columns:
            y = self.height
            for flowable in inside:
                y -= _height(flowable, points) - flowable.getSpaceAfter()
                flowable.drawOn(self.canv, x, y)
                y -= flowable.getSpaceAfter()
            x += points + gap


def _height(flowable: Flowable, width: float) -> float:
    """With the white above and below."""
    tall = float(flowable.wrap(width, TYPE_HEIGHT)[1])
    return tall + float(flowable.getSpaceBefore()) + float(flowable.getSpaceAfter())
