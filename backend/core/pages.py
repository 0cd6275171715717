"""Keyset paging: the page after a row, never an offset, so that a list costs the same at any depth."""

import base64
import binascii
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

from backend.core import codec
from backend.core.errors import Invalid
from backend.core.garbage import untie_rows

M = TypeVar("M", bound=Model)
R = TypeVar("R")

DEFAULT_LIMIT = 50
MAX_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """`rows` of one page; `next` is the opaque mark of the page after it, or None at the end."""

    rows: Sequence[R]
    next: str | None

    def answer(self, to_json: Callable[[R], dict[str, Any]]) -> dict[str, Any]:
        told = {"items": [to_json(row) for row in self.rows], "next": self.next}
        untie_rows(self.rows)
        return told


def page(queryset: QuerySet[M], query: QueryDict, *, by: str = "-id") -> Page[M]:
    """One page of `queryset` ordered by the unique field `by` ("-" for newest first).

    Query parameters: `limit` (1–200, default 50), `after` (the `next` of the page before).
    Raises `Invalid(bad_page)` for marks and limits that are not ours.
    """
    limit = _limit(query.get("limit"))
    field, falling = by.lstrip("-"), by.startswith("-")
    if mark := query.get("after"):
        queryset = queryset.filter(Q(**{f"{field}__{'lt' if falling else 'gt'}": _read(mark, queryset, field)}))
    rows = list(queryset.order_by(by)[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows, _mark(getattr(rows[-1], field)) if more else None)


def page_by_keys(queryset: QuerySet[M], query: QueryDict, rows: Callable[[Sequence[Any]], Sequence[M]]) -> Page[M]:
    """As `page`, newest first, of wide rows: only keys are put in order, and `rows` reads those of one page by them, in
    the order given. Putting whole rows in order is what makes long lists slow."""
    keys = page(queryset.select_related(None).prefetch_related(None).only("pk"), query)
    return Page(rows([row.pk for row in keys.rows]), keys.next)


def in_order(queryset: QuerySet[M], ids: Sequence[Any]) -> list[M]:
    """Those of `ids` that are in `queryset`, in the order given."""
    found = {row.pk: row for row in queryset.filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


def page_of(rows: Sequence[R], query: QueryDict, *, mark: Callable[[R], str]) -> Page[R]:
    """One page of computed rows that are sorted by their unique `mark`; parameters and errors like `page`."""
    limit = _limit(query.get("limit"))
    marks = [mark(row) for row in rows]
    after = query.get("after")
    start = bisect_right(marks, _text(after)) if after else 0
    end = start + limit
    return Page(rows[start:end], _mark(marks[end - 1]) if len(rows) > end else None)


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= MAX_LIMIT):
        raise Invalid("bad_page", f"每页条数须在 1 到 {MAX_LIMIT} 之间。")
    return int(text)


def _mark(value: Any) -> str:
    return base64.urlsafe_b64encode(codec.dumps(value)).decode().rstrip("=")


def _text(mark: str) -> str:
    try:
        value = codec.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
    except (ValueError, binascii.Error) as fault:
        raise Invalid("bad_page", "翻页标记无效，请从第一页重新开始。") from fault
    if not isinstance(value, str):
        raise Invalid("bad_page", "翻页标记无效，请从第一页重新开始。")
    return value


def _read(mark: str, queryset: QuerySet[M], field: str) -> Any:
    try:
        value = codec.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
        if isinstance(value, (dict, list)) or value is None:
            raise ValueError(mark)
        return queryset.model._meta.get_field(field).to_python(value)  # type: ignore[union-attr]
    except (ValueError, binascii.Error, TypeError, OverflowError) as fault:
        raise Invalid("bad_page", "翻页标记无效，请从第一页重新开始。") from fault
    except Exception as fault:
        if type(fault).__name__ == "ValidationError":
            raise Invalid("bad_page", "翻页标记无效，请从第一页重新开始。") from fault
        raise
