"""Requests of uploads broken header by header and body by body, at the application itself: whatever comes, it answers
below 500, once, and nothing that was refused is in the way of what is sent properly afterwards."""

import asyncio
import base64
import hashlib
import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from backend.media.models import Blob, Upload
from backend.media.uploads import application
from tests.media.pictures import noise
from tests.media.server import authenticate

ROUNDS = 400
SEEDS = (1, 2)
PREFIX = "/api/v1/uploads/"

NUMBERS = (
    "",
    "0",
    "1",
    "-1",
    "+3",
    "3.0",
    "1e3",
    "0x10",
    " 3 ",
    "٣",
    "9" * 30,
    "67108865",
    "3000",
    "2999",
    "null",
    "3,3",
)
WORDS = (
    "",
    " ",
    "\x00",
    "a" * 9000,
    "é",
    "照片".encode().decode("latin-1"),
    ",",
    "=",
    ";" * 50,
    "bearer",
    "*/*",
    "%00",
)
LINES = (
    "evidence",
    "evidence !!!",
    "evidence RTE=,evidence RTE=",
    "evidence RTE=,sha256",
    ", ,",
    "evidence AA==",
    "x y z",
)
HEADERS: dict[str, tuple[str, ...]] = {
    "tus-resumable": ("1.0.0", "1.0.0", "2.0.0", "1.0.0,1.0.0", *WORDS),
    "upload-length": ("3000", *NUMBERS),
    "upload-offset": ("0", *NUMBERS),
    "content-length": ("3000", *NUMBERS),
    "upload-metadata": (*LINES, *WORDS),
    "upload-checksum": ("sha1 ", "sha256 AAAA", "md5 AAAA", "sha1 !!!!", "sha1", "sha256 " + "A" * 44, *WORDS),
    "content-type": ("application/offset+octet-stream", "APPLICATION/OFFSET+OCTET-STREAM; x=y", "text/plain", *WORDS),
    "upload-defer-length": ("1", "0", *WORDS),
    "upload-concat": ("partial", "final;/x", *WORDS),
    "authorization": ("Bearer mei", "Bearer lan", "Bearer ", "Basic x", *WORDS),
    "host": ("127.0.0.1", "evil.example", "a b", "[::1", *WORDS),
    "x-forwarded-proto": ("https", *WORDS),
    "x-http-method-override": ("PATCH", "DELETE", *WORDS),
    "transfer-encoding": ("chunked", *WORDS),
    "content-encoding": ("gzip", *WORDS),
    "expect": ("100-continue", *WORDS),
    "range": ("bytes=0-", *WORDS),
}
METHODS = ("POST", "PATCH", "HEAD", "DELETE", "OPTIONS", "GET", "PUT", "TRACE", "patch", "BREW", "")

Said = list[dict[str, Any]]


def sound(path: str, data: bytes) -> tuple[str, dict[str, str]]:
    """The headers of a request as it should be: to begin an upload, or to send its bytes."""
    told = {"tus-resumable": "1.0.0", "authorization": "Bearer mei", "host": "127.0.0.1"}
    if path == PREFIX:
        evidence = base64.b64encode(b"E1").decode()
        return "POST", told | {"upload-length": str(len(data)), "upload-metadata": f"evidence {evidence}"}
    return "PATCH", told | {
        "upload-offset": "0",
        "content-type": "application/offset+octet-stream",
        "content-length": str(len(data)),
    }


class Breaker:
    """Makes odd requests out of sound ones; the same seed makes the same."""

    def __init__(self, seed: int, paths: list[str], data: bytes) -> None:
        self.draw, self.paths, self.data = random.Random(seed), paths, data

    def request(self) -> tuple[dict[str, Any], Said]:
        draw = self.draw
        path = draw.choice(self.paths)
        method, told = sound(path, self.data)
        headers = [(name, value) for name, value in told.items() if draw.random() > 0.08]
        odd = draw.sample(sorted(HEADERS), draw.choice((0, 1, 1, 2, 4)))
        headers += [(name, draw.choice(HEADERS[name])) for name in odd]
        if draw.random() < 0.3:
            method = draw.choice(METHODS)
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode("utf-8", "surrogateescape"),
            "query_string": draw.choice((b"", b"a=b", b"%ff", b"x" * 5000)),
            "headers": [(name.encode(), value.encode("utf-8")) for name, value in headers],
            "scheme": "http",
            "server": ("127.0.0.1", 80),
            "client": draw.choice((("127.0.0.1", 1), None)),
            "http_version": "1.1",
            "root_path": "",
        }
        return scope, self._body()

    def _body(self) -> Said:
        draw = self.draw
        pieces = [self.data[:n] for n in draw.choice(((), (0,), (10,), (3000,), (1500, 1500), (3000, 3000), (1,) * 40))]
        events = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
        if draw.random() < 0.2:
            return [*events, {"type": "http.disconnect"}]
        return [*events, {"type": "http.request", "body": b"", "more_body": False}]


async def answered(app: Callable[..., Any], scope: dict[str, Any], events: Said) -> Said:
    """What the application sends."""
    waiting, sent = list(events), []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await asyncio.wait_for(app(scope, receive, send), 10)
    return sent


def check(scope: dict[str, Any], events: Said, sent: Said) -> None:
    starts = [each for each in sent if each["type"] == "http.response.start"]
    hung_up = events[-1]["type"] == "http.disconnect"
    assert len(starts) == 1 or (hung_up and not starts), (scope, sent)
    for start in starts:
        assert 200 <= start["status"] < 500, (scope, sent)
        body = b"".join(each.get("body", b"") for each in sent if each["type"] == "http.response.body")
        if start["status"] >= 400 and body:
            assert json.loads(body)["status"] == start["status"]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_request_ends_in_a_500_and_none_is_in_the_way_of_a_sound_one(
    tus: Any, promise: Callable[[bytes], Any], seed: int
) -> None:
    data = noise(3000)
    promise(data)
    location = "/" + str(tus.create(data).headers["location"]).split("/", 3)[3]
    odd = ["x", "..", "%2e%2e%2f", "0" * 36, "é", "a" * 3000, "00000000-0000-0000-0000-000000000000/x", "\x00"]
    paths = [PREFIX, PREFIX, location, location, location + "/", *(PREFIX + each for each in odd), PREFIX.rstrip("/")]
    breaker, app = Breaker(seed, paths, data), application(authenticate)

    async def play() -> None:
        for _ in range(ROUNDS):
            scope, events = breaker.request()
            check(scope, events, await answered(app, scope, events))

    asyncio.run(play())
    for upload in Upload.objects.all():
        assert 0 <= upload.offset <= upload.size
    if not Blob.objects.filter(sha256=hashlib.sha256(data).hexdigest()).exists():
        fresh = tus.create(data)
        assert fresh.status_code == 201
        at = tus.offset(fresh.headers["location"])
        assert tus.patch(fresh.headers["location"], data[at:], at).status_code == 204
    assert Blob.objects.get(sha256=hashlib.sha256(data).hexdigest()).size == len(data)
