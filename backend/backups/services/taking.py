"""Taking a backup while the product runs."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from backend.backups import engines, selectors
from backend.backups.engines import Engine, Snapshot
from backend.backups.folder import BLOB_LIST, Folder
from backend.backups.problems import Damaged
from backend.backups.rules.manifest import FORMAT, Blobs, Manifest
from backend.backups.rules.sealing import Keyring
from backend.backups.services import rotating, verifying
from backend.backups.services.workplace import workplace
from backend.core import clock
from backend.media import storage
from backend.sync.services import durability

MARGIN = dt.timedelta(minutes=2)
"""`durable` stays this far behind what the engine proves: servers of one deployment may differ by as much (protocol,
Push: a larger skew is shown), and a request may read the clock a little before its transaction begins."""


@dataclass(slots=True)
class Taken:
    """What was done. `durable` is None when it was not moved."""

    path: Path
    manifest: Manifest
    copied: int = 0
    copied_bytes: int = 0
    durable: dt.datetime | None = None
    rotated: rotating.Rotated | None = None

    @property
    def whole(self) -> bool:
        return self.manifest.blobs.whole


@dataclass(slots=True)
class _Copied:
    """Blobs passed so far."""

    count: int = 0
    bytes: int = 0
    copied: int = 0
    copied_bytes: int = 0
    missing: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    def told(self) -> Blobs:
        return Blobs(self.count, self.bytes, self.missing, self.altered, self.removed)


def take(*, to: Path, keys: Keyring | None, keep: int | None = None, accept_missing: bool = False) -> Taken:
    """A verified backup in the folder `to`.

    Only when it holds everything (or `accept_missing` says that what lacks is known) does it move `durable` and let
    all but the newest `keep` go. Raises `BackupProblem`; then nothing is left that looks like a backup.
    """
    folder = Folder.make(to, keys)
    with folder.locked(alone=True):
        folder.clear()
        done = _take(folder)
        if done.whole or accept_missing:
            done.durable = _move_durable(done.manifest)
            if keep is not None:
                done.rotated = rotating.rotate(folder=folder, keep=keep, newest=done.path)
    return done


def _take(folder: Folder) -> Taken:
    engine = engines.current()
    with folder.draft() as draft:
        with workplace() as work:
            manifest = _database(folder, draft, engine, work)
        copied = _Copied()
        for sha256, size in folder.listed(draft, manifest):
            _copy(folder, sha256, size, copied)
        manifest = _with(manifest, copied)
        folder.write_manifest(draft, manifest)
        verifying.verify_parts(folder, draft)
        path = folder.finish(draft)
    return Taken(path, manifest, copied.copied, copied.copied_bytes)


def _database(folder: Folder, draft: Path, engine: Engine, work: Path) -> Manifest:
    """Everything that must be of one moment. Blobs never change, so they may be copied afterwards."""
    settled = engine.settled_until()
    taken_at = clock.now_ms()
    with engine.snapshot(work) as snapshot:
        parts = [
            folder.write(draft, engine.part, snapshot.pieces()),
            folder.write(draft, BLOB_LIST, _lines(snapshot)),
        ]
        return Manifest(
            format=FORMAT,
            taken_at=taken_at,
            durable=clock.to_ms(settled - MARGIN) if settled else None,
            engine=engine.name,
            migrations=selectors.applied(snapshot),
            epoch=selectors.epoch(snapshot),
            counts=selectors.counts(snapshot),
            parts=parts,
            blobs=Blobs(0, 0),
        )


def _lines(snapshot: Snapshot) -> Iterator[bytes]:
    for sha256, size in selectors.referenced(snapshot):
        yield f"{sha256} {size}\n".encode()


def _copy(folder: Folder, sha256: str, size: int, copied: _Copied) -> None:
    copied.count += 1
    copied.bytes += size
    if folder.has_blob(sha256, size):
        return
    store = storage.current()
    try:
        folder.write_blob(sha256, size, store.chunks(sha256, 0, max(size, store.size(sha256) or 0)))
    except FileNotFoundError:
        # What the product itself has deleted since the snapshot is not lost: nobody needed it.
        (copied.missing if selectors.is_named(sha256) else copied.removed).append(sha256)
    except Damaged:
        copied.altered.append(sha256)
    else:
        copied.copied += 1
        copied.copied_bytes += size


def _with(manifest: Manifest, copied: _Copied) -> Manifest:
    return msgspec.structs.replace(manifest, blobs=copied.told())


def _move_durable(manifest: Manifest) -> dt.datetime | None:
    if manifest.durable is None:
        return None
    return durability.reach(at=clock.from_ms(manifest.durable))
