"""Letting old backups go, and files that no backup names any longer."""

from dataclasses import dataclass, field
from pathlib import Path

from backend.backups.folder import Folder
from backend.backups.problems import BackupProblem


@dataclass(slots=True)
class Rotated:
    """`unread`: a backup whose list could not be read; then no file was removed, because it might need any."""

    backups: list[Path] = field(default_factory=list)
    files: int = 0
    bytes: int = 0
    unread: Path | None = None


def rotate(*, folder: Folder, keep: int, newest: Path) -> Rotated:
    """Keep the newest `keep` (at least one) backups, `newest` among them, which the caller has just verified.

    The caller holds the folder alone.
    """
    done = Rotated()
    others = [path for path in folder.backups() if path != newest]
    for path in others[: max(0, len(others) - max(1, keep) + 1)]:
        folder.remove(path)
        done.backups.append(path)
    if done.backups:
        _remove_unnamed(folder, done)
    return done


def _remove_unnamed(folder: Folder, done: Rotated) -> None:
    named: set[str] = set()
    for path in folder.backups():
        try:
            named.update(folder.blob(sha256).name for sha256, _ in folder.listed(path, folder.manifest(path)))
        except BackupProblem:
            done.unread = path
            return
    for file in [*folder.blob_files()]:
        if file.name not in named:
            done.bytes += file.stat().st_size
            file.unlink()
            done.files += 1
