"""Set-based writing keeps exactly what the ORM would keep, on either engine."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError

from backend.core.actor import system
from backend.journal import rows
from backend.journal.models import AuditLine, Grant, Outbox
from backend.journal.writing import write
from backend.sync.models import DeviceLog, Operation, Verdict
from backend.sync.models.verdict import Status

pytestmark = pytest.mark.django_db

ME = system(1)
AT = dt.datetime(2026, 11, 20, 1, 12, 33, 120_001, tzinfo=dt.UTC)
STRANGE = '引号" 反斜杠\\ 换行\n 制表\t \U0001f600 \u2028 %s $1 {"a": [1.5, null]}'


def operation(n: int, **changed: object) -> Operation:
    values = {
        "id": uuid.UUID(int=n),
        "county_id": 1,
        "user_id": 2**40,
        "device_id": uuid.UUID(int=9),
        "n": n,
        "kind": "probe",
        "verb": "put",
        "object_id": "a",
        "schema": 1,
        "device_at": "",
        "offset_ms": None,
        "received_at": AT,
        "body": STRANGE,
        "chain": "",
        "deposited": bool(n % 2),
    }
    return Operation(**values | changed)


def verdict(n: int, **changed: object) -> Verdict:
    values = {"operation_id": uuid.UUID(int=n), "status": Status.APPLIED, "decided_at": AT, "looked_at": AT}
    return Verdict(**values | changed)


def line(place: int, detail: dict[str, object]) -> AuditLine:
    return AuditLine(county_id=1, at=AT, actor_name=f"甲{place}", verb="x", kind="probe", object_id="a", detail=detail)


def contents(model: type[Operation] | type[Verdict]) -> list[dict[str, object]]:
    return [dict(row) for row in model._default_manager.order_by("pk").values()]


def test_what_is_written_is_what_the_orm_writes() -> None:
    detail = {"a": [1, 2.5, -0.125, None, True, STRANGE], "empty": {}, "big": 2**53}
    rows.insert([operation(1), operation(2, offset_ms=-7_980_000, body="")])
    rows.insert([verdict(1, detail=detail, rev=5), verdict(2, status=Status.HELD, waits_kind="visit", waits_id="x")])
    ours = contents(Operation), contents(Verdict)
    Verdict.objects.all().delete()
    Operation.objects.all().delete()
    Operation.objects.bulk_create([operation(1), operation(2, offset_ms=-7_980_000, body="")])
    Verdict.objects.bulk_create(
        [verdict(1, detail=detail, rev=5), verdict(2, status=Status.HELD, waits_kind="visit", waits_id="x")]
    )
    assert ours == (contents(Operation), contents(Verdict))
    assert Verdict.objects.get(pk=uuid.UUID(int=1)).detail == detail


def test_keys_that_the_database_counts_follow_the_order_of_the_rows() -> None:
    with write(actor=ME):
        rows.insert([line(place, {"place": place}) for place in range(50)])
    assert [row.detail["place"] for row in AuditLine.objects.order_by("pk")] == list(range(50))


def test_an_upsert_overwrites_the_named_fields_of_what_it_meets() -> None:
    rows.insert([operation(1), operation(2)])
    rows.insert([verdict(1, status=Status.HELD, code="old")])
    rows.upsert([verdict(1, code="new", rev=3), verdict(2)], unique=["pk"], update=["status"])
    assert list(Verdict.objects.order_by("pk").values_list("status", "code", "rev")) == [
        ("applied", "old", None),
        ("applied", "", None),
    ]


def test_new_rows_and_known_ones_go_together_where_the_database_counts_keys() -> None:
    with write(actor=ME):
        known = Grant.objects.create(county_id=1, user_id=1, scope="crew:a", starts_at=AT)
        rows.insert_missing([known, Grant(county_id=1, user_id=2, scope="crew:b", starts_at=AT)])
    assert sorted(Grant.objects.values_list("scope", flat=True)) == ["crew:a", "crew:a", "crew:b"]


def test_insert_missing_leaves_what_is_there() -> None:
    rows.insert([operation(1, body="first")])
    rows.insert_missing([operation(1, body="second"), operation(2, body="second")])
    assert list(Operation.objects.order_by("pk").values_list("body", flat=True)) == ["first", "second"]


def test_a_batch_writes_all_its_tables_or_none() -> None:
    batch = rows.Batch()
    batch.insert([operation(1)])
    batch.insert([line(1, {})])
    batch.put([DeviceLog(device_id=uuid.UUID(int=9), county_id=1, user_id=1, have=4, pushed_at=AT)])
    with write(actor=ME):
        batch.run()
    assert (Operation.objects.count(), AuditLine.objects.count(), DeviceLog.objects.get().have) == (1, 1, 4)
    batch.insert([line(2, {})])
    batch.insert([operation(1)])
    with pytest.raises(IntegrityError), write(actor=ME):
        batch.run()
    assert (Operation.objects.count(), AuditLine.objects.count()) == (1, 1)


def test_a_batch_runs_once_and_an_empty_one_does_nothing() -> None:
    batch = rows.Batch()
    batch.insert([])
    batch.run()
    message = Outbox(county_id=1, recipient_id=1, kind="x", subject_kind="probe", subject_id="a", at=AT)
    batch.insert([message])
    batch.run()
    batch.run()
    assert Outbox.objects.count() == 1
