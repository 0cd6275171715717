"""Uploads and the place where their bytes end: both kinds of storage, one that is full, one that does not answer."""

import errno
from typing import Any

import pytest

from backend.media import storage
from backend.media.models import Blob, Upload
from backend.media.problems import DiskFull
from backend.media.services import blobs, receiving, sweeping
from backend.media.storage import LocalStorage
from tests.fixtures.object_store import silent
from tests.media.conftest import sha256
from tests.media.pictures import noise, photo


def test_an_upload_ends_in_storage_and_leaves_no_part(tus, promise, heard, storages):
    data = photo(900, 700)
    promise(data)
    location = tus.create(data).headers["location"]
    assert tus.patch(location, data[:1000]).status_code == 204
    assert tus.patch(location, data[1000:], 1000).status_code == 204
    kept = storage.current()
    assert (storage.digest(kept, sha256(data)), list(kept.hashes())) == ((sha256(data), len(data)), [sha256(data)])
    assert (Upload.objects.get().path.exists(), [news["intact"] for news in heard]) == (False, [True])


def test_what_a_process_moved_and_did_not_book_is_booked(tus, promise, storages, monkeypatch):
    """A crash between the last two steps: the part is gone, the bytes are in storage, no row says so."""
    data = noise(5000)
    promise(data)
    location = tus.create(data).headers["location"]
    with monkeypatch.context() as crash:
        crash.setattr(receiving, "_book", lambda *_, **__: 1 / 0)
        assert tus.patch(location, data).status_code == 500
    assert (Blob.objects.count(), Upload.objects.get().path.exists()) == (0, False)
    assert tus.offset(location) == len(data)
    assert (blobs.read(sha256(data)), Upload.objects.get().state) == (data, "done")


def test_while_the_object_store_is_silent_uploads_wait_with_all_their_bytes(
    tus, promise, heard, object_store, settings, tmp_path
):
    settings.CACHE_DIR, settings.BUCKET = tmp_path / "cache", object_store.bucket()
    data = noise(50_000)
    promise(data)
    location = tus.create(data).headers["location"]
    with silent(storage.current()):
        assert tus.patch(location, data[:20_000]).status_code == 204
        answer = tus.patch(location, data[20_000:], 20_000)
        assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "storage_down", "30")
        assert (Upload.objects.get().path.read_bytes(), heard) == (data, [])
        assert tus.send("HEAD", location).status_code == 503
        assert sweeping.finish_complete() == 0
    assert tus.offset(location) == len(data)
    assert (blobs.read(sha256(data)), [news["intact"] for news in heard]) == (data, [True])


def test_the_sweep_ends_uploads_that_waited_for_the_object_store(tus, promise, object_store, settings, tmp_path):
    settings.CACHE_DIR, settings.BUCKET = tmp_path / "cache", object_store.bucket()
    data = noise(5000)
    promise(data)
    location = tus.create(data).headers["location"]
    with silent(storage.current()):
        assert tus.patch(location, data).status_code == 503
    assert sweeping.finish_complete() == 1
    assert blobs.read(sha256(data)) == data


@pytest.mark.parametrize("verb", ["replace", "mkdir"])
def test_a_full_disk_of_blobs_is_507_and_the_upload_ends_when_there_is_room(tus, promise, heard, monkeypatch, verb):
    data = noise(30_000)
    promise(data)
    location = tus.create(data).headers["location"]
    with monkeypatch.context() as full:

        def refuse(*_: Any, **__: Any) -> None:
            raise OSError(errno.ENOSPC, "no space")

        full.setattr(LocalStorage, "_adopt", refuse) if verb == "replace" else full.setattr(
            "backend.media.storage.local.make_folder", refuse
        )
        answer = tus.patch(location, data)
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (507, "disk_full", "60")
    assert (Upload.objects.get().path.read_bytes(), heard) == (data, [])
    assert tus.offset(location) == len(data)
    assert blobs.read(sha256(data)) == data


def test_a_full_disk_keeps_nothing_half_of_what_the_product_makes(db, monkeypatch):
    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(LocalStorage, "_write", refuse)
    with pytest.raises(DiskFull):
        blobs.keep(county_id=1, data=b"%PDF-1.7", filetype="application/pdf")
    assert (Blob.objects.count(), list(storage.current().hashes())) == (0, [])


# Nobody learns by an upload what others have sent


def spoken(answer: Any) -> tuple[Any, ...]:
    """All that an answer says, but the time and the address of the upload."""
    own = {name: value for name, value in answer.headers.items() if name not in {"date", "location", "upload-expires"}}
    return answer.status_code, own, answer.content


def transcript(tus: Any, data: bytes, evidence: str) -> list[Any]:
    """Everything a client can ask while it uploads, and what it was told."""
    said = []
    created = tus.create(data, evidence, sha256=sha256(data), filetype="image/jpeg")
    location = created.headers["location"]
    said.append(created)
    said.append(tus.send("HEAD", location))
    said.append(tus.patch(location, data[:100]))
    said.append(tus.patch(location, data[:100]))
    said.append(tus.send("HEAD", location))
    said.append(tus.patch(location, data[100:], 100))
    said.append(tus.send("HEAD", location))
    said.append(tus.patch(location, b"", len(data)))
    said.append(tus.send("DELETE", location))
    said.append(tus.send("HEAD", location))
    return [spoken(each) for each in said]


def test_an_upload_says_the_same_whether_others_have_sent_these_bytes_or_not(tus, promise, storages):
    """The same sizes and ids of the same length, so that every header must be equal to the byte."""
    mine, theirs = noise(7000, seed=1), noise(7000, seed=2)
    promise(theirs, "Ex", owner="lan")
    tus.client.headers["Authorization"] = "Bearer lan"
    assert tus.patch(tus.create(theirs, "Ex").headers["location"], theirs).status_code == 204
    blobs.keep(county_id=2, data=theirs, filetype="image/jpeg")
    tus.client.headers["Authorization"] = "Bearer mei"
    promise(mine, "E1")
    promise(theirs, "E2")
    new, known = transcript(tus, mine, "E1"), transcript(tus, theirs, "E2")
    hide = {"upload-metadata"}  # names the evidence and the hash that the client itself sent
    assert [_without(each, hide) for each in new] == [_without(each, hide) for each in known]


def _without(said: tuple[Any, ...], names: set[str]) -> tuple[Any, ...]:
    status, headers, content = said
    return status, {name: value for name, value in headers.items() if name not in names}, content


def test_naming_the_hash_of_others_bytes_without_having_them_is_answered_as_for_any_hash(tus, promise):
    theirs, wrong = noise(4000, seed=2), noise(4000, seed=3)
    promise(theirs, "Ex", owner="lan")
    tus.client.headers["Authorization"] = "Bearer lan"
    assert tus.patch(tus.create(theirs, "Ex").headers["location"], theirs).status_code == 204
    tus.client.headers["Authorization"] = "Bearer mei"
    promise(wrong, "E1", sha256=sha256(theirs))
    promise(wrong, "E2", sha256=sha256(b"nobody has these"))
    answers = [tus.patch(tus.create(wrong, each).headers["location"], wrong) for each in ("E1", "E2")]
    assert spoken(answers[0]) == spoken(answers[1])
    assert (answers[0].status_code, answers[0].json()["code"]) == (460, "corrupt")
