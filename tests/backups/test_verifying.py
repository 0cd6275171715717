"""What was damaged is found, and is not restored."""

import hashlib
import shutil
from pathlib import Path

import pytest
from django.db import connection

from backend.accounts.models import County
from backend.backups.rules.manifest import Part
from tests.backups.conftest import KEY, command, keep, manifest_of, rewrite

pytestmark = pytest.mark.usefixtures("deployment")


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def gone(path: Path) -> None:
    path.unlink()


def lengthened(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"x")


@pytest.mark.parametrize("key", ["", KEY])
def test_a_change_to_any_file_is_found_and_refused(key, county, folder, settings, tmp_path):
    settings.BACKUP_KEY = key
    keep(b"proof of something", county.pk)
    assert command("backup").code == 0
    original = tmp_path / "original"
    folder.rename(original)
    places = [path.relative_to(original) for path in original.rglob("*") if path.is_file()]
    places = [place for place in places if place.name != "folder.json"]
    assert len(places) == 4
    for place in places:
        for damage in (flipped, cut) if key else (flipped, cut, gone, lengthened):
            shutil.copytree(original, folder)
            damage(folder / place)
            assert command("backup", "--verify", folder).code == 5, (place, damage)
            assert command("restore", folder, "--replace").code == 5, (place, damage)
            shutil.rmtree(folder)
    assert County.objects.get().pk == county.pk


def test_a_lost_file_is_named_with_its_place_and_copied_again_by_the_next_backup(county, folder, backup):
    sha256 = keep(b"proof", county.pk)
    backup()
    file = folder / "blobs" / sha256[:2] / sha256
    file.write_bytes(b"prooF")
    said = command("backup", "--verify", folder)
    assert (said.code, f"备份中缺失或损坏：{sha256}（{file}）" in said.text) == (5, True)
    file.unlink()
    backup()
    assert command("backup", "--verify", folder).code == 0


def test_a_damaged_database_is_found_although_its_sums_are_right(county, backup):
    """What was copied faithfully from a broken disk: the engine itself has to read it."""
    path = backup()
    part = manifest_of(path).parts[0]
    file = path / part.name
    data = bytearray(file.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 5000] = bytes(5000)
    file.write_bytes(data)
    changed = Part(part.name, len(data), hashlib.sha256(data).hexdigest())
    rewrite(path, parts=[changed, *manifest_of(path).parts[1:]])
    said = command("backup", "--verify", path)
    assert (said.code, "备份中的数据库" in said.text) == (5, True)
    assert command("restore", path, "--replace").code == 5


def test_a_manifest_that_was_edited_is_found(county, backup):
    path = backup()
    manifest = path / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"epoch":1', b'"epoch":2'))
    said = command("backup", "--verify", path)
    assert (said.code, said.text) == (5, "备份清单与其校验值不符。")


def test_nothing_is_no_backup(county, folder, tmp_path):
    assert command("backup", "--verify", tmp_path / "none").code == 2
    (tmp_path / "empty").mkdir()
    assert command("backup", "--verify", tmp_path / "empty").code == 2
    assert command("restore", tmp_path / "empty" / "20261122T013000123Z").code == 2


def test_a_backup_of_the_other_engine_is_verified_by_its_sums(county, backup):
    path = backup()
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    rewrite(path, engine=other)
    assert command("backup", "--verify", path).code == 0
    flipped(path / manifest_of(path).parts[0].name)
    assert command("backup", "--verify", path).code == 5
