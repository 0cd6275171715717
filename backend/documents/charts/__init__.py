"""Charts drawn for black-and-white printers: solid, hatched and empty fills, values written out."""

from backend.documents.charts.bars import BarChart, BarItem, LimitChart, LimitItem
from backend.documents.charts.lines import LineChart, LinePoint
from backend.documents.charts.stacked import StackedChart, StackedItem

__all__ = [
    "BarChart", "BarItem", "LimitChart", "LimitItem", "LineChart", "LinePoint", "StackedChart", "StackedItem",
]  # fmt: skip
