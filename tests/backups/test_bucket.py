"""Backups of a deployment whose files lie in a bucket: the same backup, the same restore."""

import pytest

from backend.backups.rules.manifest import Blobs
from backend.core.actor import system
from backend.journal.writing import write
from backend.media import storage
from backend.media.models import Blob
from backend.media.services import blobs, removal
from tests.backups.conftest import command, keep, manifest_of
from tests.backups.test_restoring import empty
from tests.fixtures.object_store import damage, lose, silent

pytestmark = pytest.mark.usefixtures("deployment")


@pytest.fixture
def bucket(object_store, settings, tmp_path) -> storage.Storage:
    settings.CACHE_DIR, settings.BUCKET = tmp_path / "cache", object_store.bucket()
    return storage.current()


def test_files_of_a_bucket_are_copied_verified_and_brought_back(county, folder, backup, bucket):
    sound, damaged, gone = (keep(data, county.pk) for data in (b"sound", b"damaged", b"gone"))
    path = backup()
    assert manifest_of(path).blobs == Blobs(3, 16)
    empty()
    bucket.local(damaged)  # a copy on this machine that is still right must not hide what became of the original
    bucket.client.put_object(**bucket._named(damaged), Body=b"DAMAGED")
    lose(bucket, gone)
    said = command("restore", folder)
    assert (said.code, "文件：补回 2 个，原已完好 1 个。" in said.text) == (0, True)
    assert [storage.digest(bucket, each)[0] for each in (sound, damaged, gone)] == [sound, damaged, gone]
    assert [blobs.read(each) for each in (sound, damaged, gone)] == [b"sound", b"damaged", b"gone"]


def test_what_a_bucket_has_lost_or_altered_is_named(county, folder, bucket):
    lost, altered = keep(b"lost", county.pk), keep(b"altered", county.pk)
    lose(bucket, lost)
    damage(bucket, altered, b"ALTERED")
    said = command("backup")
    assert (said.code, f"备份时已缺失：{lost}" in said.text, f"备份时已损坏：{altered}" in said.text) == (3, True, True)


def test_a_silent_bucket_stops_the_backup_with_a_sentence_and_leaves_none(county, folder, bucket):
    keep(b"proof", county.pk)
    with silent(bucket):
        said = command("backup")
    assert (said.code, "文件存储暂时不可用" in said.text) == (1, True)
    assert [path.name for path in folder.iterdir() if path.is_dir() and path.name != "blobs"] == []


def test_what_the_product_deletes_while_a_backup_runs_is_not_lost(county, folder, backup, monkeypatch):
    """The list of files is of the snapshot; the time of one of them ends before it is copied."""
    kept, going = keep(b"kept", county.pk), keep(b"going", county.pk)
    real = storage.LocalStorage.chunks

    def chunks(self, sha256, start, length):
        if sha256 == going and Blob.objects.filter(sha256=going).exists():
            with write(actor=system(county.pk)):
                removal.condemn([going])
            removal.remove_due()
        return real(self, sha256, start, length)

    monkeypatch.setattr(storage.LocalStorage, "chunks", chunks)
    path = backup()
    told = manifest_of(path).blobs
    assert (told.missing, told.removed, told.whole) == ([], [going], True)
    assert command("backup", "--verify", path).code == 0
    assert command("restore", folder, "--replace").code == 0
    assert blobs.read(kept) == b"kept"
