"""`durable`: whatever was received until then is in a backup, also beside transactions that are still running."""

import datetime as dt
import random
import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from backend.backups.services import taking
from backend.core import clock
from backend.journal.turnstile import turn
from backend.sync.models import DeviceLog, Operation, StrayOperation
from backend.sync.models.state import SyncState, state
from backend.sync.services import durability
from tests.backups.conftest import column, command, keep, manifest_of
from tests.backups.test_taking import stored

pytestmark = pytest.mark.usefixtures("deployment")

MINUTES = dt.timedelta(minutes=1)


@pytest.fixture
def no_margin(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound as the engine proves it."""
    monkeypatch.setattr(taking, "MARGIN", dt.timedelta(0))


def operation(**changes: Any) -> Operation:
    plain = {"county_id": 1, "user_id": 1, "device_id": uuid.uuid4(), "n": 1, "kind": "probe", "verb": "put"}
    plain |= {"object_id": "x", "schema": 1, "device_at": "", "body": "{}", "chain": "", "received_at": clock.now()}
    return Operation(id=uuid.uuid4(), **(plain | changes))


def test_a_backup_moves_it_to_two_minutes_before_and_never_back(county, backup):
    with clock.fixed(clock.from_ms(clock.now_ms())) as hand:
        assert state().durable_at is None
        first = clock.now()
        backup()
        assert state().durable_at == first - 2 * MINUTES
        hand.move(hours=1)
        backup()
        assert state().durable_at == first + 58 * MINUTES
        hand.move(minutes=-30)
        backup()
        assert state().durable_at == first + 58 * MINUTES
        assert durability.reach(at=first) == first + 58 * MINUTES


def test_a_backup_that_lacks_files_moves_it_only_when_the_loss_is_accepted(county, backup):
    stored(keep(b"lost", county.pk)).unlink()
    assert command("backup").code == 3
    assert state().durable_at is None
    said = command("backup", "--accept-missing")
    assert (said.code, "备份时已缺失" in said.text) == (0, True)
    assert state().durable_at is not None


def test_a_failed_backup_does_not_move_it(county, folder, settings):
    folder.write_text("in the way")
    assert command("backup").code == 1
    assert SyncState.objects.filter(durable_at__isnull=False).count() == 0


def test_what_is_not_committed_yet_is_not_durable(county, backup, no_margin):
    """A transaction that read the clock before the backup began, and ends after it (or holds it up: SQLite)."""
    began, finish = threading.Event(), threading.Event()
    row = operation()

    def write() -> None:
        try:
            with transaction.atomic():
                row.received_at = clock.now()
                row.save(force_insert=True)
                began.set()
                finish.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    assert began.wait(10)
    if connection.vendor == "sqlite":
        threading.Timer(0.5, finish.set).start()
    time.sleep(0.05)
    path = backup()
    finish.set()
    thread.join()
    durable = state().durable_at
    assert durable is not None
    held = column(path, "sync_operation", "body")
    assert (held == ["{}"]) == (row.received_at <= durable)
    assert Operation.objects.count() == 1
    assert held == {"sqlite": ["{}"], "postgresql": []}[connection.vendor]


class Writers:
    """Four threads that read the clock, take their time and commit two rows at once, until they are stopped."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(seed,)) for seed in range(4)]

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, seed: int) -> None:
        draw = random.Random(seed)
        try:
            while not self._stop.is_set():
                self._write(draw)
        finally:
            connection.close()

    def _write(self, draw: random.Random) -> None:
        with turn(), transaction.atomic():
            list(DeviceLog.objects.select_for_update()[:1])  # as custody does: it locks first, and then reads the clock
            row = operation(n=seed_of(draw))
            row.save(force_insert=True)
            time.sleep(draw.random() * 0.03)
            StrayOperation.objects.create(
                operation_id=row.pk,
                county_id=1,
                user_id=1,
                device_id=row.device_id,
                received_at=row.received_at,
                body="",
                digest="",
            )
        time.sleep(draw.random() * 0.01)


def seed_of(draw: random.Random) -> int:
    return draw.randrange(1, 2**31)


@pytest.fixture
def busy(county: Any) -> Iterator[Writers]:
    with Writers() as writers:
        time.sleep(0.3)
        yield writers


def test_a_backup_taken_beside_writers_is_one_moment_and_keeps_its_word(busy, backup, no_margin):
    taken = [backup() for _ in range(3)]
    time.sleep(0.3)
    for path in taken:
        held = set(column(path, "sync_operation", "id"))
        strays = {uuid.UUID(each) for each in column(path, "sync_strayoperation", "operation_id")}
        assert {uuid.UUID(each) for each in held} == strays
        assert manifest_of(path).counts["sync_operation"] == len(held)
        bound = clock.from_ms(manifest_of(path).durable or 0)
        promised = set(Operation.objects.filter(received_at__lte=bound).values_list("pk", flat=True))
        assert promised
        assert promised <= strays


def test_sessions_that_cannot_be_seen_leave_it_where_it_is(county, backup):
    """PostgreSQL may hide what another session does; then nothing is promised."""
    if connection.vendor == "sqlite":
        backup()
        assert state().durable_at is not None
        return
    said = connection.settings_dict
    place = {"host": said["HOST"], "port": said["PORT"], "user": said["USER"], "dbname": said["NAME"]}
    with psycopg.connect(**place, password=said["PASSWORD"], options="-c track_activities=off"):
        text = command("backup").text
    assert "未推进手机的清除时限" in text
    assert state().durable_at is None
