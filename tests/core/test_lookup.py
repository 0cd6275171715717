"""Look-ups by key find what the ORM finds, as the ORM gives it, on either engine."""

import datetime as dt
import uuid

import pytest
from django.db import models

from backend.core.lookup import find, find_one
from backend.sync.models import Operation, Verdict
from backend.sync.models.verdict import Status
from tests.journal.test_rows import AT, operation, verdict

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def judged() -> None:
    Operation.objects.bulk_create(operation(n, device_id=uuid.UUID(int=n % 2), object_id=f"o{n}") for n in range(1, 7))
    Verdict.objects.bulk_create(
        verdict(n, status=Status.HELD if n < 3 else Status.APPLIED, detail={"n": [n, 1.5]}, rev=n) for n in range(1, 7)
    )


def values(row: models.Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_row_comes_as_from_the_orm() -> None:
    ids = [uuid.UUID(int=n) for n in range(1, 7)]
    operations, verdicts = find(Operation, order="id", id=ids), find(Verdict, order="operation_id", operation_id=ids)
    assert [values(row) for row in operations] == [values(row) for row in Operation.objects.order_by("pk")]
    assert [values(row) for row in verdicts] == [values(row) for row in Verdict.objects.order_by("pk")]


def test_values_and_lists_narrow_together() -> None:
    found = find(Operation, device_id=uuid.UUID(int=1), object_id=["o1", "o2", "o3"], order="n")
    assert [row.n for row in found] == [1, 3]
    assert find(Operation, object_id=[]) == []
    assert find(Operation, object_id=set(), n=1) == []


def test_numbers_in_lists_of_any_size_are_numbers() -> None:
    assert [row.n for row in find(Operation, n=[6, 2**40, 3], order="n")] == [3, 6]


def test_what_is_not_read_at_once_is_read_when_asked_for() -> None:
    row = find_one(Operation, only=["id", "n"], id=uuid.UUID(int=2))
    assert row is not None
    assert (row.n, row.get_deferred_fields() >= {"body"}, row.body) == (2, True, operation(2).body)


def test_one_row_or_none() -> None:
    assert find_one(Operation, id=uuid.UUID(int=99)) is None
    found = find_one(Verdict, operation_id=uuid.UUID(int=1))
    assert found is not None
    assert found.looked_at == AT.astimezone(dt.UTC)


def test_a_constant_condition_and_a_lock_can_be_added() -> None:
    found = find(Verdict, lock=True, order="operation_id", where="status = 'held'", code="")
    assert [row.rev for row in found] == [1, 2]


@pytest.mark.parametrize("name", ['"', "\\", "{a,b}", "NULL", "null", "", " a ", "逗号，“引号”", "a\nb", "%s"])
def test_any_text_can_be_in_a_list(name: str) -> None:
    Operation.objects.filter(pk=uuid.UUID(int=1)).update(object_id=name)
    assert [row.n for row in find(Operation, object_id=[name, "o2"], order="n")] == [1, 2]
    assert [row.n for row in find(Operation, lock=True, object_id=[name, "o2"], order="n")] == [1, 2]
    assert [row.n for row in find(Operation, object_id=[f"{name}x", f"x{name}"])] == []
