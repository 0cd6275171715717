"""Charts of the desks, pure: figures in, SVG out. They can be read in black and white: what matters is said by shape
and by a number, colour only repeats it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.desk.rules.drawing import WIDTH, Drawing, add, linked, percent

ROW = 26
NAME = 106
"""Width of the names of bars."""

VALUE = 62
FULL = WIDTH - NAME - VALUE
"""Of a bar that stands at 100 %."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A share (0–100, None: nothing to count) and what it is of; `address` leads to the records."""

    name: str
    value: float | None
    said: str = ""
    address: str = ""


def bars(title: str, rows: Sequence[Bar], *, target: float | None = None) -> Drawing:
    """One bar a row; a line over all of them stands at `target` (0–100), and who is behind it is hatched."""
    height = ROW * len(rows) + (20 if target is not None else 4)
    drawing = Drawing(height, title)
    for place, row in enumerate(rows):
        _bar(drawing, row, 2 + place * ROW, target)
    if target is not None:
        _mark(drawing, target, ROW * len(rows))
    return drawing


def _bar(drawing: Drawing, row: Bar, top: float, target: float | None) -> None:
    behind = target is not None and row.value is not None and row.value < target
    said = f"{row.name}：{percent(row.value)}{f'，{row.said}' if row.said else ''}{'，低于时间进度' if behind else ''}"
    group = linked(drawing.root, row.address, said)
    add(group, "rect", x=0, y=top, width=WIDTH, height=ROW - 2, class_="hit")
    add(group, "text", _short(row.name), x=NAME - 6, y=top + 17, text_anchor="end")
    add(group, "rect", x=NAME, y=top + 4, width=FULL, height=16, class_="rail")
    length = FULL * min(max(row.value or 0.0, 0.0), 100.0) / 100
    add(group, "rect", x=NAME, y=top + 4, width=length, height=16, class_="behind" if behind else "bar")
    add(group, "text", percent(row.value), x=WIDTH - 2, y=top + 17, text_anchor="end", class_="value")


def _mark(drawing: Drawing, target: float, height: float) -> None:
    at = NAME + FULL * min(max(target, 0.0), 100.0) / 100
    add(drawing.root, "line", x1=at, y1=0, x2=at, y2=height + 4, class_="target")
    side = "end" if target > 50 else "start"
    add(drawing.root, "text", f"时间进度 {percent(target)}", x=at, y=height + 17, text_anchor=side, class_="note")


def _short(name: str) -> str:
    """Names as long as their place: the whole name is in the title."""
    return name if len(name) <= 7 else f"{name[:6]}…"


@dataclass(frozen=True, slots=True)
class Point:
    """One half-month: its name, the value (None: no data), and where its records are."""

    name: str
    value: float | None
    address: str = ""


LEFT, RIGHT, TOP, FLOOR = 26, 26, 30, 104


def line(title: str, points: Sequence[Point], *, unit: str = "") -> Drawing:
    """The course of one figure. Every point is a mark with its number; where there is no data the line is broken."""
    drawing = Drawing(FLOOR + 26, title)
    most = max((point.value for point in points if point.value is not None), default=0.0) or 1.0
    add(drawing.root, "line", x1=0, y1=FLOOR, x2=WIDTH, y2=FLOOR, class_="axis")
    places = [(_across(place, len(points)), point) for place, point in enumerate(points)]
    for stretch in _stretches(places, most):
        add(drawing.root, "polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in stretch), class_="course")
    for x, point in places:
        _point(drawing, x, point, most, unit)
    return drawing


def _across(place: int, count: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (place / (count - 1) if count > 1 else 0.5)


def _up(value: float, most: float) -> float:
    return FLOOR - (FLOOR - TOP) * value / most


def _stretches(places: Sequence[tuple[float, Point]], most: float) -> list[list[tuple[float, float]]]:
    found: list[list[tuple[float, float]]] = [[]]
    for x, point in places:
        if point.value is None:
            found.append([])
        else:
            found[-1].append((x, _up(point.value, most)))
    return [stretch for stretch in found if len(stretch) > 1]


def _point(drawing: Drawing, x: float, point: Point, most: float, unit: str) -> None:
    told = "无数据" if point.value is None else f"{point.value:g}{unit}"
    group = linked(drawing.root, point.address if point.value is not None else "", f"{point.name}：{told}")
    add(group, "rect", x=x - 26, y=0, width=52, height=FLOOR + 26, class_="hit")
    if point.value is not None:
        y = _up(point.value, most)
        add(group, "circle", cx=x, cy=y, r=4, class_="point")
        add(group, "text", told, x=x, y=y - 10, text_anchor="middle", class_="value")
    add(group, "text", point.name, x=x, y=FLOOR + 18, text_anchor="middle", class_="note")
