"""Reading a backup as a restore would."""

from dataclasses import dataclass, field
from pathlib import Path

from backend.backups import engines
from backend.backups.folder import NAME, Folder
from backend.backups.problems import Damaged, NotForThis
from backend.backups.rules.manifest import Manifest
from backend.backups.rules.sealing import Keyring
from backend.backups.services.workplace import workplace


@dataclass(slots=True)
class Verified:
    """`lost`: blobs that the backup promises and does not hold as they were, each with the file that should be it."""

    path: Path
    manifest: Manifest
    blobs: int = 0
    lost: dict[str, Path] = field(default_factory=dict)


def open_backup(path: Path, keys: Keyring | None) -> tuple[Folder, Path]:
    """The folder and one finished backup of it; of a whole folder the newest. Raises `NotForThis`, `WrongKey`."""
    path = path.absolute()
    if NAME.fullmatch(path.name):
        if not path.is_dir():
            raise NotForThis(detail=f"没有备份“{path}”。")
        return Folder.find(path.parent, keys), path
    if not path.is_dir():
        raise NotForThis(detail=f"没有备份目录“{path}”。")
    folder = Folder.find(path, keys)
    found = folder.backups()
    if not found:
        raise NotForThis(detail=f"“{path}”中没有完成的备份。")
    return folder, found[-1]


def verify(*, path: Path, keys: Keyring | None) -> Verified:
    """Read and hash everything anew, blobs too; check the database as its engine would.

    Raises `Damaged` for what cannot be restored at all, `WrongKey`, `NotForThis`.
    """
    folder, backup = open_backup(path, keys)
    with folder.locked(alone=False):
        return verify_whole(folder, backup)


def verify_whole(folder: Folder, backup: Path) -> Verified:
    """As `verify`, for a folder that the caller holds."""
    done = Verified(backup, verify_parts(folder, backup))
    known_lost = done.manifest.blobs.lacking
    for sha256, size in folder.listed(backup, done.manifest):
        if sha256 not in known_lost:
            done.blobs += 1
            if not _blob_is_sound(folder, sha256, size):
                done.lost[sha256] = folder.blob(sha256)
    return done


def verify_parts(folder: Folder, backup: Path) -> Manifest:
    """Manifest, database and list of blobs, read back from where they lie. Raises `Damaged`."""
    manifest = folder.manifest(backup)
    if sum(1 for _ in folder.listed(backup, manifest)) != manifest.blobs.count:
        raise Damaged(detail="备份的文件清单与备份清单不符。")
    engine = engines.current()
    if manifest.engine == engine.name:
        part = manifest.part(engine.part)
        with workplace() as work:
            engine.check(folder.read(backup, part), work)
    else:
        for part in manifest.parts:
            for _ in folder.read(backup, part):
                pass
    return manifest


def _blob_is_sound(folder: Folder, sha256: str, size: int) -> bool:
    try:
        for _ in folder.read_blob(sha256, size):
            pass
    except Damaged:
        return False
    return True
