"""Reading blobs over HTTP (sync protocol, Uploads): who may, how much of it, and what a browser is told."""

from typing import Any

import pytest

from backend.accounts.services import people
from backend.core.actor import Actor, system
from backend.media import registry, storage
from backend.media.models import Derivative
from backend.media.services import blobs
from backend.media.tasks import derive
from tests.media.conftest import sha256
from tests.media.pictures import exif, photo

DATA = bytes(range(256)) * 40


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> dict[int, set[str]]:
    """User id -> hashes that a room above lets them see."""
    allowed: dict[int, set[str]] = {}

    def may(actor: Actor, wanted: str) -> bool:
        return wanted in allowed.get(actor.user_id or 0, set())

    monkeypatch.setattr(registry, "_readers", [lambda actor, wanted: False, may])
    return allowed


@pytest.fixture
def blob(county, inspector, readers) -> str:
    """A PDF-like file that the inspector may read."""
    kept = blobs.keep(county_id=county.pk, data=DATA, filetype="application/pdf")
    readers[inspector.pk] = {kept}
    return kept


def get(client: Any, wanted: str, query: str = "", **headers: str) -> Any:
    return client.get(f"/api/v1/blobs/{wanted}{query}", headers={k.replace("_", "-"): v for k, v in headers.items()})


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_reader_gets_the_bytes_with_headers_for_a_private_unchanging_file(inspector_client, blob):
    answer = get(inspector_client, blob)
    assert (answer.status_code, body(answer)) == (200, DATA)
    assert answer["ETag"] == f'"{blob}"'
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert (answer["Content-Type"], answer["Content-Disposition"]) == ("application/pdf", "inline")
    assert answer["Content-Length"] == str(len(DATA))


def test_unknown_forbidden_and_malformed_are_answered_word_for_word_alike(
    inspector_client, school_client, blob, readers, inspector
):
    readers[inspector.pk].add("0" * 64)
    answers = [
        get(school_client, blob),
        get(inspector_client, "1" * 64),
        get(inspector_client, "0" * 64),
        get(inspector_client, blob.upper()),
        get(inspector_client, "..secret.key"),
        get(school_client, blob, "?size=preview"),
        get(inspector_client, blob, "?size=preview"),
        get(school_client, blob, range="bytes=999999-"),
        get(school_client, blob, if_none_match=f'"{blob}"'),
    ]
    assert {(answer.status_code, answer.content, str(sorted(answer.items()))) for answer in answers} == {
        (404, answers[0].content, str(sorted(answers[0].items())))
    }


def test_nobody_reads_without_a_sign_in_or_with_a_closed_account(anonymous, inspector_client, inspector, blob):
    assert get(anonymous, blob).status_code == 401
    people.disable(actor=system(inspector.county_id), user_id=inspector.pk)
    assert get(inspector_client, blob).status_code == 403


@pytest.mark.parametrize(
    ("asked", "status", "first", "last"),
    [
        ("bytes=0-0", 206, 0, 0),
        ("bytes=100-199", 206, 100, 199),
        ("bytes=10200-", 206, 10200, 10239),
        ("bytes=10200-99999999", 206, 10200, 10239),
        ("bytes=-40", 206, 10200, 10239),
        ("bytes=-99999", 206, 0, 10239),
        ("bytes=5-2", 200, 0, 10239),
        ("bytes=-", 200, 0, 10239),
        ("bytes=0-1,4-5", 200, 0, 10239),
        ("pages=1-2", 200, 0, 10239),
        ("bytes=99999999999999999999-", 200, 0, 10239),
    ],
)
def test_ranges(inspector_client, blob, asked, status, first, last):
    answer = get(inspector_client, blob, range=asked)
    assert (answer.status_code, body(answer)) == (status, DATA[first : last + 1])
    assert answer.get("Content-Range") == (f"bytes {first}-{last}/10240" if status == 206 else None)


@pytest.mark.parametrize("asked", ["bytes=10240-", "bytes=20000-20010", "bytes=-0"])
def test_a_range_outside_the_file_is_416_and_tells_the_size(inspector_client, blob, asked):
    answer = get(inspector_client, blob, range=asked)
    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */10240")
    assert answer.json()["code"] == "range"


def test_a_range_meant_for_another_version_gets_the_whole(inspector_client, blob):
    assert get(inspector_client, blob, range="bytes=0-9", if_range='"other"').status_code == 200
    assert get(inspector_client, blob, range="bytes=0-9", if_range=f'"{blob}"').status_code == 206


def test_what_the_caller_has_is_not_sent_again(inspector_client, blob):
    answer = get(inspector_client, blob, if_none_match=f'"{blob}"')
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", f'"{blob}"')


def test_head_tells_the_length_and_sends_nothing(inspector_client, blob):
    answer = inspector_client.head(f"/api/v1/blobs/{blob}")
    assert (answer.status_code, answer["Content-Length"], answer.content) == (200, "10240", b"")


def test_a_type_that_is_not_on_the_list_is_saved_and_never_shown(county, inspector, inspector_client, readers):
    kept = blobs.keep(county_id=county.pk, data=b"<script>alert(1)</script>", filetype="text/html")
    readers[inspector.pk] = {kept}
    answer = get(inspector_client, kept, accept="text/html")
    assert (answer["Content-Type"], answer["Content-Disposition"]) == ("application/octet-stream", "attachment")


def test_a_wrong_size_is_refused_before_anything_is_looked_up(inspector_client, blob):
    for wanted in (blob, "0" * 64):
        answer = get(inspector_client, wanted, "?size=huge")
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize(("kind", "size"), [("preview", (960, 1280)), ("list", (240, 320))])
def test_a_derivative_is_upright_small_and_without_metadata(
    county, inspector, inspector_client, readers, tmp_path, kind, size
):
    """Orientation 6: the camera was turned; red, stored on the left, belongs at the top."""
    from backend.media.rules.examination import examine
    from backend.media.rules.images import opened

    original = photo(2000, 1500, exif=exif(orientation=6), comment=b"lens cap")
    kept = blobs.keep(county_id=county.pk, data=original, filetype="image/jpeg")
    readers[inspector.pk] = {kept}
    derive()
    answer = get(inspector_client, kept, f"?size={kind}", accept="image/*")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    file = tmp_path / "small.jpg"
    file.write_bytes(body(answer))
    assert answer["ETag"] == f'"{sha256(file.read_bytes())}"'
    with opened(file) as image:
        assert (image.size, dict(image.getexif()), image.info.get("comment")) == (size, {}, None)
        top, bottom = image.getpixel((10, 10)), image.getpixel((10, image.height - 10))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert (top[0] > 200, bottom[2] > 200) == (True, True)
    assert not {"lng", "lat", "taken_at"} & set(examine(file))


def test_a_derivative_that_is_not_made_yet_is_asked_for_again_soon_and_no_request_decodes_it(
    county, inspector, inspector_client, readers
):
    kept = blobs.keep(county_id=county.pk, data=photo(), filetype="image/jpeg")
    readers[inspector.pk] = {kept}
    answer = get(inspector_client, kept, "?size=list")
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "preview_pending", "2")
    assert not Derivative.objects.exists()
    derive()
    assert get(inspector_client, kept, "?size=list").status_code == 200


def test_a_derivative_is_made_once(county, inspector, inspector_client, readers):
    kept = blobs.keep(county_id=county.pk, data=photo(), filetype="image/jpeg")
    readers[inspector.pk] = {kept}
    derive()
    derive()
    tags = {get(inspector_client, kept, "?size=list")["ETag"] for _ in range(2)}
    assert tags == {f'"{Derivative.objects.get(kind="list").sha256}"'}


def test_a_blob_that_storage_lost_is_unavailable_and_not_unknown(inspector_client, blob):
    storage.current().local(blob).unlink()
    answer = get(inspector_client, blob)
    assert (answer.status_code, answer.json()["code"]) == (503, "blob_missing")


def test_a_derivative_of_an_image_that_storage_lost_is_unavailable(county, inspector, inspector_client, readers):
    kept = blobs.keep(county_id=county.pk, data=photo(), filetype="image/jpeg")
    readers[inspector.pk] = {kept}
    storage.current().local(kept).unlink()
    answer = get(inspector_client, kept, "?size=list")
    assert (answer.status_code, answer.json()["code"]) == (503, "blob_missing")
