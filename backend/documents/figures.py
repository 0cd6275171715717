"""本期要览: the overview figures in a grid of three columns."""

from collections.abc import Sequence

from reportlab.lib.colors import black, white

from backend.documents.bulletin_data import Figure
from backend.documents.canvas import draw_centred
from backend.documents.fonts import Face
from backend.documents.full_width import FullWidth
from backend.documents.grid import GREY, SHADE, SIZE_5, TYPE_WIDTH
from backend.documents.press import Press

COLUMNS, CELL_HEIGHT, BAND = 3, 80.0, 23.0
VALUE_SIZE, UNIT_SIZE, CHANGE_SIZE = 25.0, 12.0, 10.5


def change_text(figure: Figure) -> str:
    """Return the change from the last period in words: 较上期＋12家, 与上期持平, 上期无数据."""
    if figure.value is None:
        return ""
    if figure.previous is None:
        return "上期无数据"
    change = round(figure.value, figure.decimals) - round(figure.previous, figure.decimals)
    if abs(change) < 10**-figure.decimals / 2:
        return "与上期持平"
    unit = "个百分点" if figure.unit == "%" else figure.unit
    return f"较上期{'＋' if change > 0 else '－'}{abs(change):.{figure.decimals}f}{unit}"


def figure_rows(press: Press, figures: Sequence[Figure]) -> list["FigureRow"]:
    """Return the figures in rows of three."""
    return [FigureRow(press, figures[at : at + COLUMNS]) for at in range(0, len(figures), COLUMNS)]


class FigureRow(FullWidth):
    """One cell a figure: label on a grey band, value large, change below."""

    def __init__(self, press: Press, figures: Sequence[Figure]) -> None:
        super().__init__(press, CELL_HEIGHT)
        self.figures = figures

    def paint(self) -> None:
        """Draw cell by cell."""
        width = TYPE_WIDTH / COLUMNS
        for at, figure in enumerate(self.figures):
            self._cell(figure, at * width, 0, width)

    def _cell(self, figure: Figure, x: float, y: float, width: float) -> None:
        canvas, middle = self.canv, x + width / 2
        canvas.setLineWidth(0.6)
        canvas.setStrokeColor(black)
        canvas.setFillColor(white)
        canvas.rect(x, y, width, CELL_HEIGHT, stroke=1, fill=1)
        canvas.setFillColor(SHADE)
        canvas.rect(x, y + CELL_HEIGHT - BAND, width, BAND, stroke=1, fill=1)
        canvas.setFillColor(black)
        size = (SIZE_5 + 1) * min(1.0, width / max(self.press.width(figure.label, Face.HEI, SIZE_5 + 2), 1))
        draw_centred(canvas, self.press, middle, y + CELL_HEIGHT - BAND + 7.5, figure.label, Face.HEI, size)
        self._value(figure, middle, y + 26)
        canvas.setFillColor(GREY)
        draw_centred(canvas, self.press, middle, y + 8, change_text(figure), Face.SONG, CHANGE_SIZE)

    def _value(self, figure: Figure, middle: float, y: float) -> None:
        if figure.value is None:
            draw_centred(self.canv, self.press, middle, y + 2, "本期无数据", Face.SONG, 14)
            return
        text = f"{figure.value:.{figure.decimals}f}"
        value = self.press.width(text, Face.TITLE, VALUE_SIZE)
        unit = self.press.width(figure.unit, Face.SONG, UNIT_SIZE) + 3 if figure.unit else 0.0
        left = middle - (value + unit) / 2
        draw_centred(self.canv, self.press, left + value / 2, y, text, Face.TITLE, VALUE_SIZE)
        draw_centred(self.canv, self.press, left + value + (unit + 3) / 2, y, figure.unit, Face.SONG, UNIT_SIZE)
