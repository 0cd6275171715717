"""Blobs that lie in a bucket, over HTTP: the same answers as from the local disk."""

import asyncio
from typing import Any

import pytest
from django.test import AsyncRequestFactory

from backend.core.actor import Actor
from backend.media import registry, storage
from backend.media.api.delivery import serve
from backend.media.services import blobs
from backend.media.tasks import derive
from tests.fixtures.object_store import lose, silent
from tests.media.pictures import noise, photo
from tests.media.test_blob_api import DATA, body, get


@pytest.fixture
def kept(object_store, settings, tmp_path, county, inspector, monkeypatch) -> str:
    """A file in the bucket that the inspector may read."""
    settings.CACHE_DIR, settings.BUCKET = tmp_path / "cache", object_store.bucket()
    monkeypatch.setattr(registry, "_readers", [lambda actor, wanted: actor.user_id == inspector.pk])
    return blobs.keep(county_id=county.pk, data=DATA, filetype="application/pdf")


RANGES = [
    ("bytes=0-0", 206, 0, 0),
    ("bytes=100-199", 206, 100, 199),
    ("bytes=10200-", 206, 10200, 10239),
    ("bytes=10200-99999999", 206, 10200, 10239),
    ("bytes=-40", 206, 10200, 10239),
    ("bytes=-99999", 206, 0, 10239),
    ("bytes=5-2", 200, 0, 10239),
    ("bytes=0-1,4-5", 200, 0, 10239),
]


def test_ranges_are_those_of_the_local_disk(inspector_client, kept):
    for asked, status, first, last in RANGES:
        answer = get(inspector_client, kept, range=asked)
        assert (asked, answer.status_code, body(answer)) == (asked, status, DATA[first : last + 1])
        wanted = f"bytes {first}-{last}/10240" if status == 206 else None
        assert (answer.get("Content-Range"), answer["Content-Length"]) == (wanted, str(last - first + 1))
    for asked in ("bytes=10240-", "bytes=-0"):
        answer = get(inspector_client, kept, range=asked)
        assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */10240")


def test_conditions_and_head_are_those_of_the_local_disk(inspector_client, kept):
    assert body(get(inspector_client, kept, range="bytes=0-9", if_range='"other"')) == DATA
    assert body(get(inspector_client, kept, range="bytes=0-9", if_range=f'"{kept}"')) == DATA[:10]
    assert get(inspector_client, kept, if_none_match=f'"{kept}"').status_code == 304
    answer = inspector_client.head(f"/api/v1/blobs/{kept}")
    assert (answer.status_code, answer["Content-Length"], answer.content) == (200, "10240", b"")


def test_a_file_is_streamed_from_the_bucket_in_pieces(county, inspector, kept):
    large = blobs.keep(county_id=county.pk, data=noise(1_000_000), filetype="image/jpeg")
    actor = Actor(user_id=inspector.pk, county_id=county.pk, name="读者")
    answer: Any = serve(AsyncRequestFactory().get("/"), actor=actor, sha256=large)

    async def collect() -> list[bytes]:
        return [piece async for piece in answer]

    sent = asyncio.run(collect())
    assert (b"".join(sent), max(map(len, sent)) <= storage.CHUNK) == (noise(1_000_000), True)


def test_smaller_copies_are_made_of_a_file_in_the_bucket(county, inspector_client, kept):
    picture = blobs.keep(county_id=county.pk, data=photo(2000, 1500), filetype="image/jpeg")
    derive()
    answer = get(inspector_client, picture, "?size=list")
    assert (answer.status_code, body(answer)[:3]) == (200, b"\xff\xd8\xff")


def test_a_silent_bucket_is_503_with_a_time_to_come_again_and_a_lost_file_is_said_so(inspector_client, kept):
    with silent(storage.current()):
        answer = get(inspector_client, kept)
        assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "storage_down", "30")
    lose(storage.current(), kept)
    answer = get(inspector_client, kept)
    assert (answer.status_code, answer.json()["code"]) == (503, "blob_missing")
