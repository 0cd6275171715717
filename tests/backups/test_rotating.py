"""Letting old backups go."""

import pytest

from tests.backups.conftest import KEY, command, keep
from tests.backups.test_taking import stored

pytestmark = pytest.mark.usefixtures("deployment")


def names(folder):
    return sorted(path.name for path in folder.glob("2*Z*"))


def test_the_newest_are_kept_and_files_that_none_of_them_names_go(county, folder, settings):
    settings.BACKUP_KEY = KEY
    keep(b"old", county.pk)
    assert command("backup").code == 0
    old_file, first = {path.name for path in folder.glob("blobs/??/*")}, names(folder)
    from backend.media.models import Blob, Holding

    Holding.objects.all().delete()
    Blob.objects.all().delete()
    keep(b"new", county.pk)
    for _ in range(2):
        assert command("backup").code == 0
    assert len(names(folder)) == 3
    said = command("backup", "--keep", "3")
    assert "已删除较早的备份 1 份，无人引用的文件 1 个" in said.text
    assert (len(names(folder)), set(first) & set(names(folder))) == (3, set())
    left = {path.name for path in folder.glob("blobs/??/*")}
    assert (len(left), left & old_file) == (1, set())
    assert "已删除" not in command("backup", "--keep", "9").text
    assert len(names(folder)) == 4
    assert command("backup", "--verify", folder).code == 0


def test_an_incomplete_backup_lets_nothing_go(county, folder):
    sha256 = keep(b"soon lost", county.pk)
    assert command("backup").code == 0
    stored(keep(b"lost", county.pk)).unlink()
    assert command("backup", "--keep", "1").code == 3
    assert len(names(folder)) == 2
    assert (folder / "blobs" / sha256[:2] / sha256).exists()
    assert command("backup", "--keep", "1", "--accept-missing").code == 0
    assert len(names(folder)) == 1


def test_when_an_older_list_cannot_be_read_no_file_is_removed(county, folder):
    keep(b"proof", county.pk)
    for _ in range(3):
        assert command("backup").code == 0
    (folder / names(folder)[1] / "blobs.txt").write_text("nonsense")
    orphan = folder / "blobs" / "ab" / ("ab" * 32)
    orphan.parent.mkdir()
    orphan.write_bytes(b"whose?")
    said = command("backup", "--keep", "3")
    assert (said.code, "无法读取，未清理文件" in said.text) == (0, True)
    assert orphan.exists()


def test_at_least_one_is_kept(county, folder):
    assert command("backup", "--keep", "0").code == 2
    assert not folder.exists()
