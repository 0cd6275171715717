"""Bringing a backup back."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from backend.backups import engines, selectors
from backend.backups.engines import Engine
from backend.backups.folder import Folder
from backend.backups.problems import BackupProblem, Damaged, NotForThis
from backend.backups.rules.manifest import Manifest
from backend.backups.rules.sealing import Keyring
from backend.backups.services import verifying
from backend.backups.services.workplace import workplace
from backend.core import clock
from backend.media import storage
from backend.sync.models.state import SyncState, epoch_name
from backend.sync.services import epochs

MARKS = "0009_epochs_are_marked"
"""The migration of `sync` since which an epoch has a mark beside its number."""


@dataclass(slots=True)
class Restored:
    """What was done.

    `differing`: tables whose rows afterwards were not as many as the backup counted. `lost`: hashes of files that the
    backup does not hold as they were.
    """

    path: Path
    manifest: Manifest
    epoch: str = ""
    blobs_put: int = 0
    blobs_there: int = 0
    migrated: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def restore(
    *, path: Path, keys: Keyring | None, replace: bool = False, older: bool = False, accept_missing: bool = False
) -> Restored:
    """Verify the backup, put its files and its database back and begin a new epoch (protocol, Offer).

    `replace` allows a database that holds data to be overwritten; `older` a backup that is not the folder's newest:
    phones may have let go of work that only newer ones hold; `accept_missing` one that has lost files.

    The database changes in one transaction, the epoch with it; files come before it, because a file too many does no
    harm. Raises `BackupProblem`; then the database is as it was.
    """
    folder, backup = verifying.open_backup(path, keys)
    with folder.locked(alone=False):
        manifest, engine = folder.manifest(backup), engines.current()
        _must_fit(manifest, engine)
        _must_be_newest(folder, backup, older=older)
        if not replace and selectors.holds_data():
            raise NotForThis(detail="当前数据库中已有数据，未作改动；确认要用备份覆盖它，请加 --replace。")
        verified = verifying.verify_whole(folder, backup)
        if verified.lost and not accept_missing:
            first = next(iter(verified.lost))
            raise Damaged(detail=f"备份中有 {len(verified.lost)} 个文件缺失或损坏，未恢复：{first} 等。")
        done = Restored(backup, manifest, lost=[*manifest.blobs.missing, *manifest.blobs.altered, *verified.lost])
        with workplace() as work:
            _put_blobs(folder, backup, done, work)
            number, mark = epochs.beyond(max(manifest.epoch, selectors.present_epoch()))
            mark = mark if _knows_marks(manifest) else ""
            engine.replace(folder.read(backup, manifest.part(engine.part)), work, _epilogue(manifest, number, mark))
    done.epoch = epoch_name(number, mark)
    _finish(done)
    return done


def _must_fit(manifest: Manifest, engine: Engine) -> None:
    if manifest.engine != engine.name:
        raise NotForThis(detail=f"备份来自 {manifest.engine} 数据库，不能恢复到 {engine.name} 数据库。")
    if newer := selectors.unknown_migrations(manifest.migrations):
        raise NotForThis(detail=f"备份来自更新的版本（{newer[0]}），请先升级程序再恢复。")


def _must_be_newest(folder: Folder, backup: Path, *, older: bool) -> None:
    newest = folder.backups()[-1]
    if newest != backup and not older:
        raise NotForThis(
            detail=f"目录中有更新的备份 {newest.name}，手机可能已清除其间的操作；确认要恢复较早的备份，请加 --older。"
        )


def _knows_marks(manifest: Manifest) -> bool:
    """A backup from before epochs had marks has no place for one: the tables are as they were then until migrated."""
    return MARKS in manifest.migrations.get("sync", [])


def _epilogue(manifest: Manifest, epoch: int, mark: str) -> str:
    """The new epoch is part of the same transaction: no phone ever meets the restored data under the old one.

    `durable` is what this very backup reaches; the row in it was written before it was finished.
    """
    durable = "NULL" if manifest.durable is None else f"'{_instant(clock.from_ms(manifest.durable))}'"
    table = SyncState._meta.db_table
    place = f"public.{table}" if manifest.engine == "postgresql" else table
    values = {"id": "1", "epoch": f"{epoch:d}", "durable_at": durable} | ({"mark": f"'{mark}'"} if mark else {})
    marked = ", mark = excluded.mark" if mark else ""
    return (
        f"INSERT INTO {place} ({', '.join(values)}) VALUES ({', '.join(values.values())}) ON CONFLICT (id) DO UPDATE "  # noqa: S608
        f"SET epoch = excluded.epoch{marked}, durable_at = coalesce(excluded.durable_at, {table}.durable_at)"
    )


def _instant(at: dt.datetime) -> str:
    """As the engine stores it; SQLite keeps text in UTC without an offset."""
    text = at.astimezone(dt.UTC).replace(tzinfo=None).isoformat(sep=" ")
    return text if connection.vendor == "sqlite" else f"{text}+00"


def _put_blobs(folder: Folder, backup: Path, done: Restored, work: Path) -> None:
    lacking = {*done.lost, *done.manifest.blobs.removed}
    store = storage.current()
    for sha256, size in folder.listed(backup, done.manifest):
        if _is_there(store, sha256, size):
            done.blobs_there += 1
        elif sha256 not in lacking:
            file = work / "blob"
            with file.open("wb") as draft:
                for piece in folder.read_blob(sha256, size):
                    draft.write(piece)
            store.adopt(file, sha256)
            done.blobs_put += 1


def _is_there(store: storage.Storage, sha256: str, size: int) -> bool:
    """Read and hashed: a restore is when one no longer trusts a disk."""
    return store.size(sha256) == size and storage.digest(store, sha256) == (sha256, size)


def _finish(done: Restored) -> None:
    """What can only be done in the restored database. A fault here leaves it restored and under its new epoch."""
    expected = done.manifest.counts
    found = selectors.present_counts(sorted(expected))
    done.differing = sorted(table for table, count in expected.items() if found[table] != count)
    done.migrated = selectors.missing_migrations(done.manifest.migrations)
    if done.migrated:
        try:
            call_command("migrate", verbosity=0, interactive=False)
        except Exception as fault:
            detail = f"数据已恢复（{done.epoch}），但升级数据库结构未成功，请处理后执行 manage.py migrate：{fault}"
            raise BackupProblem("migrate_failed", detail) from fault
