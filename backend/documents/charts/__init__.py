"""Charts drawn for black-and-white printers: solid, hatched and empty fills, values written out."""

from backend.documents.charts.bars import BarChart, BarItem, LimitChart, LimitItem
from backend.documents.charts.heat import HeatMap, HeatRow
from backend.documents.charts.lines import LineChart, LinePoint
from backend.documents.charts.shades import Scale, percent_scale, scale_of
from backend.documents.charts.stacked import Rows, StackedChart, StackedItem
from backend.documents.charts.tiles import Tile, TileMap, tile_places

__all__ = [
    "BarChart", "BarItem", "HeatMap", "HeatRow", "LimitChart", "LimitItem", "LineChart", "LinePoint", "Rows", "Scale",
    "StackedChart", "StackedItem", "Tile", "TileMap", "percent_scale", "scale_of", "tile_places",
]  # fmt: skip
