"""Bringing a backup back, and refusing to."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from backend.accounts.models import County
from backend.backups import engines
from backend.backups.problems import BackupProblem
from backend.core import clock
from backend.core.actor import system
from backend.journal.writing import write
from backend.media.services import blobs
from backend.sync.models.state import SyncState, state
from tests.backups.conftest import command, keep, manifest_of, rewrite
from tests.backups.test_taking import stored

pytestmark = pytest.mark.usefixtures("deployment")


def counties() -> list[str]:
    return sorted(County.objects.values_list("code", flat=True))


def empty() -> None:
    """As on a new machine: the tables are there, and nothing in them."""
    with write(actor=system(0)):
        call_command("flush", verbosity=0, interactive=False)


def test_a_database_in_use_is_left_alone_unless_it_may_be_replaced(cast, county, folder, backup):
    backup()
    cast.county("linshui", "邻水区")
    said = command("restore", folder)
    assert (said.code, "请加 --replace" in said.text) == (2, True)
    assert (counties(), state().epoch) == (["linshui", "yunchuan"], 1)
    assert command("restore", folder, "--replace").code == 0
    assert counties() == ["yunchuan"]


def test_an_empty_database_is_filled_and_its_files_come_back(county, folder, backup):
    sound, damaged, gone = (keep(data, county.pk) for data in (b"sound", b"damaged", b"gone"))
    backup()
    empty()
    stored(damaged).write_bytes(b"DAMAGED")
    stored(gone).unlink()
    said = command("restore", folder)
    assert (said.code, "文件：补回 2 个，原已完好 1 个。" in said.text) == (0, True)
    assert counties() == ["yunchuan"]
    assert [blobs.read(sha256) for sha256 in (sound, damaged, gone)] == [b"sound", b"damaged", b"gone"]


def test_every_restore_begins_an_epoch_that_was_never_there(county, folder, backup):
    backup()
    seen = {state().name}
    with clock.fixed(clock.now()):  # even within one minute
        for _ in range(3):
            said = command("restore", folder, "--replace")
            found = re.search(r"已换代，现为 (e\d+-[0-9a-f]{16})：", said.text)
            assert found
            assert found.group(1) == state().name
            assert state().name not in seen
            seen.add(state().name)
        empty()  # another machine, which knows of none of them
        assert command("restore", folder).code == 0
    assert state().name not in seen


def test_a_backup_from_before_epochs_had_marks_begins_an_epoch_without_one(county, folder, backup):
    call_command("migrate", "sync", "0008", verbosity=0)
    try:
        path = backup()
        assert manifest_of(path).migrations["sync"][-1] == "0008_sweep_mark"
    finally:
        call_command("migrate", verbosity=0)
    said = command("restore", folder, "--replace")
    assert said.code == 0
    assert (state().mark, state().epoch > 1) == ("", True)
    assert f"已换代，现为 {state().name}：" in said.text


def test_durable_is_what_the_restored_backup_reaches(county, folder, backup):
    with clock.fixed(clock.now()) as hand:
        backup()
        hand.move(hours=1)
        backup()
        reached = state().durable_at
        command("restore", folder, "--replace")
        assert state().durable_at == reached
        assert SyncState.objects.count() == 1


def test_an_older_backup_needs_a_word_of_its_own(cast, county, backup):
    first = backup()
    cast.county("linshui", "邻水区")
    second = backup()
    said = command("restore", first, "--replace")
    assert (said.code, f"目录中有更新的备份 {second.name}" in said.text) == (2, True)
    assert len(counties()) == 2
    assert command("restore", first, "--replace", "--older").code == 0
    assert counties() == ["yunchuan"]


def test_the_other_engine_and_a_later_version_are_refused(county, backup):
    path = backup()
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    rewrite(path, engine=other)
    said = command("restore", path, "--replace")
    assert (said.code, said.text) == (2, f"备份来自 {other} 数据库，不能恢复到 {connection.vendor} 数据库。")
    path = backup()
    rewrite(path, migrations=manifest_of(path).migrations | {"sync": ["0001_initial", "9999_later"]})
    said = command("restore", path, "--replace")
    assert (said.code, "备份来自更新的版本（sync.9999_later）" in said.text) == (2, True)
    path = backup()
    rewrite(path, format=2)
    assert command("restore", path, "--replace").code == 2
    assert state().epoch == 1


def test_an_older_schema_is_migrated(county, folder, backup):
    call_command("migrate", "journal", "0001", verbosity=0)
    try:
        path = backup()
        assert manifest_of(path).migrations["journal"] == ["0001_initial"]
    finally:
        call_command("migrate", verbosity=0)
    said = command("restore", folder, "--replace")
    assert said.code == 0, said.text
    assert "已升级数据库结构：journal.0002_sealing" in said.text
    applied = set(MigrationRecorder(connection).applied_migrations())
    assert ("journal", "0002_sealing") in applied
    assert counties() == ["yunchuan"]


def test_a_file_the_backup_has_lost_stops_a_restore_unless_that_is_accepted(county, folder, backup):
    lost, kept = keep(b"lost", county.pk), keep(b"kept", county.pk)
    backup()
    (folder / "blobs" / lost[:2] / lost).unlink()
    for sha256 in (lost, kept):
        stored(sha256).unlink()
    assert command("restore", folder, "--replace").code == 5
    said = command("restore", folder, "--replace", "--accept-missing")
    assert (said.code, f"备份中没有：{lost}" in said.text) == (0, True)
    assert blobs.read(kept) == b"kept"


def test_a_database_that_stops_in_the_middle_changes_nothing(cast, county, backup, tmp_path):
    path = backup()
    cast.county("linshui", "邻水区")
    engine = engines.current()
    data = (path / engine.part).read_bytes()

    def half():
        yield data[: len(data) // 2]
        raise BackupProblem("gone", "介质已拔出。")

    def late():
        yield data
        raise BackupProblem("gone", "介质已拔出。")

    for pieces in (half, late):
        with pytest.raises(BackupProblem, match="介质已拔出"):
            engine.replace(pieces(), tmp_path, "SELECT 1")
        assert len(counties()) == 2
    with pytest.raises(Exception, match="no_such_table"):
        engine.replace([data], tmp_path, "DELETE FROM no_such_table")
    assert len(counties()) == 2


def test_an_unreadable_database_file_is_set_aside(county, folder, backup):
    """SQLite; of PostgreSQL's files the server takes care."""
    backup()
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        connection.close()
        for suffix in ("-wal", "-shm"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)
        file.write_bytes(b"this was a database once" * 1000)
        assert command("restore", folder).code == 2
        assert command("restore", folder, "--replace").code == 0
        [aside] = file.parent.glob(f"{file.name}.damaged-*Z")
        assert aside.read_bytes().startswith(b"this was")
        aside.unlink()
    assert counties() == ["yunchuan"]
