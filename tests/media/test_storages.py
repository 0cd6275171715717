"""The same verbs on the local disk and in a bucket: whole or not there, never anything else under a hash."""

import errno
import hashlib
import os
from pathlib import Path

import pytest

from backend.media import storage
from backend.media.problems import DiskFull, StorageDown
from backend.media.storage.cache import Cache
from backend.media.storage.s3 import BucketStorage, connect
from tests.fixtures.object_store import damage, silent
from tests.media.conftest import sha256
from tests.media.pictures import noise

HEX = sha256(b"abc")


@pytest.fixture
def part(tmp_path: Path) -> Path:
    file = tmp_path / "x.part"
    file.write_bytes(b"abc")
    return file


def whole(store: storage.Storage, name: str) -> bytes:
    return b"".join(store.chunks(name, 0, store.size(name) or 0))


def test_what_is_put_is_there_under_its_hash(store):
    assert (store.put(b"abc"), store.put(b"abc")) == (HEX, HEX)
    assert (store.size(HEX), whole(store, HEX), store.local(HEX).read_bytes()) == (3, b"abc", b"abc")
    assert (list(store.hashes()), storage.digest(store, HEX)) == ([HEX], (HEX, 3))


def test_what_is_adopted_is_there_and_its_part_is_gone(store, part):
    store.adopt(part, HEX)
    assert (part.exists(), whole(store, HEX), store.local(HEX).read_bytes()) == (False, b"abc", b"abc")


def test_adopting_the_same_bytes_twice_is_adopting_them_once(store, part, tmp_path):
    store.adopt(part, HEX)
    again = tmp_path / "y.part"
    again.write_bytes(b"abc")
    store.adopt(again, HEX)
    assert (again.exists(), list(store.hashes()), whole(store, HEX)) == (False, [HEX], b"abc")


def test_what_is_not_there_is_not_found_whatever_is_asked(store):
    assert (store.size(HEX), list(store.hashes())) == (None, [])
    for length in (0, 1, 10):
        with pytest.raises(FileNotFoundError):
            store.chunks(HEX, 0, length)
    with pytest.raises(FileNotFoundError):
        store.local(HEX)
    with pytest.raises(FileNotFoundError):
        storage.digest(store, HEX)
    store.delete(HEX)


@pytest.mark.parametrize("name", ["", "..", "a" * 63, "A" * 64, "../" * 21 + "x", "0" * 64 + "\n", "０" * 64])
def test_what_is_no_hash_reaches_no_store(store, name):
    for verb in (store.size, store.local, store.delete, lambda name: store.chunks(name, 0, 1)):
        with pytest.raises(ValueError, match="not a SHA-256"):
            verb(name)


@pytest.mark.parametrize(
    ("start", "length", "found"),
    [(0, 3, b"abc"), (1, 1, b"b"), (1, 99, b"bc"), (2, 0, b""), (3, 1, b""), (99, 1, b""), (0, 0, b"")],
)
def test_a_part_of_a_file_is_read_exactly(store, start, length, found):
    store.put(b"abc")
    assert b"".join(store.chunks(HEX, start, length)) == found


def test_large_files_come_in_bounded_pieces(store):
    kept = store.put(noise(1_000_000))
    pieces = list(store.chunks(kept, 10, 999_000))
    assert (b"".join(pieces), max(map(len, pieces))) == (noise(1_000_000)[10:999_010], storage.CHUNK)


def test_an_empty_file_is_a_file(store):
    empty = store.put(b"")
    assert (store.size(empty), whole(store, empty), store.local(empty).read_bytes()) == (0, b"", b"")


def test_what_is_deleted_leaves_no_copy_on_this_machine(store, tmp_path):
    store.put(b"abc")
    path = store.local(HEX)
    store.delete(HEX)
    assert (store.size(HEX), path.exists(), list(store.hashes())) == (None, False, [])
    assert b"abc" not in [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]


def test_a_hash_is_taken_of_what_really_lies_there_and_not_of_a_copy(store):
    store.put(b"abc")
    store.local(HEX)
    damage(store, HEX, b"abX")
    assert storage.digest(store, HEX) == (sha256(b"abX"), 3)


def test_a_file_left_short_is_written_anew(store):
    store.put(b"abc")
    damage(store, HEX, b"a")
    store.put(b"abc")
    assert whole(store, HEX) == b"abc"


# A full disk


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_so_and_the_part_stays(tmp_path, part, monkeypatch, number):
    store = storage.LocalStorage(tmp_path / "blobs")
    real = os.fsync

    def full(handle: int) -> None:
        raise OSError(number, "no space")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull) as told:
        store.put(b"abcd")
    with pytest.raises(DiskFull):
        store.adopt(part, HEX)
    assert (told.value.status, told.value.extra["retry_after"]) == (507, 60)
    assert (part.read_bytes(), list(store.hashes())) == (b"abc", [])
    monkeypatch.setattr(os, "fsync", real)
    store.adopt(part, HEX)
    assert whole(store, HEX) == b"abc"


def test_a_full_cache_disk_is_said_so_and_nothing_half_stays(object_store, tmp_path, monkeypatch):
    store = BucketStorage(object_store.bucket(), Cache(tmp_path / "cache", 2**30))
    store.put(b"abc")

    class Full:
        def __init__(self, *_: object) -> None:
            raise OSError(errno.ENOSPC, "no space")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", Full)
        with pytest.raises(DiskFull):
            store.local(HEX)
    assert list((tmp_path / "cache").iterdir()) == []
    assert store.local(HEX).read_bytes() == b"abc"


# A bucket


@pytest.fixture
def bucket(object_store, tmp_path) -> BucketStorage:
    return BucketStorage(object_store.bucket(), Cache(tmp_path / "cache", 2**30))


def test_a_bucket_has_the_layout_of_the_folder(bucket):
    bucket.put(b"abc")
    found = bucket.client.list_objects_v2(Bucket=bucket.bucket.name, Prefix=bucket.bucket.prefix)
    assert [each["Key"] for each in found["Contents"]] == [f"{bucket.bucket.prefix}{HEX[:2]}/{HEX[2:4]}/{HEX}"]


def test_an_object_store_that_does_not_answer_is_unavailable_for_a_while(bucket, part):
    bucket.put(b"there")
    there = sha256(b"there")
    with silent(bucket):
        for verb in (
            lambda: bucket.put(b"abcd"),
            lambda: bucket.adopt(part, HEX),
            lambda: bucket.size(there),
            lambda: bucket.chunks(there, 0, 5),
            lambda: bucket.local(there),
            lambda: list(bucket.hashes()),
            lambda: bucket.delete(there),
        ):
            with pytest.raises(StorageDown) as told:
                verb()
            assert (told.value.status, told.value.extra["retry_after"]) == (503, 30)
    assert (part.read_bytes(), whole(bucket, there)) == (b"abc", b"there")
    bucket.adopt(part, HEX)
    assert whole(bucket, HEX) == b"abc"


def test_a_missing_bucket_is_no_missing_file(bucket, object_store):
    """Else every file would look lost, and a sweep would believe it."""
    bucket.bucket = object_store.bucket(name="nobody-made-it")
    with pytest.raises(StorageDown):
        bucket.chunks(HEX, 0, 1)
    with pytest.raises(StorageDown):
        list(bucket.hashes())
    with pytest.raises(StorageDown):
        bucket.put(b"abc")


def test_other_bytes_than_were_sent_are_never_kept(bucket, part, monkeypatch):
    """A store that keeps no checksums is read back."""
    real = bucket.client.put_object

    def put(**said):
        said.pop("ChecksumSHA256")
        return real(**{**said, "Body": b"abX"})

    monkeypatch.setattr(bucket.client, "put_object", put)
    with pytest.raises(StorageDown):
        bucket.adopt(part, HEX)
    assert (part.read_bytes(), bucket.size(HEX)) == (b"abc", None)


def test_a_store_that_keeps_no_checksums_is_read_back_and_trusted_then(bucket, part, monkeypatch):
    real = bucket.client.put_object
    monkeypatch.setattr(bucket.client, "put_object", lambda ChecksumSHA256, **said: real(**said))  # noqa: N803
    bucket.adopt(part, HEX)
    assert (part.exists(), whole(bucket, HEX), bucket._is_whole(HEX, 3)) == (False, b"abc", False)


def test_bytes_that_change_on_the_way_are_refused_by_the_store(bucket):
    """The checksum travels with them."""
    with pytest.raises(StorageDown):
        bucket._upload(b"abX", HEX, 3)
    assert bucket.size(HEX) is None


# The copies on the local disk


def fill(cache: Cache, count: int, size: int = 10, age: float = 1000.0) -> list[str]:
    names = []
    for number in range(count):
        data = hashlib.sha256(str(number).encode()).digest()[:size]
        names.append(sha256(data))
        path = cache.fill(names[-1], [data])
        os.utime(path, (path.stat().st_mtime - age + number,) * 2)
    return names


def test_copies_are_bounded_and_the_least_used_goes_first(tmp_path):
    cache = Cache(tmp_path, 35)
    names = fill(cache, 3)
    assert cache.find(names[0]) is not None
    fresh = cache.fill(sha256(b"0123456789"), [b"0123456789"])
    assert [cache.find(name) is not None for name in names] == [True, False, True]
    assert fresh.read_bytes() == b"0123456789"


def test_a_copy_that_was_just_handed_out_is_left_alone_whatever_the_limit(tmp_path):
    cache = Cache(tmp_path, 0)
    path = cache.fill(sha256(b"abc"), [b"abc"])
    cache.fill(sha256(b"def"), [b"def"])
    assert path.read_bytes() == b"abc"
    os.utime(path, (0, 0))
    cache.trim()
    assert not path.exists()


def test_a_copy_with_other_bytes_is_never_handed_out(bucket):
    bucket.put(b"abc")
    damage(bucket, HEX, b"abX")
    with pytest.raises(FileNotFoundError):
        bucket.local(HEX)
    assert list(bucket.cache.root.iterdir()) == []


def test_an_adopted_file_is_not_fetched_again(bucket, part):
    bucket.adopt(part, HEX)
    with silent(bucket):
        assert bucket.local(HEX).read_bytes() == b"abc"


def test_all_threads_share_one_connection_pool(bucket):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(bucket.put, [str(number).encode() for number in range(24)]))
    assert sorted(made) == sorted(bucket.hashes())
    assert connect(bucket.bucket) is bucket.client
