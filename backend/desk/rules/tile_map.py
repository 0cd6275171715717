"""The county as tiles: one for each school district, about where it lies. No map of anybody else is asked for.

Tiles are put in order, not measured: districts are dealt into rows from north to south, and within a row from west to
east. Neighbours stay near each other and no tile hides another; distances and borders mean nothing.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.desk.rules.drawing import WIDTH, Drawing, add, linked, percent

GAP = 4
HEIGHT = 74
ACROSS = 4


@dataclass(frozen=True, slots=True)
class Tile:
    """One district: its share of coverage (0–100) and how many items are overdue there."""

    key: str
    name: str
    value: float | None
    overdue: int
    address: str = ""


def placed(points: Mapping[str, tuple[float, float] | None]) -> dict[str, tuple[int, int]]:
    """Row and column of each key. A point is (longitude, latitude); who has none stands last, in the order given."""
    known = sorted((key for key, point in points.items() if point), key=lambda key: (-_north(points[key]), key))
    lost = [key for key, point in points.items() if not point]
    columns = min(ACROSS, max(1, math.ceil(math.sqrt(len(points)))))
    out: dict[str, tuple[int, int]] = {}
    for row in range(math.ceil(len(points) / columns)):
        dealt = [*known, *lost][row * columns : (row + 1) * columns]
        east = sorted((key for key in dealt if points[key]), key=lambda key: (_east(points[key]), key))
        for column, key in enumerate([*east, *(key for key in dealt if not points[key])]):
            out[key] = row, column
    return out


def _north(point: tuple[float, float] | None) -> float:
    return point[1] if point else 0.0


def _east(point: tuple[float, float] | None) -> float:
    return point[0] if point else 0.0


def draw(title: str, tiles: Sequence[Tile], points: Mapping[str, tuple[float, float] | None]) -> Drawing:
    """Each tile is filled from below as far as it is covered, says its share, and how much is late there."""
    places = placed({tile.key: points.get(tile.key) for tile in tiles})
    columns = max((column for _, column in places.values()), default=0) + 1
    rows = max((row for row, _ in places.values()), default=0) + 1
    width = (WIDTH - GAP * (columns - 1)) / columns
    drawing = Drawing(rows * (HEIGHT + GAP) - GAP, title, kind="chart tiles")
    for tile in sorted(tiles, key=lambda tile: places[tile.key]):
        row, column = places[tile.key]
        _tile(drawing, tile, column * (width + GAP), row * (HEIGHT + GAP), width)
    return drawing


def _tile(drawing: Drawing, tile: Tile, left: float, top: float, width: float) -> None:
    said = f"{tile.name}：覆盖{percent(tile.value)}，逾期{tile.overdue}项"
    group = linked(drawing.root, tile.address, said)
    add(group, "rect", x=left, y=top, width=width, height=HEIGHT, class_="tile")
    level = HEIGHT * min(max(tile.value or 0.0, 0.0), 100.0) / 100
    add(group, "rect", x=left, y=top + HEIGHT - level, width=width, height=level, class_="level")
    middle = left + width / 2
    add(group, "text", tile.name.removesuffix("学区")[:5], x=middle, y=top + 22, text_anchor="middle", class_="name")
    add(group, "text", percent(tile.value), x=middle, y=top + 44, text_anchor="middle", class_="value")
    if tile.overdue:
        add(group, "text", f"逾期 {tile.overdue}", x=middle, y=top + 64, text_anchor="middle", class_="late")
