"""`Sync-Time` and `Sync-Epoch` on every answer of the API."""

from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from backend.asgi import application
from backend.core import clock
from backend.sync.headers import SyncHeaders

pytestmark = pytest.mark.django_db(transaction=True)


async def headers_of(path: str, method: str = "GET") -> dict[bytes, bytes]:
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")],
    }
    wire = ApplicationCommunicator(application, scope)
    await wire.send_input({"type": "http.request", "body": b""})
    start = await wire.receive_output(timeout=10)
    while (await wire.receive_output(timeout=10)).get("more_body"):
        pass
    await wire.wait(timeout=10)
    return {name.lower(): value for name, value in start["headers"]}


@pytest.mark.parametrize("path", ["/api/v1/auth/me", "/api/v1/uploads/", "/api/v1/blobs/00", "/api/v1/nothing"])
async def test_answers_tell_the_time_and_the_epoch(path: str) -> None:
    headers = await headers_of(path)
    assert headers[b"sync-epoch"] == b"e1"
    assert abs(int(headers[b"sync-time"]) - clock.now_ms()) < 60_000


async def test_pages_do_not() -> None:
    assert b"sync-time" not in await headers_of("/healthz")


async def test_the_epoch_is_known_before_a_request_can_hold_a_connection() -> None:
    """With eight requests at once, each holding a connection and asking for one more, a pool of eight stood still."""
    known = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        known.append(outer.epoch)

    outer = SyncHeaders(inner)
    await outer({"type": "http", "path": "/api/v1/auth/login"}, None, None)
    assert known == ["e1"]
