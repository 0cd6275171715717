"""Dated permission of people to read scopes."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from backend.core import clock
from backend.core.lookup import find
from backend.core.terms import in_term
from backend.journal.models.feed import Grant, Scope


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


def may_read(user_id: int, scope: str, at: dt.datetime | None = None) -> bool:
    return Grant.objects.filter(in_term(at or clock.now()), user_id=user_id, scope=scope).exists()


def was_ever_granted(user_id: int, scope: str) -> bool:
    """Whether `user_id` has held `scope` at any time up to now (late work is judged by this)."""
    now = clock.now()
    return any(grant.starts_at <= now for grant in find(Grant, user_id=user_id, scope=scope))


def readers(scope: str, at: dt.datetime | None = None) -> set[int]:
    """The users who may read `scope` at `at` (default now)."""
    return set(Grant.objects.filter(in_term(at or clock.now()), scope=scope).values_list("user_id", flat=True))


def scopes(names: Iterable[str]) -> dict[str, Scope]:
    """The feed's state of each named scope that has ever held anything."""
    return {scope.name: scope for scope in Scope.objects.filter(name__in=list(names))}
