"""The backup folder: what lies where, how it is written so that half of a backup is never taken for one.

    folder.json                      how names and files are sealed; made once
    20261122T014500123Z/             one finished backup
        manifest.json                what it is (rules/manifest.py)
        database.sqlite3 | .dump     the database of one moment
        blobs.txt                    SHA-256 and size of every file that database names
    blobs/ab/<name>                  the files themselves, shared by all backups of the folder

With a key every file but `folder.json` ends in `.sealed`, and blobs have keyed names.
"""

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import msgspec

from backend.backups.problems import BackupProblem, Damaged, KeyNeeded, NotForThis
from backend.backups.rules import manifest as manifests
from backend.backups.rules import sealing
from backend.backups.rules.manifest import Manifest, Part
from backend.backups.rules.sealing import Key, Keyring
from backend.core import clock
from backend.media.storage import CHUNK, SHA256, sync_file, sync_folder

SEALED = ".sealed"
MANIFEST = "manifest.json"
BLOB_LIST = "blobs.txt"
TERMS = "folder.json"
DRAFT = ".unfinished-"
NAME = re.compile(r"\d{8}T\d{9}Z(-\d\d)?", re.ASCII)


class _KeyTerms(msgspec.Struct, frozen=True):
    salt: str
    cost: int
    check: str


class _Terms(msgspec.Struct, frozen=True):
    key: _KeyTerms | None
    format: int = 1


class Folder:
    """A backup folder, opened with the operator's key or without one."""

    def __init__(self, root: Path, keys: Keyring | None, key: Key | None) -> None:
        self.root, self._keys, self.key = root, keys, key

    @classmethod
    def make(cls, root: Path, keys: Keyring | None) -> "Folder":
        """To write to. Raises `WrongKey`, `KeyNeeded`, `NotForThis` when the folder was begun otherwise."""
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        terms = _terms(root)
        if terms is not None and terms.key is None and keys is not None:
            raise NotForThis(detail="此目录中的备份未加密；要加密备份，请换用新的目录。")
        if terms is None:
            key = keys.fresh() if keys else None
            told = _KeyTerms(key.salt.hex(), key.cost, key.check.hex()) if key else None
            with draft_of(root / TERMS) as draft:
                draft.write_bytes(msgspec.json.encode(_Terms(told)) + b"\n")
        return cls.find(root, keys)

    @classmethod
    def find(cls, root: Path, keys: Keyring | None) -> "Folder":
        """To read from; a key is of no use to a folder that is not sealed. Raises as `make`."""
        terms = _terms(root)
        if terms is None:
            raise NotForThis(detail=f"“{root}”不是备份目录。")
        if terms.key is None:
            return cls(root, None, None)
        if keys is None:
            raise KeyNeeded()
        key = keys.checked(bytes.fromhex(terms.key.salt), terms.key.cost, bytes.fromhex(terms.key.check))
        return cls(root, keys, key)

    @contextmanager
    def locked(self, *, alone: bool) -> Iterator[None]:
        """Hold the folder: `alone` to change it, otherwise with other readers. Raises `BackupProblem`."""
        handle = os.open(self.root, os.O_RDONLY)
        try:
            fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise BackupProblem("backup_running", "另一个备份或恢复正在使用此目录，请稍后再试。") from None
        finally:
            os.close(handle)

    def backups(self) -> list[Path]:
        """Finished ones, oldest first."""
        return sorted(path for path in self.root.iterdir() if NAME.fullmatch(path.name) and path.is_dir())

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """A folder that becomes the newest finished backup when the block ends well, and nothing otherwise."""
        draft = self.root / f"{DRAFT}{uuid4().hex}"
        draft.mkdir(mode=0o700)
        try:
            yield draft
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise

    def finish(self, draft: Path) -> Path:
        """Give a draft its name, durably; the finished backup."""
        sync_folder(draft)
        path = self._free_name()
        draft.replace(path)
        sync_folder(self.root)
        return path

    def remove(self, backup: Path) -> None:
        """A backup that is half removed must not look like one: it loses its name first."""
        trash = self.root / f"{DRAFT}{uuid4().hex}"
        backup.replace(trash)
        sync_folder(self.root)
        shutil.rmtree(trash)

    def clear(self) -> None:
        """Remove what an interrupted run left. The caller holds the folder alone."""
        for path in self.root.glob(f"{DRAFT}*"):
            shutil.rmtree(path, ignore_errors=True)
        for path in self.root.glob("blobs/??/.*"):
            path.unlink(missing_ok=True)

    def _free_name(self) -> Path:
        stamp = clock.now().strftime("%Y%m%dT%H%M%S%f")[:-3] + "Z"
        names = [stamp, *(f"{stamp}-{number:02d}" for number in range(2, 100))]
        return next(path for name in names if not (path := self.root / name).exists())

    # Files of a backup

    def write(self, folder: Path, name: str, pieces: Iterable[bytes]) -> Part:
        """Write one part durably; what it is."""
        counted = Counted(pieces)
        self._write(self._stored(folder / name), name, counted)
        return Part(name, counted.size, counted.sha256)

    def read(self, folder: Path, part: Part) -> Iterator[bytes]:
        """The plain bytes of a part. Raises `Damaged`, at the end at the latest."""
        return same_as(part, self._read(self._stored(folder / part.name), part.name))

    def write_manifest(self, folder: Path, manifest: Manifest) -> None:
        self._write(self._stored(folder / MANIFEST), MANIFEST, [manifests.encode(manifest)])

    def manifest(self, folder: Path) -> Manifest:
        """Raises `Damaged`, `WrongKey`, `NotForThis`."""
        return manifests.decode(b"".join(self._read(self._stored(folder / MANIFEST), MANIFEST)))

    def listed(self, folder: Path, manifest: Manifest) -> Iterator[tuple[str, int]]:
        """SHA-256 and size of every blob that the backup's database names. Raises `Damaged`."""
        rest = b""
        for piece in self.read(folder, manifest.part(BLOB_LIST)):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                sha256, size = line.decode("ascii").split(" ")
                yield sha256, int(size)

    # Blobs

    def blob(self, sha256: str) -> Path:
        if not SHA256.fullmatch(sha256):
            raise Damaged(detail="备份的文件清单无法读取。")
        name = self.key.name_of(bytes.fromhex(sha256)) if self.key else sha256
        return self._stored(self.root / "blobs" / name[:2] / name)

    def has_blob(self, sha256: str, size: int) -> bool:
        """Whether a file of the right length is there; its bytes were hashed when it was written."""
        try:
            found = self.blob(sha256).stat().st_size
        except FileNotFoundError:
            return False
        return found == (sealing.sealed_size(size) if self.key else size)

    def write_blob(self, sha256: str, size: int, pieces: Iterable[bytes]) -> None:
        """Keep a file under its hash. Raises `Damaged` when these bytes have another one."""
        path = self.blob(sha256)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._write(path, "blob", same_as(Part(sha256, size, sha256), pieces))

    def read_blob(self, sha256: str, size: int) -> Iterator[bytes]:
        """The plain bytes. Raises `Damaged`, at the end at the latest."""
        return same_as(Part(sha256, size, sha256), self._read(self.blob(sha256), "blob"))

    def blob_files(self) -> Iterator[Path]:
        return self.root.glob("blobs/??/[!.]*")

    def _stored(self, path: Path) -> Path:
        return path.with_name(path.name + SEALED) if self.key else path

    def _write(self, path: Path, role: str, pieces: Iterable[bytes]) -> None:
        with draft_of(path) as draft, draft.open("wb") as file:
            for piece in sealing.seal(pieces, self.key, role) if self.key else pieces:
                file.write(piece)

    def _read(self, path: Path, role: str) -> Iterator[bytes]:
        stored = read_pieces(path)
        return sealing.unseal(stored, self._keys, role) if self._keys else stored


class Counted:
    """Pieces passing by, with their length and hash."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._digest, self.size = pieces, hashlib.sha256(), 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._digest.update(piece)
            self.size += len(piece)
            yield piece

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def same_as(part: Part, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, and at their end `Damaged` if they were not what `part` says."""
    counted = Counted(pieces)
    yield from counted
    if (counted.size, counted.sha256) != (part.size, part.sha256):
        raise Damaged(detail=f"“{part.name}”的内容与其校验值不符。")


def read_pieces(path: Path) -> Iterator[bytes]:
    """Raises `Damaged` when there is no such file."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise Damaged(detail=f"备份中缺少文件“{path.name}”。") from None
    with file:
        while piece := file.read(CHUNK):
            yield piece


@contextmanager
def draft_of(target: Path) -> Iterator[Path]:
    """A file beside `target`, for our eyes only, that becomes it when the block ends well; durable before."""
    draft = target.parent / f".{target.name}.{uuid4().hex}"
    draft.touch(mode=0o600)
    try:
        yield draft
        sync_file(draft)
        draft.replace(target)
        sync_folder(target.parent)
    finally:
        draft.unlink(missing_ok=True)


def _terms(root: Path) -> _Terms | None:
    """How the folder was begun; told by its first backup should `folder.json` be lost; None for a new folder."""
    try:
        return msgspec.json.decode((root / TERMS).read_bytes(), type=_Terms)
    except FileNotFoundError:
        pass
    except msgspec.DecodeError:
        raise Damaged(detail=f"备份目录的“{TERMS}”无法读取；可将其移走后重试。") from None
    for path in sorted(root.glob(f"*/{MANIFEST}*")):
        if path.name == MANIFEST:
            return _Terms(None)
        salt, cost, check = sealing.terms(path.read_bytes()[: sealing.HEADER.size])
        return _Terms(_KeyTerms(salt.hex(), cost, check.hex()))
    return None
