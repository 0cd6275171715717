"""Clients that we did not write, against a real server: tuspy and aiotus."""

import asyncio
import io
from pathlib import Path
from typing import Any

import aiohttp
import aiotus
import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from backend.media.services import blobs
from tests.media import javascript
from tests.media.conftest import sha256
from tests.media.pictures import noise
from tests.media.server import Running

MEI = {"Authorization": "Bearer mei"}


@pytest.fixture
def data() -> bytes:
    return noise(700_001)


def told(data: bytes) -> dict[str, str]:
    return {"evidence": "E1", "sha256": sha256(data), "filetype": "image/jpeg"}


@pytest.mark.parametrize("checksum", [False, True])
def test_tuspy_uploads_in_chunks(running: Running, promise: Any, heard: Any, data: bytes, checksum: bool) -> None:
    promise(data)
    uploader = TusClient(running.url, headers=MEI).uploader(
        file_stream=io.BytesIO(data), chunk_size=200_000, metadata=told(data), upload_checksum=checksum
    )
    uploader.upload()
    assert uploader.offset == len(data)
    assert blobs.read(sha256(data)) == data
    assert [news["intact"] for news in heard] == [True]


def test_tuspy_resumes_where_another_uploader_stopped(running: Running, promise: Any, heard: Any, data: bytes) -> None:
    promise(data)
    first = TusClient(running.url, headers=MEI).uploader(
        file_stream=io.BytesIO(data), chunk_size=100_000, metadata=told(data)
    )
    first.upload_chunk()
    second = TusClient(running.url, headers=MEI).uploader(
        file_stream=io.BytesIO(data), chunk_size=300_000, url=first.url
    )
    assert second.offset == 100_000
    second.upload()
    assert blobs.read(sha256(data)) == data


def test_tuspy_is_told_when_the_bytes_are_not_those_declared(running: Running, promise: Any, data: bytes) -> None:
    promise(b"other")
    uploader = TusClient(running.url, headers=MEI).uploader(file_stream=io.BytesIO(data), metadata=told(b"other"))
    with pytest.raises(TusCommunicationError) as fault:
        uploader.upload()
    assert fault.value.status_code == 460


def test_aiotus_uploads_and_reads_its_metadata_back(running: Running, promise: Any, heard: Any, data: bytes) -> None:
    promise(data)
    said: Any = {key: value.encode() for key, value in told(data).items()}
    config = aiotus.RetryConfiguration(retry_attempts=1)

    async def there_and_back() -> Any:
        async with aiohttp.ClientSession(headers=MEI) as session:
            location = await aiotus.upload(
                running.url, io.BytesIO(data), said, client_session=session, config=config, chunksize=256 * 1024
            )
            assert location is not None
            return await aiotus.metadata(str(location), client_session=session, config=config)

    assert asyncio.run(there_and_back()) == said
    assert blobs.read(sha256(data)) == data
    assert [news["intact"] for news in heard] == [True]


def resumed(url: str, data: bytes) -> tuple[int, int]:
    """tuspy sends a piece, and another uploader the rest: where it began, and where it ended."""
    first = TusClient(url, headers=MEI).uploader(file_stream=io.BytesIO(data), chunk_size=100_000, metadata=told(data))
    first.upload_chunk()
    second = TusClient(url, headers=MEI).uploader(file_stream=io.BytesIO(data), chunk_size=300_000, url=first.url)
    began = second.offset
    second.upload()
    return began, second.offset


async def there_and_back(url: str, data: bytes) -> Any:
    """aiotus uploads and asks what it said of it."""
    said: Any = {key: value.encode() for key, value in told(data).items()}
    config = aiotus.RetryConfiguration(retry_attempts=1)
    async with aiohttp.ClientSession(headers=MEI) as session:
        location = await aiotus.upload(
            url, io.BytesIO(data), said, client_session=session, config=config, chunksize=256 * 1024
        )
        return await aiotus.metadata(str(location), client_session=session, config=config)


def test_both_see_the_same_of_the_oracle(running: Running, promise: Any, data: bytes, tmp_path: Path) -> None:
    promise(data)
    with javascript.oracle(tmp_path) as other:
        seen = [(resumed(url, data), asyncio.run(there_and_back(url, data))) for url in (running.url, other.url)]
    assert seen[0] == seen[1]
    assert seen[0][0] == (100_000, len(data))
