"""The load generator against a small server of its own."""

import asyncio
from itertools import count

import pytest

from bench.load import Answer, Job, Report, run, spread
from bench.pushing import leg

GET = b"GET /bench/worker HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
APPLIED = b'{"results":[{"op":"x","status":"applied"}]}'


async def serve(workers: int, body: bytes = APPLIED) -> asyncio.Server:
    """Names one of `workers` processes per connection, the first of them three times as often; else answers `body`."""
    connections = count()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = next(connections)
        worker = 0 if number % 4 else number // 4 % workers
        while head := await reader.readuntil(b"\r\n\r\n"):
            told = str(worker).encode() if b"/bench/worker" in head else body
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(told), told))
            if reader.at_eof():
                break

    async def quietly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handle(reader, writer)
        except asyncio.IncompleteReadError:
            writer.close()

    return await asyncio.start_server(quietly, "127.0.0.1", 0)


def test_clients_are_spread_evenly_over_the_processes_of_the_server() -> None:
    async def scene() -> list[bytes]:
        async with await serve(2) as server:
            clients = await spread(server.sockets[0].getsockname()[1], 4, 2)
            found = [(await client.exchange(GET)).body for client in clients]
            for client in clients:
                await client.close()
            return sorted(found)

    assert asyncio.run(scene()) == [b"0", b"0", b"1", b"1"]


def test_every_client_sends_all_of_its_requests_and_the_clock_starts_after_the_warm_up() -> None:
    async def scene() -> Report:
        async with await serve(1) as server:
            request = b"POST /push HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            return await run(Job(server.sockets[0].getsockname()[1], [[request] * 4, [request] * 4], warm=1))

    report = asyncio.run(scene())
    assert [[answer.body for answer in client] for client in report.clients] == [[APPLIED] * 4] * 2
    assert report.began == min(client[1].began for client in report.clients)
    assert max(client[0].ended for client in report.clients) <= report.began


def answer(began: float, ended: float, body: bytes = APPLIED) -> Answer:
    return Answer(began, ended, 200, body)


def test_throughput_counts_what_was_done_while_all_clients_were_busy() -> None:
    quick = [answer(0, 1), answer(1, 2), answer(2, 3)]
    slow = [answer(0, 1), answer(1, 3), answer(3, 9)]
    found = leg(Report([quick, slow], 1.0), warm=1)
    assert found.rate == 3 / 2
    assert found.times == [1000, 1000, 2000, 6000]


def test_there_is_no_figure_for_a_push_that_was_not_applied() -> None:
    held = b'{"results":[{"op":"x","status":"held"}]}'
    with pytest.raises(ValueError, match="held"):
        leg(Report([[answer(0, 1), answer(1, 2, held)]], 1.0), warm=1)
    with pytest.raises(ValueError, match="500"):
        leg(Report([[Answer(0, 1, 500, b"")]], 1.0), warm=0)
