"""A bad line loses, doubles and cuts, and says how often."""

import random

import httpx
import pytest

from bench.line import BadLine, Weather


class Server:
    """A real ASGI application that counts what arrives."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def __call__(self, scope, receive, send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        self.bodies.append(body)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})


def client(server: Server, weather: Weather) -> tuple[httpx.AsyncClient, BadLine]:
    line = BadLine(httpx.ASGITransport(server), random.Random(1), weather)
    return httpx.AsyncClient(transport=line, base_url="http://phone"), line


async def test_a_lost_request_never_arrives():
    server = Server()
    http, line = client(server, Weather(lost=1.0))
    with pytest.raises(httpx.ConnectError):
        await http.post("/", content=b"one")
    assert (server.bodies, line.counts.lost) == ([], 1)


async def test_a_lost_answer_is_lost_after_the_server_did_its_work():
    server = Server()
    http, line = client(server, Weather(unanswered=1.0))
    with pytest.raises(httpx.ReadError):
        await http.post("/", content=b"one")
    assert (server.bodies, line.counts.unanswered) == ([b"one"], 1)


async def test_a_doubled_request_arrives_twice_and_is_answered_once():
    server = Server()
    http, line = client(server, Weather(doubled=1.0))
    answer = await http.post("/", content=b"one")
    assert (answer.content, server.bodies, line.counts.doubled) == (b"ok", [b"one", b"one"], 1)


async def test_a_good_line_changes_nothing():
    server = Server()
    http, line = client(server, Weather())
    answer = await http.post("/", content=b"one")
    assert (answer.content, server.bodies, line.counts.troubles) == (b"ok", [b"one"], 0)


async def test_a_long_body_breaks_off_in_the_middle():
    server = Server()
    http, line = client(server, Weather(cut=1.0))
    with pytest.raises(httpx.WriteError):
        await http.patch("/", content=b"x" * 50_000)
    assert (server.bodies, line.counts.cut) == ([], 1)
