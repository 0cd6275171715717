"""What a connection to PostgreSQL keeps prepared: once each, through rollbacks, changed tables and lost connections."""

import gc
import uuid
import weakref

import psycopg
import pytest
from django.db import NotSupportedError, OperationalError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backend.core import prepared, statements
from backend.core.lookup import find
from backend.sync.models import Operation
from tests.journal.test_rows import operation

pytestmark = pytest.mark.postgresql

ONE = "SELECT 1 WHERE 1 = %s"


@pytest.mark.django_db
def test_a_statement_is_prepared_once_and_not_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"SELECT '{uuid.uuid4()}' WHERE 1 = %s"
    for _ in range(3):
        assert len(statements.rows(text, [1])) == 1
    monkeypatch.setattr(prepared, "MOST", 0)
    assert statements.rows("SELECT 'not kept, ' || %s::text", ["一"]) == [("not kept, 一",)]
    held = statements.rows("SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%%kept%%' OR name = ''")
    assert [row for row in held if "not kept, " in row[0]] == []
    assert statements.rows(
        "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", [text[:44] + "%"]
    ) == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_a_statement_survives_a_change_of_its_table_and_a_discard() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE altered (one integer)")
    try:
        assert statements.rows("SELECT * FROM altered") == []
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE altered ADD COLUMN two integer")
        with pytest.raises(NotSupportedError):
            statements.rows("SELECT * FROM altered")
        assert statements.rows("SELECT * FROM altered") == []
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE altered")


@pytest.mark.django_db(transaction=True)
def test_what_somebody_discarded_is_prepared_again() -> None:
    for text in (ONE, "SELECT 2 WHERE 1 = %s"):
        statements.rows(text, [1])
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with pytest.raises(ProgrammingError):
        statements.rows(ONE, [1])
    assert statements.rows(ONE, [1]) == [(1,)]
    assert statements.rows("SELECT 2 WHERE 1 = %s", [1]) == [(2,)]


@pytest.mark.django_db(transaction=True)
def test_rollbacks_discard_nothing() -> None:
    for _ in range(8):
        with transaction.atomic():
            assert statements.rows(ONE, [1]) == [(1,)]
            list(Operation.objects.filter(n=1))
            transaction.set_rollback(True)
    text = "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT 1 WHERE 1 = $1'"
    assert statements.rows(text) == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_is_an_operational_error_and_the_next_one_works() -> None:
    with pytest.raises(OperationalError):
        statements.rows("SELECT pg_terminate_backend(pg_backend_pid())")
    connection.close_if_unusable_or_obsolete()
    assert statements.rows(ONE, [1]) == [(1,)]


@pytest.mark.django_db
def test_a_connection_that_nobody_holds_any_longer_is_forgotten() -> None:
    given = connection.get_connection_params()
    address = {name: given[name] for name in ("host", "port", "user", "password", "dbname") if name in given}
    driver = psycopg.connect(**address, autocommit=True)
    assert prepared.rows(driver, ONE, [1]) == [(1,)]
    known = weakref.ref(driver)
    driver.close()
    del driver
    gc.collect()
    assert known() is None


@pytest.mark.django_db
def test_a_look_up_by_many_keys_looks_each_up_by_the_index() -> None:
    Operation.objects.bulk_create(operation(n) for n in range(1, 2001))
    with CaptureQueriesContext(connection) as seen:
        assert [row.n for row in find(Operation, order="n", id=[uuid.UUID(int=7), uuid.UUID(int=1999)])] == [7, 1999]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {seen[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert ("Nested Loop" in plan, "Index Scan" in plan, "Seq Scan" in plan) == (True, True, False)
