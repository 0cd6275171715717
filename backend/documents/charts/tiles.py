"""A tile map: every district a tile of equal size, placed roughly as on the map, the darker the more.

No boundaries are drawn: maps need approval (《地图管理条例》), and a small district would be lost on a true one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reportlab.lib.colors import white
from reportlab.pdfgen.canvas import Canvas

from backend.documents.canvas import draw_centred
from backend.documents.charts.chart import LABEL, LEGEND_HEIGHT, Chart, box, plain
from backend.documents.charts.shades import MARK, Scale, draw_corner, draw_key, scale_of, shade
from backend.documents.fonts import Face
from backend.documents.press import Press

WIDEST, HIGHEST = 74.0, 46.0  # points of a tile
FLATTEST = 26.0  # points: below this two lines would touch
MOST_HEIGHT = 360.0  # points of all tiles together
MOST_ACROSS = MOST_DOWN = 12  # tiles; places beyond are no map that a page can hold
SPACE = 3.0


@dataclass(frozen=True, slots=True)
class Tile:
    """A district, its value (``None`` is no data), its place in columns from the west and rows from the north.

    ``marked`` tiles have a black corner, whatever their shade: for example those below the target.
    """

    name: str
    value: float | None
    column: int
    row: int
    marked: bool = False


class TileMap(Chart):
    """Tiles with name and figure; ``marked_as`` says in the key what a black corner means."""

    def __init__(
        self, press: Press, tiles: Sequence[Tile], unit: str = "", marked_as: str = "", scale: Scale | None = None
    ) -> None:
        """Raises ``ValueError`` when two tiles have one place or a place is negative."""
        places = {(tile.column, tile.row) for tile in tiles}
        if len(places) != len(tiles) or any(min(place) < 0 for place in places):
            raise ValueError("every tile needs a place of its own")
        self.tiles, self.unit, self.marked_as = _on_a_page(tiles), unit, marked_as
        super().__init__(press, 0)
        self.scale = scale or scale_of(tile.value for tile in tiles)
        columns = max([0, *(tile.column for tile in self.tiles)]) + 1
        self._rows = max([0, *(tile.row for tile in self.tiles)]) + 1
        self._width = min(WIDEST, (self.width - SPACE * (columns - 1)) / columns)
        self._height = max(FLATTEST, min(HIGHEST, MOST_HEIGHT / self._rows - SPACE))
        self._left = (self.width - columns * (self._width + SPACE) + SPACE) / 2
        self.height = LEGEND_HEIGHT + 4 + self._rows * (self._height + SPACE)

    def words(self) -> str:
        """Return every district with its value."""
        mark = f"（{self.marked_as}）" if self.marked_as else ""
        return "；".join(f"{tile.name}{self._said(tile)}{mark if tile.marked else ''}" for tile in self.tiles)

    def _said(self, tile: Tile) -> str:
        return "无数据" if tile.value is None else plain(tile.value) + self.unit

    def paint(self, canvas: Canvas) -> None:
        """Draw the tiles and the key."""
        for tile in self.tiles:
            x = self._left + tile.column * (self._width + SPACE)
            y = self.height - LEGEND_HEIGHT - 4 - (tile.row + 1) * (self._height + SPACE) + SPACE
            self._tile(canvas, tile, x, y)
        missing = any(tile.value is None for tile in self.tiles)
        marked_as = self.marked_as if any(tile.marked for tile in self.tiles) else ""
        key = self.height - LEGEND_HEIGHT / 2
        draw_key(self, canvas, key, self.scale, self.unit, missing=missing, marked_as=marked_as)

    def _tile(self, canvas: Canvas, tile: Tile, x: float, y: float) -> None:
        fill, ink = shade(self.scale, tile.value)
        box(canvas, fill, x, y, self._width, self._height)
        middle, text = x + self._width / 2, self._said(tile)
        size = min(LABEL, LABEL * (self._width - 6) / max(self.press.width(text, Face.HEI, LABEL), 1))
        name = self.fitted(tile.name, self._width - 5)
        if fill.hatch:
            self._patch(canvas, middle, y + self._height / 2, max(self.press.width(name, Face.HEI, LABEL), 30.0))
        canvas.setFillColor(ink)
        baseline = y + self._height / 2 - LABEL * 0.36
        draw_centred(canvas, self.press, middle, baseline + LABEL * 0.66, name, Face.HEI, LABEL)
        draw_centred(canvas, self.press, middle, baseline - LABEL * 0.66, text, Face.HEI, size)
        if tile.marked:
            draw_corner(canvas, x + self._width - MARK, y + self._height - MARK)

    def _patch(self, canvas: Canvas, x: float, y: float, width: float) -> None:
        """Clear the hatch behind the words."""
        canvas.setFillColor(white)
        canvas.rect(x - width / 2 - 2, y - LABEL * 1.3, width + 4, LABEL * 2.6, stroke=0, fill=1)


def _on_a_page(tiles: Sequence[Tile]) -> tuple[Tile, ...]:
    """Return ``tiles`` as placed, or in rows of equal length when their map would be too wide or too high."""
    if all(tile.column < MOST_ACROSS and tile.row < MOST_DOWN for tile in tiles):
        return tuple(tiles)
    across = max(MOST_ACROSS // 2, -(-len(tiles) // MOST_DOWN))
    ordered = sorted(tiles, key=lambda tile: (tile.row, tile.column))
    return tuple(replace(tile, column=at % across, row=at // across) for at, tile in enumerate(ordered))


def tile_places(points: Sequence[tuple[float, float]], columns: int = 0) -> list[tuple[int, int]]:
    """Return (column, row) for points of (longitude, latitude): rows from the north, each from west to east.

    ``columns`` is the width of the map in tiles; 0 chooses one a little wider than high. Every point gets a place of
    its own; equal input gives equal places.
    """
    count = len(points)
    across = columns or max(1, round((count * 1.5) ** 0.5))
    rows = max(1, -(-count // across))
    northern = sorted(range(count), key=lambda at: (-points[at][1], points[at][0], at))
    places = [(0, 0)] * count
    for row in range(rows):
        inside = northern[count * row // rows : count * (row + 1) // rows]
        for column, at in enumerate(sorted(inside, key=lambda at: (points[at][0], at))):
            places[at] = (column, row)
    return places
