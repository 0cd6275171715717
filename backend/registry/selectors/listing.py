"""The county's schools and institutions as rows of the tables that an import reads (`rules/sheets`)."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import QuerySet

from backend.registry.models import Target
from backend.registry.rules.sheets import CLASSES, STAGES, Sheet

PATHS = {"district": "district__name", "station": "station__name", "team": "team__code"}
"""Which column of the table an import finds by a word is written with that word."""

WORDS: dict[str, dict[str, str]] = {
    "stage": {code: word for word, code in STAGES.items()},
    "institution_class": {code: word for word, code in CLASSES.items()},
}

BATCH = 2000


def headings(sheet: Sheet) -> list[str]:
    return [column.name for column in sheet.columns]


def rows(targets: QuerySet[Target], sheet: Sheet) -> Iterator[list[Any]]:
    """Those of `targets` that belong into `sheet`, in the order of codes; an import of them changes nothing."""
    fields = [column.field for column in sheet.columns]
    readers: list[Callable[[Any], Any]] = [_reader(field) for field in fields]
    found = targets.filter(kind=sheet.target_kind).order_by("code")
    for values in found.values_list(*(PATHS.get(field, field) for field in fields)).iterator(BATCH):
        yield [read(value) for read, value in zip(readers, values, strict=True)]


def _reader(field: str) -> Callable[[Any], Any]:
    words = WORDS.get(field)
    return (lambda code: words.get(code, code)) if words else (lambda value: "" if value is None else value)
