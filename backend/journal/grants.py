"""Dated permission of people to read scopes."""

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from backend.core import clock, statements
from backend.core.lookup import find
from backend.core.terms import in_term
from backend.journal.models.feed import Grant, sum_text


def give(county_id: int, user_id: int, scope: str, starts_at: dt.datetime, ends_at: dt.datetime | None) -> None:
    Grant.objects.create(county_id=county_id, user_id=user_id, scope=scope, starts_at=starts_at, ends_at=ends_at)


def end(user_id: int, scope: str, at: dt.datetime) -> None:
    _running(Grant.objects.filter(user_id=user_id, scope=scope), at).update(ends_at=at)


def end_all(scope: str, at: dt.datetime) -> None:
    _running(Grant.objects.filter(scope=scope), at).update(ends_at=at)


def _running(grants: QuerySet[Grant], at: dt.datetime) -> QuerySet[Grant]:
    return grants.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))


def scope_names(user_id: int, at: dt.datetime | None = None) -> set[str]:
    """Every scope `user_id` may read at `at` (default now)."""
    rows = Grant.objects.filter(in_term(at or clock.now()), user_id=user_id)
    return set(rows.values_list("scope", flat=True))


def scope_names_of(user_ids: Collection[int]) -> dict[int, set[str]]:
    """Every scope that each of `user_ids` may read now, in one query; who may read none is missing."""
    names: dict[int, set[str]] = {}
    if user_ids:
        rows = Grant.objects.filter(in_term(clock.now()), user_id__in=user_ids)
        for user_id, name in rows.values_list("user_id", "scope").iterator(5000):
            names.setdefault(user_id, set()).add(name)
    return names


def may_read(user_id: int, scope: str, at: dt.datetime | None = None) -> bool:
    return Grant.objects.filter(in_term(at or clock.now()), user_id=user_id, scope=scope).exists()


def was_ever_granted(user_id: int, scope: str) -> bool:
    """Whether `user_id` has held `scope` at any time up to now (late work is judged by this)."""
    now = clock.now()
    return any(grant.starts_at <= now for grant in find(Grant, user_id=user_id, scope=scope))


def readers(scope: str, at: dt.datetime | None = None) -> set[int]:
    """The users who may read `scope` at `at` (default now)."""
    return set(Grant.objects.filter(in_term(at or clock.now()), scope=scope).values_list("user_id", flat=True))


class Standing(NamedTuple):
    """Where the feed of one scope stands; see `Scope`."""

    name: str
    pk: int
    head: int
    floor: int
    csum: int

    @property
    def csum_text(self) -> str:
        """16 lower-case hex digits, as on the wire."""
        return sum_text(self.csum)


STANDING = """
SELECT held.scope, own.id, own.head, own.floor, own.csum
FROM journal_grant AS held LEFT JOIN journal_scope AS own ON own.name = held.scope
WHERE held.user_id = %s AND held.starts_at <= %s AND (held.ends_at IS NULL OR held.ends_at > %s)
"""
"""In one statement, and without naming the scopes to the database one by one: an office reads thousands of them. Of two
grants of one scope each says the same."""


def standing(user_id: int) -> dict[str, Standing | None]:
    """Every scope `user_id` may read now, and where its feed stands; None for one that has never held anything."""
    now = connection.ops.adapt_datetimefield_value(clock.now())
    found = statements.rows(STANDING, [user_id, now, now])
    return {row[0]: None if row[1] is None else Standing(*row) for row in found}
