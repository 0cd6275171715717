"""A backup of either engine: what it holds, what it says of itself, what it leaves when it fails."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as product
from django.db import connection

from backend.backups.engines import tools
from backend.backups.problems import ToolMissing
from backend.backups.rules.manifest import Blobs
from backend.backups.services.workplace import workplace
from backend.core.actor import system
from backend.journal.writing import write
from backend.media import storage
from backend.media.models import Blob, Derivative
from tests.backups.conftest import KEY, command, keep, manifest_of
from tests.media.pictures import photo

pytestmark = pytest.mark.usefixtures("deployment")

ROOT = Path(__file__).resolve().parents[2]


def database_part() -> str:
    return "database.sqlite3" if connection.vendor == "sqlite" else "database.dump"


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def stored(sha256: str) -> Path:
    return storage.current().local(sha256)


def test_a_backup_holds_the_database_its_files_and_a_manifest_of_them(county, folder, backup):
    sha256 = keep(b"proof", county.pk)
    path = backup()
    parts = ("manifest.json", "blobs.txt", database_part())
    assert files(folder) == {
        "folder.json",
        f"blobs/{sha256[:2]}/{sha256}",
        *(f"{path.name}/{part}" for part in parts),
    }
    manifest = manifest_of(path)
    assert (manifest.engine, manifest.epoch, manifest.blobs) == (connection.vendor, 1, Blobs(1, 5))
    assert (manifest.counts["accounts_county"], manifest.counts["media_blob"]) == (1, 1)
    assert [part.name for part in manifest.parts] == [database_part(), "blobs.txt"]
    for part in manifest.parts:
        data = (path / part.name).read_bytes()
        assert (part.size, part.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert (path / "blobs.txt").read_text() == f"{sha256} 5\n"
    said = command("backup", "--verify", path)
    assert (said.code, "核对通过" in said.text) == (0, True)
    assert not [*Path(product.DATA_DIR).glob(".backup-work-*")]


def test_smaller_copies_of_photos_are_in_it_too(county, backup):
    sha256 = keep(photo(800, 600), county.pk)
    small = storage.current().put(b"small")
    with write(actor=system(county.pk)):
        Derivative.objects.create(blob=Blob.objects.get(sha256=sha256), kind="list", sha256=small, size=5)
    path = backup()
    assert {line.split()[0] for line in (path / "blobs.txt").read_text().splitlines()} == {sha256, small}


def test_only_new_files_are_copied(county, folder, backup):
    first = keep(b"first", county.pk)
    backup()
    copy = folder / "blobs" / first[:2] / first
    before = copy.stat().st_mtime_ns
    second = keep(b"second", county.pk)
    said = command("backup")
    assert "新复制文件 1 个（6 字节）" in said.text
    assert copy.stat().st_mtime_ns == before
    assert (folder / "blobs" / second[:2] / second).read_bytes() == b"second"
    copy.write_bytes(b"fir")  # a copy of the wrong length is none
    assert "新复制文件 1 个（5 字节）" in command("backup").text
    assert copy.read_bytes() == b"first"


def test_under_a_key_nothing_can_be_read_and_no_name_tells_a_hash(county, folder, settings):
    data = b"a secret answer " * 40
    sha256 = keep(data, county.pk)
    settings.BACKUP_KEY = KEY
    assert command("backup").code == 0
    assert command("backup", "--verify", folder).code == 0
    assert {path.suffix for path in folder.rglob("*") if path.is_file() and path.name != "folder.json"} == {".sealed"}
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for word in (data[:16], county.name.encode(), county.code.encode(), b"media_blob", b"SQLite", b"PGDMP"):
        assert word not in everything
    assert not [name for name in files(folder) if sha256[:12] in name]
    assert "新复制文件 0 个" in command("backup").text


def test_a_wrong_a_missing_and_a_short_key_are_told_in_one_sentence(county, folder, settings, tmp_path):
    settings.BACKUP_KEY = KEY
    assert command("backup").code == 0
    for words in (("backup",), ("backup", "--verify", folder), ("restore", folder, "--replace")):
        settings.BACKUP_KEY = "another key altogether"
        wrong = command(*words)
        assert (wrong.code, wrong.text) == (4, "密钥不正确：此备份是用另一把密钥加密的。")
        settings.BACKUP_KEY = ""
        assert (command(*words).code, "请用环境变量 DUDAO_BACKUP_KEY" in command(*words).text) == (4, True)
    settings.BACKUP_KEY = "short"
    assert command("backup").code == 4
    file = tmp_path / "backup.key"
    file.write_text(f"{KEY}\n")
    assert command("backup", "--key-file", file).code == 0
    assert command("backup", "--key-file", tmp_path / "none").code == 4


def test_a_folder_is_sealed_or_plain_for_good(county, folder, settings):
    assert command("backup").code == 0
    settings.BACKUP_KEY = KEY
    assert command("backup").code == 2
    assert command("backup", "--verify", folder).code == 0
    (folder / "folder.json").unlink()
    assert command("backup").code == 2  # its first backup tells as well
    settings.BACKUP_KEY = ""
    assert command("backup").code == 0


def test_a_sealed_folder_opens_without_its_folder_json(county, folder, settings):
    sha256 = keep(b"proof", county.pk)
    settings.BACKUP_KEY = KEY
    assert command("backup").code == 0
    (folder / "folder.json").unlink()
    assert command("backup", "--verify", folder).code == 0
    stored(sha256).unlink()
    assert command("restore", folder, "--replace").code == 0
    assert stored(sha256).read_bytes() == b"proof"


def test_lost_and_altered_files_are_named_and_the_rest_is_finished(county, folder, backup):
    lost, altered, sound = (keep(data, county.pk) for data in (b"lost", b"altered", b"sound"))
    stored(lost).unlink()
    stored(altered).write_bytes(b"ALTERED")
    said = command("backup")
    assert said.code == 3
    assert f"备份时已缺失：{lost}" in said.text
    assert f"备份时已损坏：{altered}" in said.text
    [path] = folder.glob("2*Z")
    assert manifest_of(path).blobs == Blobs(3, 16, [lost], [altered])
    assert [file.name for file in folder.glob("blobs/??/*")] == [sound]
    assert command("backup", "--verify", path).code == 0


def test_what_storage_lost_after_an_earlier_backup_is_still_in_the_next(county, folder, backup):
    sha256 = keep(b"proof", county.pk)
    backup()
    stored(sha256).unlink()
    backup()
    assert command("restore", folder, "--replace").code == 0
    assert stored(sha256).read_bytes() == b"proof"


def test_two_at_once_are_refused(county, folder, backup):
    backup()
    from backend.backups.folder import Folder

    with Folder.find(folder, None).locked(alone=True):
        for words in (("backup",), ("backup", "--verify", folder), ("restore", folder, "--replace")):
            said = command(*words)
            assert (said.code, "另一个备份或恢复正在使用此目录" in said.text) == (1, True)


def test_a_backup_that_is_killed_leaves_nothing_that_looks_like_one(county, folder, settings):
    size = 192 * 1024 * 1024
    sha256 = hashlib.sha256(bytes(size)).hexdigest()
    keep(b"sound", county.pk)
    with write(actor=system(county.pk)):
        Blob.objects.create(sha256=sha256, size=size, filetype="video/mp4")
    path = Path(settings.BLOB_DIR) / sha256[:2] / sha256[2:4] / sha256
    path.parent.mkdir(parents=True)
    path.touch()
    os.truncate(path, size)
    child = start_backup(folder, settings)
    deadline = time.monotonic() + 60
    while not [*folder.glob("blobs/??/.*")] or not [*folder.glob(".unfinished-*")]:
        assert (child.poll(), time.monotonic() < deadline) == (None, True)
        time.sleep(0.002)
    child.send_signal(signal.SIGKILL)
    assert child.wait(10) == -signal.SIGKILL
    assert not [*folder.glob("2*Z")]
    left = Path(settings.DATA_DIR) / ".backup-work-left"
    left.mkdir(exist_ok=True)
    assert command("backup", "--verify", folder).code == 2
    assert command("backup").code == 0
    assert not [*folder.glob(".unfinished-*"), *folder.glob("blobs/??/.*"), *left.parent.glob(".backup-work-*")]
    assert command("backup", "--verify", folder).code == 0


def test_a_place_in_which_somebody_works_is_left_alone(deployment):
    with workplace() as mine:
        (mine / "copy").touch()
        with workplace() as other:
            assert (mine / "copy").exists()
            assert other != mine
    assert not mine.exists()


def start_backup(folder: Path, settings: Any) -> subprocess.Popen[bytes]:
    """The command as cron starts it, on the database of this test."""
    said = connection.settings_dict
    address = f"sqlite:///{said['NAME']}"
    if connection.vendor == "postgresql":
        server = f"{quote(said['USER'])}:{quote(said['PASSWORD'])}@{said['HOST']}:{said['PORT']}"
        address = f"postgresql://{server}/{said['NAME']}"
    environment = {
        **os.environ,
        "DUDAO_DATABASE": address,
        "DUDAO_DATA": str(settings.DATA_DIR),
        "DUDAO_PG_BIN": product.PG_BIN,
        "DUDAO_BACKUP_KEY": "",
    }
    words = [sys.executable, "manage.py", "backup", "--to", str(folder)]
    return subprocess.Popen(
        words, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def test_a_missing_program_is_told_and_sqlite_needs_none(county, settings, tmp_path):
    settings.PG_BIN = str(tmp_path)
    with pytest.raises(ToolMissing, match=r"找不到 pg_dump：请安装"):
        tools.find("pg_dump")
    assert command("backup").code == {"sqlite": 0, "postgresql": 6}[connection.vendor]


def test_a_folder_that_cannot_be_written_is_told(county, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    said = command("backup", "--to", tmp_path / "file" / "backups")
    assert (said.code, "无法读写" in said.text) == (1, True)


def test_the_manifest_says_which_migrations_stand(county, backup):
    said = json.loads((backup() / "manifest.json").read_bytes())["manifest"]
    assert "0001_initial" in said["migrations"]["sync"]
    assert said["format"] == 1
