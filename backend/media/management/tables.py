"""Figures in columns: Chinese characters are two columns wide."""

import unicodedata
from collections.abc import Iterator, Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """Lines; columns whose cells are numbers stand to the right."""
    cells = [list(head), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(_width(row[place]) for row in cells) for place in range(len(head))]
    right = [all(isinstance(row[place], int) for row in rows) for place in range(len(head))]
    for row in cells:
        yield "  ".join(map(_padded, row, widths, right)).rstrip()


def _text(cell: object) -> str:
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, width: int, right: bool) -> str:
    air = " " * (width - _width(text))
    return air + text if right else text + air
