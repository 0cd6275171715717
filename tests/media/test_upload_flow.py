"""Uploads that succeed, as the protocol describes them (sync protocol, Uploads; tus 1.0.0)."""

import base64
import hashlib

from backend.media.models import Blob, Expectation, Holding, Upload
from backend.media.services import blobs
from tests.media.conftest import sha256
from tests.media.pictures import noise, photo


def test_options_names_version_extensions_and_limits_without_a_sign_in(tus):
    answer = tus.send("OPTIONS", headers={"Tus-Resumable": None, "Authorization": ""})
    assert answer.status_code == 204
    assert {name: answer.headers[name] for name in answer.headers if name.startswith("tus-")} == {
        "tus-resumable": "1.0.0",
        "tus-version": "1.0.0",
        "tus-extension": "creation,creation-with-upload,expiration,checksum,termination",
        "tus-max-size": str(64 * 1024 * 1024),
        "tus-checksum-algorithm": "sha1,sha256",
    }


def test_a_file_sent_in_two_pieces_is_verified_and_kept_under_its_hash(tus, promise, heard):
    data = photo()
    promise(data)
    created = tus.create(data, sha256=sha256(data), filetype="image/jpeg")
    assert created.status_code == 201
    location = created.headers["location"]
    assert location.startswith(str(tus.client.base_url))
    assert tus.offset(location) == 0
    assert tus.patch(location, data[:100]).headers["upload-offset"] == "100"
    assert tus.offset(location) == 100
    last = tus.patch(location, data[100:], 100)
    assert (last.status_code, last.headers["upload-offset"]) == (204, str(len(data)))
    assert blobs.read(sha256(data)) == data
    assert [(news["evidence_id"], news["sha256"], news["intact"]) for news in heard] == [("E1", sha256(data), True)]
    assert heard[0]["facts"]["filetype"] == "image/jpeg"
    assert heard[0]["facts"]["type_mismatch"] is False
    assert Expectation.objects.get().state == "verified"
    assert list(Holding.objects.values_list("blob__sha256", "evidence_id", "owner_id")) == [(sha256(data), "E1", 11)]
    assert tus.offset(location) == len(data)


def test_head_gives_back_length_metadata_and_expiry(tus, promise):
    data = noise(500)
    promise(data)
    created = tus.create(data, filetype="image/jpeg")
    answer = tus.send("HEAD", created.headers["location"])
    assert answer.headers["upload-length"] == "500"
    assert answer.headers["upload-metadata"] == created.request.headers["upload-metadata"]
    assert answer.headers["upload-expires"] == created.headers["upload-expires"]
    assert answer.headers["cache-control"] == "no-store"


def test_creation_with_upload_takes_the_bytes_at_once(tus, promise, heard):
    data = noise(5000)
    promise(data)
    created = tus.client.post(
        "",
        content=data[:2000],
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Length": "5000",
            "Upload-Metadata": "evidence " + base64.b64encode(b"E1").decode(),
            "Content-Type": "application/offset+octet-stream",
        },
    )
    assert (created.status_code, created.headers["upload-offset"]) == (201, "2000")
    assert tus.patch(created.headers["location"], data[2000:], 2000).status_code == 204
    assert [news["intact"] for news in heard] == [True]


def test_a_post_may_stand_for_another_method(tus, promise):
    data = noise(300)
    promise(data)
    location = tus.create(data).headers["location"]
    answer = tus.send(
        "POST",
        location,
        content=data,
        headers={
            "X-HTTP-Method-Override": "PATCH",
            "Upload-Offset": "0",
            "Content-Type": "application/offset+octet-stream",
        },
    )
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, "300")


def test_checksums_of_both_algorithms_are_accepted(tus, promise):
    data = noise(4000)
    promise(data)
    location = tus.create(data).headers["location"]
    first, second = data[:1000], data[1000:]
    sha1 = "sha1 " + base64.b64encode(hashlib.sha1(first, usedforsecurity=False).digest()).decode()
    sha2 = "sha256 " + base64.b64encode(hashlib.sha256(second).digest()).decode()
    assert tus.patch(location, first, Upload_Checksum=sha1).status_code == 204
    assert tus.patch(location, second, 1000, Upload_Checksum=sha2).status_code == 204


def test_the_same_bytes_for_two_evidences_are_kept_once_and_told_twice(tus, promise, heard):
    data = photo()
    for evidence in ("E1", "E2"):
        promise(data, evidence)
        assert tus.patch(tus.create(data, evidence).headers["location"], data).status_code == 204
    assert Blob.objects.count() == 1
    assert [news["evidence_id"] for news in heard] == ["E1", "E2"]


def test_a_repeated_upload_of_verified_evidence_is_accepted_again(tus, promise):
    data = photo()
    promise(data)
    for _ in range(2):
        assert tus.patch(tus.create(data).headers["location"], data).status_code == 204
    assert list(Upload.objects.values_list("state", flat=True)) == ["done", "done"]
    assert Expectation.objects.count() == 1


def test_who_may_only_deposit_may_upload(tus, promise):
    data = noise(100)
    promise(data, owner="closed")
    tus.client.headers["Authorization"] = "Bearer closed"
    assert tus.patch(tus.create(data).headers["location"], data).status_code == 204


def test_what_is_promised_twice_is_expected_once(promise):
    promise(b"abc")
    promise(b"abc")
    assert Expectation.objects.count() == 1
