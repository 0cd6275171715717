"""Sending blobs under ASGI: in pieces, from threads, never the whole file in memory."""

import asyncio
from typing import Any

import pytest
from django.test import AsyncRequestFactory

from backend.core.actor import Actor
from backend.media import registry, storage
from backend.media.api.delivery import serve
from backend.media.services import blobs
from tests.media.pictures import noise

READER = Actor(user_id=1, county_id=1, name="读者")


@pytest.fixture
def kept(db: None, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(registry, "_readers", [lambda actor, sha256: actor is READER])
    return blobs.keep(county_id=1, data=noise(1_000_000), filetype="image/jpeg")


def pieces(answer: Any) -> list[bytes]:
    async def collect() -> list[bytes]:
        return [piece async for piece in answer]

    return asyncio.run(collect())


def test_a_file_is_sent_in_pieces(kept):
    answer = serve(AsyncRequestFactory().get("/"), actor=READER, sha256=kept)
    sent = pieces(answer)
    assert (b"".join(sent), max(map(len, sent))) == (noise(1_000_000), storage.CHUNK)


def test_a_range_is_sent_exactly(kept):
    request = AsyncRequestFactory().get("/", headers={"Range": "bytes=300000-799999"})
    answer = serve(request, actor=READER, sha256=kept)
    assert (answer.status_code, b"".join(pieces(answer))) == (206, noise(1_000_000)[300_000:800_000])


def test_an_empty_file_is_sent_empty(kept):
    empty = blobs.keep(county_id=1, data=b"", filetype="application/octet-stream")
    answer = serve(AsyncRequestFactory().get("/"), actor=READER, sha256=empty)
    assert (answer.status_code, answer["Content-Length"], pieces(answer)) == (200, "0", [])
