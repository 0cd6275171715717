"""Every refusal of an upload: its status, its code, and that nothing was changed by it."""

import base64
import hashlib
from typing import Any

import pytest

from backend.core import clock
from backend.media.models import Blob, Expectation, Upload
from backend.media.parts import Part
from backend.media.services import sweeping
from tests.media.conftest import metadata, sha256
from tests.media.pictures import noise
from tests.media.raw import open_patch

OCTETS = {"Content-Type": "application/offset+octet-stream"}


@pytest.fixture
def data() -> bytes:
    return noise(3000)


@pytest.fixture
def location(tus, promise, data) -> str:
    """An upload of Mei's that awaits its first byte."""
    promise(data)
    return str(tus.create(data).headers["location"])


def told(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["tus-resumable"] == "1.0.0"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert any("\u4e00" <= sign <= "\u9fff" for sign in problem["detail"])
    return answer.status_code, problem["code"]


def states() -> list[str]:
    return list(Upload.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
@pytest.mark.parametrize("version", [None, "0.2.2", "1.0"])
def test_another_version_of_tus_is_412_and_told_ours(tus, location, method, version):
    answer = tus.send(method, "" if method == "POST" else location, headers={"Tus-Resumable": version})
    assert (answer.status_code, answer.headers["tus-version"]) == (412, "1.0.0")


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE", "POST"])
def test_nobody_uploads_without_a_sign_in(tus, location, method):
    tus.client.headers["Authorization"] = "Bearer nobody"
    answer = tus.send(method, "" if method == "POST" else location)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(("method", "item"), [("GET", True), ("PUT", True), ("POST", True), ("PATCH", False)])
def test_methods_that_tus_does_not_know_here_are_405(tus, location, method, item):
    answer = tus.send(method, location if item else "")
    assert told(answer) == (405, "method_not_allowed")


def test_evidence_that_does_not_exist_and_that_of_others_are_refused_word_for_word_alike(tus, promise, data):
    promise(data, "E-lan", owner="lan")
    promise(data, "E-mei")
    answers = [tus.create(data, "E-lan"), tus.create(data, "E-nobody"), tus.create(data, "../../etc/passwd")]
    tus.client.headers["Authorization"] = "Bearer elsewhere"
    answers.append(tus.create(data, "E-mei"))
    assert {(told(answer), answer.content) for answer in answers} == {((403, "no_such_evidence"), answers[0].content)}
    assert states() == []


def test_uploads_of_others_are_as_unknown_as_those_that_never_were(tus, location, data):
    unknown = location[:-4] + "0000"
    mangled = location[:-36] + "..%2F..%2Fdudao.sqlite3"
    for who, asked in (("lan", location), ("elsewhere", location), ("mei", unknown), ("mei", mangled)):
        tus.client.headers["Authorization"] = f"Bearer {who}"
        assert tus.send("HEAD", asked).status_code == 404
        assert told(tus.patch(asked, data)) == (404, "not_found")
        assert told(tus.send("DELETE", asked)) == (404, "not_found")
    assert states() == ["open"]


@pytest.mark.parametrize(
    "tail",
    ["/", "/../x", "/x/y", "..", "%00", "%2e%2e", "a" * 3000, "{UPPER}", "{BRACES}"],
)
def test_paths_that_only_resemble_an_upload_are_unknown(tus, location, tail):
    upload = location.rsplit("/", 1)[1]
    paths = {"{UPPER}": upload.upper(), "{BRACES}": "%7B" + upload + "%7D"}
    asked = str(tus.client.base_url) + paths.get(tail, upload + tail)
    assert tus.send("HEAD", asked).status_code == 404


def test_an_evidence_id_never_becomes_a_path(tus, promise, data, tmp_path):
    name = "../../../outside"
    promise(data, name)
    assert tus.patch(tus.create(data, name).headers["location"], data).status_code == 204
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [sha256(data)]


@pytest.mark.parametrize(
    "headers",
    [
        {"Upload-Length": None},
        {"Upload-Length": "-1"},
        {"Upload-Length": "1e3"},
        {"Upload-Length": "９"},
        {"Upload-Length": None, "Upload-Defer-Length": "1"},
        {"Upload-Concat": "partial"},
        {"Upload-Concat": "final;/api/v1/uploads/a /api/v1/uploads/b"},
        {"Upload-Metadata": None},
        {"Upload-Metadata": ""},
        {"Upload-Metadata": "evidence"},
        {"Upload-Metadata": "evidence !!!"},
        {"Upload-Metadata": "evidence RTE=,evidence RTE="},
        {"Upload-Metadata": "evidence " + "A" * 5000},
        {"Upload-Checksum": "md5 1B2M2Y8AsgTpgAmY7PhCfg=="},
        {"Upload-Checksum": "sha1 AAAA"},
        {"Host": "elsewhere.example"},
    ],
)
def test_headers_that_make_no_sense_are_400_and_make_no_upload(tus, promise, data, headers):
    promise(data)
    encoded = {key: value.encode() if value else value for key, value in headers.items()}
    answer = tus.create(data, headers=encoded)
    assert answer.status_code == 400
    assert told(answer)[1] in {"bad_header", "bad_host"}
    assert states() == []


def test_a_nul_in_the_metadata_is_refused_like_any_unknown_evidence(tus, promise, data):
    promise(data)
    assert told(tus.create(data, "E1\0")) == (403, "no_such_evidence")


def test_more_than_64_mb_is_413(tus, promise):
    promise(b"", size=64 * 1024 * 1024 + 1)
    answer = tus.send(
        "POST", headers={"Upload-Length": str(64 * 1024 * 1024 + 1), "Upload-Metadata": metadata(evidence="E1")}
    )
    assert told(answer) == (413, "too_large")
    assert states() == []


@pytest.mark.parametrize("filetype", ["image/gif", "text/html", "image/svg+xml", "application/zip", "video/mp4"])
def test_types_that_no_reviewer_can_open_are_415_at_creation(tus, promise, data, filetype):
    promise(data)
    assert told(tus.create(data, filetype=filetype)) == (415, "unsupported_type")
    promise(data, "E2", filetype=filetype)
    assert told(tus.create(data, "E2")) == (415, "unsupported_type")


def test_a_body_of_another_content_type_is_415(tus, location, data):
    assert told(tus.patch(location, data, Content_Type="image/jpeg")) == (415, "content_type")
    created = {"Upload-Length": "3000", "Upload-Metadata": metadata(evidence="E1"), "Content-Type": "image/jpeg"}
    assert told(tus.send("POST", headers=created, content=data)) == (415, "content_type")
    assert tus.offset(location) == 0


@pytest.mark.parametrize("offset", [1, 2999, 3000, 999999])
def test_another_offset_than_that_of_the_upload_is_409(tus, location, data, offset):
    assert told(tus.patch(location, data, offset)) == (409, "offset_differs")
    assert tus.offset(location) == 0


@pytest.mark.parametrize("offset", ["-1", "x", ""])
def test_an_offset_that_is_no_number_is_400(tus, location, data, offset):
    assert told(tus.patch(location, data, offset)) == (400, "bad_header")


def test_more_bytes_than_declared_are_413_and_not_kept(tus, location, data):
    assert tus.patch(location, data[:1000]).status_code == 204
    assert told(tus.patch(location, data[1000:] + b"x", 1000)) == (413, "too_large")
    assert tus.offset(location) == 1000
    pieces = iter([data[1000:2000], data[2000:] + b"x"])
    assert told(tus.patch(location, pieces, 1000)) == (413, "too_large")
    assert tus.offset(location) == 1000
    assert tus.patch(location, data[1000:], 1000).status_code == 204
    assert told(tus.patch(location, b"x", 3000)) == (413, "too_large")


def test_a_piece_with_a_wrong_checksum_is_460_and_not_kept(tus, location, data, heard):
    wrong = "sha256 " + base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    assert told(tus.patch(location, data, Upload_Checksum=wrong)) == (460, "checksum_differs")
    assert tus.offset(location) == 0
    assert heard == []
    right = "sha256 " + base64.b64encode(hashlib.sha256(data).digest()).decode()
    assert tus.patch(location, data, Upload_Checksum=right).status_code == 204


@pytest.mark.parametrize(
    "declared",
    [{"sha256": sha256(b"other")}, {"size": 2999}, {"size": 3001}],
    ids=["another hash", "shorter", "longer"],
)
def test_bytes_that_differ_from_the_declaration_are_460_told_and_set_aside(tus, promise, data, heard, declared):
    promise(data, **declared)
    location = tus.create(data).headers["location"]
    assert told(tus.patch(location, data)) == (460, "corrupt")
    assert [(news["evidence_id"], news["intact"]) for news in heard] == [("E1", False)]
    assert (Expectation.objects.get().state, Blob.objects.count()) == ("corrupt", 0)
    assert Upload.objects.get().corrupt_path.read_bytes() == data
    assert tus.send("HEAD", location).status_code == 410
    assert told(tus.patch(location, b"", 3000)) == (410, "corrupt")


def test_after_460_the_client_starts_over_and_succeeds(tus, promise, data, heard):
    promise(data)
    spoilt = data[:-1] + bytes([data[-1] ^ 1])
    assert tus.patch(tus.create(data).headers["location"], spoilt).status_code == 460
    assert tus.patch(tus.create(data).headers["location"], data).status_code == 204
    assert [news["intact"] for news in heard] == [False, True]
    assert (states(), Expectation.objects.get().state) == (["corrupt", "done"], "verified")


def test_evidence_once_verified_is_not_spoilt_by_a_later_upload(tus, promise, data, heard):
    promise(data)
    for sent, status in ((data, 204), (noise(3000, seed=2), 460)):
        assert tus.patch(tus.create(data).headers["location"], sent).status_code == status
    assert [news["intact"] for news in heard] == [True]
    assert Expectation.objects.get().state == "verified"


def test_somebody_who_claims_the_same_evidence_id_spoils_nothing(tus, promise, data, heard):
    promise(data)
    promise(b"", owner="lan", size=3, sha256=sha256(b"abc"))
    tus.client.headers["Authorization"] = "Bearer lan"
    assert tus.patch(tus.create(b"xyz").headers["location"], b"xyz").status_code == 460
    tus.client.headers["Authorization"] = "Bearer mei"
    assert tus.patch(tus.create(data).headers["location"], data).status_code == 204
    assert [(news["sha256"], news["intact"]) for news in heard] == [(sha256(b"abc"), False), (sha256(data), True)]


def test_an_empty_file_is_looked_at_when_it_is_created_and_is_no_evidence(tus, promise, heard):
    promise(b"", "E0")
    assert told(tus.create(b"", "E0")) == (415, "unsupported_type")
    assert [(news["intact"], news["facts"]["refused"]) for news in heard] == [(False, "unsupported_type")]
    promise(b"x", "E1")
    assert told(tus.create(b"", "E1")) == (460, "corrupt")


def test_while_another_request_writes_patch_and_delete_are_423_and_head_still_answers(tus, location, data):
    assert tus.patch(location, data[:500]).status_code == 204
    with Part(Upload.objects.get().path):
        assert told(tus.patch(location, data[500:], 500)) == (423, "locked")
        assert told(tus.send("DELETE", location)) == (423, "locked")
    assert tus.offset(location) == 500


def test_a_terminated_upload_is_gone_with_its_bytes(tus, location, data):
    tus.patch(location, data[:500])
    path = Upload.objects.get().path
    assert tus.send("DELETE", location).status_code == 204
    assert not path.exists()
    assert tus.send("HEAD", location).status_code == 410
    assert told(tus.patch(location, data[500:], 500)) == (410, "gone")


def test_after_14_days_an_upload_is_gone_before_and_after_it_is_swept(tus, promise, data):
    promise(data)
    with clock.fixed(clock.now()) as hand:
        location = tus.create(data).headers["location"]
        hand.move(days=13, hours=23)
        assert tus.patch(location, data[:10]).status_code == 204
        hand.move(hours=2)
        assert told(tus.patch(location, data[10:], 10)) == (410, "expired")
        upload = Upload.objects.get()
        assert upload.path.exists()
        assert sweeping.sweep() == 1
        assert not upload.path.exists()
        assert told(tus.patch(location, data[10:], 10)) == (410, "expired")
        hand.move(days=31)
        assert sweeping.sweep() == 1
        assert told(tus.patch(location, data[10:], 10)) == (404, "not_found")


def test_a_corrupt_file_is_kept_for_7_days(tus, promise, data):
    promise(data, sha256=sha256(b"other"))
    with clock.fixed(clock.now()) as hand:
        tus.patch(tus.create(data).headers["location"], data)
        kept = Upload.objects.get().corrupt_path
        hand.move(days=6, hours=23)
        sweeping.sweep()
        assert kept.read_bytes() == data
        hand.move(hours=2)
        sweeping.sweep()
        assert not kept.exists()


def test_first_bytes_with_a_wrong_checksum_are_460_and_make_no_receipt(tus, promise, data, heard):
    promise(data)
    wrong = "sha1 " + base64.b64encode(hashlib.sha1(b"other", usedforsecurity=False).digest()).decode()
    sent = {"Upload-Length": "3000", "Upload-Metadata": metadata(evidence="E1"), "Upload-Checksum": wrong}
    assert told(tus.send("POST", headers={**sent, **OCTETS}, content=data)) == (460, "checksum_differs")
    assert (heard, Upload.objects.get().path.read_bytes()) == ([], b"")


def test_who_asks_before_sending_is_refused_before_sending(location):
    """Expect: 100-continue: the answer comes although not one byte of the body was sent."""
    with open_patch(location, 5, 3000, extra="Expect: 100-continue\r\n") as asking:
        assert asking.recv(12) == b"HTTP/1.1 409"
    with open_patch(location, 0, 3000, extra="Expect: 100-continue\r\n") as asking:
        assert asking.recv(12) == b"HTTP/1.1 100"


def test_a_device_that_begins_uploads_without_end_is_told_to_wait_and_goes_on_with_those_it_has(
    tus, promise, settings
) -> None:
    settings.DEVICE_REQUESTS = (0.1, 2.0)
    pieces = [noise(50 + place) for place in range(3)]
    tus.client.headers["Authorization"] = "Bearer flood"
    for place, piece in enumerate(pieces):
        promise(piece, f"F{place}", owner="flood")
    answers = [tus.create(piece, f"F{place}") for place, piece in enumerate(pieces)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert told(answers[2]) == (429, "throttled")
    assert 1 <= int(answers[2].headers["retry-after"]) <= 10
    for answer, piece in zip(answers, pieces[:2], strict=False):
        assert tus.patch(answer.headers["location"], piece).status_code == 204
