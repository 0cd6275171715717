"""Who was sent an original: noted at once whoever holds the database, booked once, never lost by a process that dies."""

import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from backend.core import clock
from backend.core.actor import Actor, system
from backend.journal.models import AuditLine
from backend.journal.writing import write
from backend.media.models import Access
from backend.media.services import accesses
from backend.media.spool import Spool

MEI = Actor(7, 1, "梅督查员", frozenset({"inspector"}))
SHA256 = "ab" * 32


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path / "accesses"


@pytest.mark.django_db
class TestBooking:
    def test_once_per_person_file_purpose_and_day_with_one_audit_line(self) -> None:
        li = Actor(8, 1, "李督查员")
        for actor in (MEI, MEI, li):
            for purpose in ("viewed", "exported", "viewed"):
                accesses.note(actor=actor, sha256=SHA256, purpose=purpose)
        assert [accesses.book(), accesses.book()] == [4, 0]
        accesses.note(actor=MEI, sha256=SHA256)
        assert accesses.book() == 0
        rows = set(Access.objects.values_list("user_id", "user_name", "purpose", "day"))
        day = clock.today()
        assert rows == {(who.user_id, who.name, why, day) for who in (MEI, li) for why in ("viewed", "exported")}
        lines = AuditLine.objects.filter(kind="blob", object_id=SHA256).values_list("actor_id", "verb")
        assert sorted(lines) == [(7, "blob.exported"), (7, "blob.viewed"), (8, "blob.exported"), (8, "blob.viewed")]

    def test_the_next_day_counts_anew(self) -> None:
        with clock.fixed(clock.now()) as hand:
            accesses.note(actor=MEI, sha256=SHA256)
            hand.move(days=1)
            accesses.note(actor=MEI, sha256=SHA256)
            assert accesses.book() == 2

    def test_what_is_not_booked_yet_is_told_all_the_same(self) -> None:
        accesses.note(actor=MEI, sha256=SHA256)
        before = [(row.user_id, row.at) for row in accesses.of(1, SHA256)]
        accesses.book()
        assert [(row.user_id, row.at) for row in accesses.of(1, SHA256)] == before
        assert accesses.of(2, SHA256) == []

    def test_the_product_itself_is_nobody(self) -> None:
        accesses.note(actor=system(1), sha256=SHA256)
        assert accesses.of(1, SHA256) == []

    def test_half_a_line_costs_only_itself(self, folder: Path) -> None:
        accesses.note(actor=MEI, sha256=SHA256)
        Spool(folder).add(b'{"county_id": 1, "sha')
        assert accesses.book() == 1

    def test_what_cannot_be_booked_comes_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        accesses.note(actor=MEI, sha256=SHA256)
        with monkeypatch.context() as broken:
            broken.setattr(accesses, "_book", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                accesses.book()
        assert accesses.book() == 1


def test_a_disk_that_cannot_be_written_keeps_nobody_from_reading(folder: Path) -> None:
    folder.write_bytes(b"no folder")
    accesses.note(actor=MEI, sha256=SHA256)


@pytest.mark.django_db(transaction=True)
def test_noting_does_not_wait_for_whoever_writes() -> None:
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with write(actor=system(1)) as change:
            change.log("held", Access(sha256=SHA256))
            change.flush()
            holding.set()
            done.wait(10)
        connection.close()

    writer = threading.Thread(target=hold)
    writer.start()
    assert holding.wait(10)
    try:
        accesses.note(actor=MEI, sha256=SHA256)
        assert [row.user_id for row in accesses.of(1, SHA256)] == [7]
    finally:
        done.set()
        writer.join()
    assert accesses.book() == 1
