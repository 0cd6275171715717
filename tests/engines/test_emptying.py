"""What a test that commits leaves behind is gone before the next one, and what every test begins with is not."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import TransactionTestCase

from tests.engines import emptying

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def as_after_a_test(one_write_path) -> Iterator[None]:
    """Nobody watches the one write path any more when the database is emptied."""
    watchers = connection.execute_wrappers[:]
    connection.execute_wrappers.clear()
    yield
    connection.execute_wrappers.extend(watchers)


def end_of_test() -> None:
    case: Any = TransactionTestCase("__init__")
    case._fixture_teardown()


def permissions() -> list[tuple[str, int]]:
    return sorted(Permission.objects.values_list("codename", "content_type_id"))


def rows() -> int:
    """Of all tables, counted one by one."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with connection.cursor() as cursor:
        total = 0
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - names of our own tables
            total += cursor.fetchone()[0]
    return total


def test_every_row_goes_but_those_of_the_beginning(fieldwork, cast):
    fieldwork.submitted()
    before, filled = permissions(), emptying.holding_rows(emptying.tables())
    assert {"accounts_user", "journal_auditline", "inspections_visit"} <= {*filled}
    end_of_test()
    assert emptying.holding_rows(emptying.tables()) == []
    assert (rows(), permissions()) == (ContentType.objects.count() + Permission.objects.count(), before)
    assert before


def test_permissions_that_a_test_changed_are_those_of_the_beginning_again():
    before = sorted(codename for codename, _ in permissions())
    Permission.objects.all()[0].delete()
    end_of_test()
    assert sorted(codename for codename, _ in permissions()) == before


def test_constraints_hold_after_it():
    """References are looked at again as soon as the tables are empty."""
    end_of_test()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW session_replication_role")
            assert cursor.fetchone() == ("origin",)
        else:
            cursor.execute("PRAGMA foreign_keys")
            assert cursor.fetchone() == (1,)
