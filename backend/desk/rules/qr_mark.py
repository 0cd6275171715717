"""A QR mark for a page, as one path."""

from collections.abc import Sequence

from backend.desk.rules.drawing import Drawing, add

QUIET = 4
"""Modules of white around it (ISO/IEC 18004 section 9.1)."""


def draw(modules: Sequence[Sequence[bool]], title: str) -> Drawing:
    side = len(modules) + 2 * QUIET
    drawing = Drawing(side, title, width=side, kind="qr")
    add(drawing.root, "rect", width=side, height=side, fill="#fff")
    dark = ((row, column) for row, line in enumerate(modules) for column, on in enumerate(line) if on)
    path = "".join(f"M{column + QUIET} {row + QUIET}h1v1h-1z" for row, column in dark)
    add(drawing.root, "path", d=path, fill="#000")
    return drawing
