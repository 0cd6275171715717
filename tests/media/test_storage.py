"""Files by content address: whole or not there, and nothing from outside becomes a path."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from backend.media import storage
from backend.media.models import Blob, Derivative, Holding
from backend.media.services import blobs, derivatives
from backend.media.storage import LocalStorage
from backend.media.tasks import derive
from tests.media.conftest import sha256
from tests.media.pictures import noise, photo


@pytest.fixture
def store(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "blobs")


def test_a_file_lies_below_two_pairs_of_its_hash(store):
    kept = store.put(b"abc")
    assert kept == sha256(b"abc")
    assert store.local(kept) == store.root / kept[:2] / kept[2:4] / kept
    assert (store.size(kept), b"".join(store.chunks(kept, 1, 1))) == (3, b"b")


def test_adopting_moves_the_file(store, tmp_path):
    part = tmp_path / "x.part"
    part.write_bytes(b"abc")
    store.adopt(part, sha256(b"abc"))
    assert (part.exists(), store.local(sha256(b"abc")).read_bytes()) == (False, b"abc")


@pytest.mark.parametrize("name", ["", "..", "a" * 63, "A" * 64, "../" * 21 + "x", "0" * 64 + "\n", "０" * 64])
def test_what_is_no_hash_reaches_no_file(store, name):
    with pytest.raises(ValueError, match="not a SHA-256"):
        store.size(name)
    with pytest.raises(FileNotFoundError):
        blobs.read(name)


def test_a_file_left_short_by_a_broken_disk_is_written_anew(store):
    kept = store.put(b"abc")
    store.local(kept).write_bytes(b"a")
    store.put(b"abc")
    assert store.local(kept).read_bytes() == b"abc"


def test_a_write_that_fails_leaves_nothing(store, monkeypatch):
    def fail(handle: int) -> None:
        raise OSError("disk")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk"):
        store.put(b"abc")
    assert [path for path in store.root.rglob("*") if path.is_file()] == []


def test_a_file_is_synced_before_it_gets_its_name_and_its_folder_after(store, monkeypatch):
    """A power cut must find either no file or the whole file under the name."""
    calls: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def fsync(handle: int) -> None:
        calls.append("folder" if Path(f"/proc/self/fd/{handle}").resolve().is_dir() else "file")
        real_sync(handle)

    def replace(self: Path, target: Any) -> Path:
        calls.append("name")
        return real_replace(self, target)

    store.put(b"first")  # folders exist from here on, some of them
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    store.put(b"second")
    assert [call for call in calls if call != "folder"] == ["file", "name"]
    assert calls[-1] == "folder"


def test_large_files_are_read_in_bounded_pieces(store):
    kept = store.put(noise(1_000_000))
    pieces = list(store.chunks(kept, 10, 999_000))
    assert (b"".join(pieces), max(map(len, pieces))) == (noise(1_000_000)[10:999_010], storage.CHUNK)


def test_keeping_twice_is_keeping_once(db):
    for _ in range(2):
        kept = blobs.keep(county_id=1, data=b"%PDF-1.7", filetype="application/pdf")
    blobs.keep(county_id=2, data=b"%PDF-1.7", filetype="application/pdf")
    assert blobs.read(kept) == b"%PDF-1.7"
    assert Blob.objects.get().size == 8
    assert sorted(Holding.objects.values_list("county_id", "evidence_id")) == [(1, ""), (2, "")]


def test_the_duty_derives_every_new_image_once_and_what_is_none_never(db):
    for data, filetype in ((photo(), "image/jpeg"), (noise(99), "image/jpeg"), (b"%PDF-", "application/pdf")):
        blobs.keep(county_id=1, data=data, filetype=filetype)
    derive()
    assert sorted(Derivative.objects.values_list("blob__sha256", "kind")) == [
        (sha256(photo()), "list"),
        (sha256(photo()), "preview"),
    ]
    assert (Holding.objects.filter(derived_at=None).count(), derivatives.derive_waiting()) == (0, 0)


def test_an_image_that_storage_lost_does_not_stop_the_others(db):
    lost = blobs.keep(county_id=1, data=photo(10, 10), filetype="image/jpeg")
    blobs.path(lost).unlink()
    blobs.keep(county_id=1, data=photo(20, 20), filetype="image/jpeg")
    derive()
    assert set(Derivative.objects.values_list("blob__sha256", flat=True)) == {sha256(photo(20, 20))}
    assert Holding.objects.get(blob__sha256=lost).derived_at is None


def test_a_blob_on_another_disk_than_its_part_is_copied_whole(store, tmp_path, monkeypatch):
    real = Path.replace

    def replace(self: Path, target: Any) -> Path:
        if self.suffix == ".part":
            raise OSError(errno.EXDEV, "another disk")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    part = tmp_path / "x.part"
    part.write_bytes(b"abc")
    store.adopt(part, sha256(b"abc"))
    assert (part.exists(), list(store.hashes())) == (False, [sha256(b"abc")])
    assert [path.name for path in store.root.rglob("*") if path.is_file()] == [sha256(b"abc")]
