"""A block as wide as the type area whose height is known from the beginning."""

from abc import ABC, abstractmethod

from reportlab.platypus import Flowable

from backend.documents.grid import TYPE_WIDTH
from backend.documents.press import Press
from backend.documents.tags import tagged


class FullWidth(Flowable, ABC):
    """Read as one paragraph; children draw in ``paint``, the lower left corner at the origin."""

    def __init__(self, press: Press, height: float) -> None:
        """``height`` in points."""
        super().__init__()
        self.press, self.width, self.height = press, TYPE_WIDTH, height

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Take the full width; ReportLab's protocol."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw as one paragraph of the structure; ReportLab's protocol."""
        with tagged(self.canv, "P"):
            self.paint()

    @abstractmethod
    def paint(self) -> None:
        """Draw on ``self.canv``."""
