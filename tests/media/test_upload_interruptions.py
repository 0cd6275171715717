"""Uploads under bad luck: cut lines, silent lines, two writers, full disks, dead processes (sync protocol, Uploads)."""

import errno
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from backend.media import registry
from backend.media.models import Blob, Upload
from backend.media.parts import Part
from backend.media.problems import Locked
from backend.media.services import blobs, sweeping
from backend.media.uploads import wire
from tests.media.conftest import sha256
from tests.media.pictures import noise
from tests.media.raw import cut_patch, open_patch


def test_twenty_random_cuts_keep_what_arrived_and_the_hash_is_right(tus, running, promise, heard):
    data, chance = noise(2_000_000), random.Random(20261120)
    promise(data)
    location = tus.create(data).headers["location"]
    offset, kept, sent = 0, 0, 0
    for _ in range(20):
        piece = chance.randrange(1, 90_000)
        cut_patch(location, offset, data[offset:], piece)
        running.wait()
        now = tus.offset(location)
        assert offset <= now <= offset + piece
        kept, sent, offset = kept + now - offset, sent + piece, now
    assert blobs_are(tus.patch(location, data[offset:], offset), data)
    assert [news["intact"] for news in heard] == [True]
    assert kept > sent / 2, "most of what reached the server must survive a cut"


def blobs_are(answer: Any, data: bytes) -> bool:
    return (answer.status_code, blobs.read(sha256(data))) == (204, data)


def test_a_cut_piece_with_a_checksum_is_kept_for_the_hash_of_the_whole_to_judge(tus, running, promise):
    data = noise(50_000)
    promise(data)
    location = tus.create(data).headers["location"]
    cut_patch(location, 0, data, 20_000, extra="Upload-Checksum: sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=\r\n")
    running.wait()
    assert tus.offset(location) == 20_000
    assert blobs_are(tus.patch(location, data[20_000:], 20_000), data)


def grown(location: str, size: int) -> None:
    """Wait until the part file holds so many bytes."""
    path = Upload.objects.get(pk=location[-36:]).path
    deadline = time.monotonic() + 10
    while path.stat().st_size < size:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_second_writer_is_423_and_disturbs_nothing(tus, promise):
    data = noise(30_000)
    promise(data)
    location = tus.create(data).headers["location"]
    with open_patch(location, 0, len(data)) as first:
        first.sendall(data[:10_000])
        grown(location, 10_000)
        second = tus.patch(location, data)
        assert (second.status_code, second.json()["code"]) == (423, "locked")
        assert tus.offset(location) == 0
        first.sendall(data[10_000:])
        assert first.recv(15).startswith(b"HTTP/1.1 204")
    assert blobs.read(sha256(data)) == data


def test_a_silent_sender_loses_the_lock_and_keeps_its_bytes(tus, promise, monkeypatch):
    monkeypatch.setattr(wire, "SILENCE", 0.2)
    data = noise(30_000)
    promise(data)
    location = tus.create(data).headers["location"]
    with open_patch(location, 0, len(data)) as silent:
        silent.sendall(data[:10_000])
        assert silent.recv(15).startswith(b"HTTP/1.1 408")
    assert tus.offset(location) == 10_000
    assert blobs_are(tus.patch(location, data[10_000:], 10_000), data)


def test_a_full_disk_is_507_and_the_upload_goes_on_when_there_is_room(tus, promise):
    """/dev/full answers every write with ENOSPC, as a full disk does."""
    data = noise(30_000)
    promise(data)
    location = tus.create(data).headers["location"]
    path = Upload.objects.get().path
    saved = path.rename(path.with_suffix(".saved"))
    path.symlink_to("/dev/full")
    answer = tus.patch(location, data)
    assert (answer.status_code, answer.json()["code"]) == (507, "disk_full")
    assert answer.headers["retry-after"] == "60"
    path.unlink()
    saved.rename(path)
    assert tus.offset(location) == 0
    assert blobs_are(tus.patch(location, data), data)


def test_no_upload_begins_that_would_not_fit(tus, promise, monkeypatch):
    monkeypatch.setattr("backend.media.services.uploads.RESERVE", 1 << 62)
    promise(b"abc")
    answer = tus.create(b"abc")
    assert (answer.status_code, answer.json()["code"], Upload.objects.count()) == (507, "disk_full", 0)


def test_bytes_that_a_dead_process_wrote_and_did_not_book_count(tus, promise):
    data = noise(30_000)
    promise(data)
    location = tus.create(data).headers["location"]
    Upload.objects.get().path.write_bytes(data[:12_345])
    assert tus.offset(location) == 12_345
    assert blobs_are(tus.patch(location, data[12_345:], 12_345), data)


@pytest.mark.parametrize("who", ["client", "sweeper"])
def test_a_complete_part_that_nobody_verified_is_verified(tus, promise, heard, who):
    """The process died between the last byte and the hash: a client may come back, or never."""
    data = noise(30_000)
    promise(data)
    location = tus.create(data).headers["location"]
    Upload.objects.get().path.write_bytes(data)
    if who == "client":
        assert tus.offset(location) == len(data)
    else:
        assert sweeping.sweep() == 1
    assert (blobs.read(sha256(data)), [news["intact"] for news in heard]) == (data, [True])
    assert Upload.objects.get().state == "done"


@pytest.mark.parametrize("who", ["client", "sweeper"])
def test_a_receipt_that_could_not_be_booked_is_booked_later(tus, promise, monkeypatch, who):
    """A fault of a room above undoes the whole receipt; the bytes already lie in storage."""
    data, told = noise(3_000), []

    def hear(**news: Any) -> None:
        told.append(news["intact"])
        if len(told) == 1:
            raise RuntimeError("the room above is out of order")

    monkeypatch.setattr(registry, "_listeners", [hear])
    promise(data)
    location = tus.create(data).headers["location"]
    answer = tus.patch(location, data)
    assert (answer.status_code, answer.json()["code"], Blob.objects.count()) == (500, "internal", 0)
    if who == "client":
        assert tus.offset(location) == len(data)
    else:
        assert sweeping.sweep() == 1
    assert (told, Blob.objects.count(), Upload.objects.get().state) == ([True, True], 1, "done")


def test_a_lost_part_is_gone_and_the_client_starts_over(tus, promise):
    data = noise(3_000)
    promise(data)
    location = tus.create(data).headers["location"]
    Upload.objects.get().path.unlink()
    assert tus.send("HEAD", location).status_code == 410
    assert blobs_are(tus.patch(tus.create(data).headers["location"], data), data)


HOLDER = """
import sys, time
from pathlib import Path
from backend.media.parts import Part
part = Part(Path(sys.argv[1]))
part.append(b"held", 0)
print("locked", flush=True)
time.sleep(60)
"""


def test_the_lock_holds_between_processes_and_dies_with_its_holder(tmp_path):
    path = tmp_path / "x.part"
    Part.create(path)
    command = [sys.executable, "-c", textwrap.dedent(HOLDER), str(path)]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd=Path.cwd())
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == b"locked\n"
        with pytest.raises(Locked):
            Part(path)
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait(10)
        holder.stdout.close()
    with Part(path) as part:
        assert part.size == 4


def test_a_closed_part_writes_into_no_other_file(tmp_path):
    Part.create(tmp_path / "x.part")
    part = Part(tmp_path / "x.part")
    part.close()
    with (tmp_path / "other").open("wb"), pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        part.append(b"late", 0)
    assert (tmp_path / "other").read_bytes() == b""


def test_sweeping_deletes_files_without_an_upload_after_a_day_and_no_others(live_tables, settings, tmp_path):
    folder = Path(settings.UPLOAD_DIR)
    folder.mkdir()
    for name, age in (("old.part", 25), ("young.part", 23), ("old.txt", 25)):
        (folder / name).write_bytes(b"x")
        then = time.time() - age * 3600
        os.utime(folder / name, (then, then))
    assert sweeping.sweep() == 1
    assert sorted(path.name for path in folder.iterdir()) == ["old.txt", "young.part"]
