"""Who uploads what, and a server to upload to."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from backend.media import registry
from backend.media.services.expectations import expect
from tests.media import server
from tests.media.server import COUNTY, PEOPLE, Running

Said = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Any) -> None:
    settings.BLOB_DIR = tmp_path / "blobs"
    settings.UPLOAD_DIR = tmp_path / "uploads"


LIVE = pytest.mark.django_db(transaction=True, available_apps=["backend.core", "backend.journal", "backend.media"])
"""A database as a server sees it, committed at once; only the tables of these rooms are emptied after each test."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """`transactional_db` would empty all tables of the product, which takes far longer than most of these tests."""
    if "live_tables" in getattr(item, "fixturenames", ()):
        item.add_marker(LIVE)


@pytest.fixture
def live_tables() -> None:
    """Asks for `LIVE`."""


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Said:
    """What a room above hears about received bytes."""
    said: Said = []
    monkeypatch.setattr(registry, "_listeners", [lambda **news: said.append(news)])
    return said


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    found = server.start()
    yield found
    found.stop()


@pytest.fixture
def tus(live_tables: None, running: Running, heard: Said) -> Iterator["Tus"]:
    with httpx.Client(base_url=running.url, headers={"Authorization": "Bearer mei"}, timeout=20) as client:
        yield Tus(client)


class Tus:
    """The protocol by hand, header for header."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def send(self, method: str, path: str = "", **options: Any) -> httpx.Response:
        headers = {"Tus-Resumable": "1.0.0", **options.pop("headers", {})}
        return self.client.request(
            method, path, headers={key: value for key, value in headers.items() if value is not None}, **options
        )

    def create(self, data: bytes, evidence: str = "E1", headers: Any = None, **said: str) -> httpx.Response:
        sent = {"Upload-Length": str(len(data)), "Upload-Metadata": metadata(evidence=evidence, **said)}
        return self.send("POST", headers={**sent, **(headers or {})})

    def patch(self, location: str, data: Any, offset: int = 0, **headers: Any) -> httpx.Response:
        sent = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        extra = {key.replace("_", "-"): value for key, value in headers.items()}
        return self.send("PATCH", location, headers={**sent, **extra}, content=data)

    def offset(self, location: str) -> int:
        answer = self.send("HEAD", location)
        assert answer.status_code == 200, answer.headers
        return int(answer.headers["upload-offset"])


def metadata(**said: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def promise(live_tables: None, heard: Said) -> Callable[..., str]:
    """Take an evidence into custody for somebody; the id of the evidence."""

    def make(data: bytes, evidence: str = "E1", *, owner: str = "mei", **other: Any) -> str:
        declared: dict[str, Any] = {"sha256": sha256(data), "size": len(data), "filetype": "image/jpeg"}
        expect(county_id=COUNTY, owner_id=PEOPLE[owner].user_id or 0, evidence_id=evidence, **{**declared, **other})
        return evidence

    return make
