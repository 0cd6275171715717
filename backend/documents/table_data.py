"""A table as data: columns with a share of the width, rows of cells."""

from dataclasses import dataclass
from typing import Literal

Cell = str | int | float | None
Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``width`` is its share of the table's width (any unit, the sum counts), ``decimals`` for floats.

    ``unbroken`` columns get the width of their longest cell, so that numbers and dates stay on one line.
    """

    title: str
    width: float = 1.0
    align: Align = "left"
    decimals: int = 1
    unbroken: bool = False


@dataclass(frozen=True, slots=True)
class TableData:
    """A captioned table. ``rows`` hold one cell per column; ``None`` prints as 「—」; no rows prints 「本期无数据」."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...] = ()
    note: str = ""
    compact: bool = False
    """Small type (小五), for long lists."""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("every row of a table needs one cell per column")
