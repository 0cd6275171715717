"""Statements run without a cursor behave as Django's own: transactions, faults, watchers; on either engine."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import (
    IntegrityError,
    connection,
    connections,
    transaction,
)
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from backend.core import statements
from backend.core.lookup import existing, find
from backend.sync.models import Operation
from tests.journal.test_rows import operation

ONE = "SELECT 1 WHERE 1 = %s"
NEW = "INSERT INTO journal_scope (name, county_id, head, floor, csum) VALUES (%s, 1, 0, 0, 0)"
NAMES = "SELECT name FROM journal_scope WHERE name LIKE 'new:%%' ORDER BY name"


def names() -> list[str]:
    return [name for (name,) in statements.rows(NAMES)]


@pytest.mark.django_db
def test_what_only_writes_answers_nothing() -> None:
    assert statements.rows(NEW, ["new:1"]) == []
    assert names() == ["new:1"]


@pytest.mark.django_db(transaction=True)
def test_the_first_statement_begins_the_transaction() -> None:
    with transaction.atomic():
        statements.rows(NEW, ["new:1"])
        transaction.set_rollback(True)
    assert names() == []
    with transaction.atomic():
        statements.rows(NEW, ["new:2"])
    assert names() == ["new:2"]


@pytest.mark.django_db
def test_faults_are_djangos_and_a_savepoint_mends_them() -> None:
    statements.rows(NEW, ["new:1"])
    with pytest.raises(IntegrityError), transaction.atomic():
        statements.rows(NEW, ["new:1"])
    assert names() == ["new:1"]


@pytest.mark.django_db
def test_a_broken_transaction_refuses() -> None:
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            statements.rows(ONE, [1])


@pytest.mark.django_db
def test_watchers_see_every_statement_and_may_refuse_it() -> None:
    seen = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append((sql, params, context["connection"] is connections["default"]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch), connection.execute_wrapper(watch):
        assert statements.rows(ONE, [1]) == [(1,)]
    assert seen == [(ONE, [1], True)] * 2


@pytest.mark.django_db
def test_a_count_of_queries_counts_them() -> None:
    with CaptureQueriesContext(connection) as seen:
        assert statements.rows(ONE, [1]) == [(1,)]
        statements.rows(NEW, ["new:1"])
        find(Operation, n=[1, 2])
    assert len(seen) == 3
    assert names() == ["new:1"]


@pytest.mark.django_db
def test_a_value_twice_in_a_list_finds_its_row_once() -> None:
    Operation.objects.bulk_create([operation(1), operation(2)])
    ids = [uuid.UUID(int=1), uuid.UUID(int=2), uuid.UUID(int=1)]
    assert [row.n for row in find(Operation, order="n", id=ids)] == [1, 2]
    assert existing({Operation: ids}) == {(Operation, ids[0]), (Operation, ids[1])}
