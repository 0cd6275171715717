"""A figure of a bulletin: its value, the records it was counted from, and the same figure of the period before.

None is "no data" and is said so; it is never turned into a nought.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

Number = int | float
NO_DATA = "本期无数据"
NO_PREVIOUS = "无上期数据"


class Figure(TypedDict):
    """`kind` says what `records` are ids of: visit, finding or target."""

    value: Number | None
    kind: str
    records: list[str]
    previous: Number | None


Figures = dict[str, Figure]


def counted(kind: str, ids: Iterable[object]) -> Figure:
    """How many different records there are."""
    records = sorted({str(one) for one in ids})
    return Figure(value=len(records), kind=kind, records=records, previous=None)


def measured(kind: str, ids: Iterable[object], value: Number | None) -> Figure:
    """A value computed from records (a sum, a mean)."""
    return Figure(value=value, kind=kind, records=sorted({str(one) for one in ids}), previous=None)


def percent(part: Number, whole: Number) -> float | None:
    """Share in percent with one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def mean(values: Iterable[Number]) -> float | None:
    """Arithmetic mean with one decimal; None of nothing."""
    numbers = list(values)
    return round(sum(numbers) / len(numbers), 1) if numbers else None


def compared(figures: Figures, before: Mapping[str, Any] | None) -> Figures:
    """`figures` with the values of the period before, where it had them."""
    known = before or {}
    return {key: {**figure, "previous": known.get(key, {}).get("value")} for key, figure in figures.items()}


def change(figure: Figure) -> Number | None:
    """By how much it rose (negative: fell) since the period before; None where either is missing."""
    if figure["value"] is None or figure["previous"] is None:
        return None
    return round(figure["value"] - figure["previous"], 1)


def note(figure: Figure) -> str:
    """What is missing, in words; empty when nothing is."""
    if figure["value"] is None:
        return NO_DATA
    return NO_PREVIOUS if figure["previous"] is None else ""
