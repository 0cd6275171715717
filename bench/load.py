"""The load: clients on kept connections, each sending its prebuilt requests one after another. A process of its own.

`python -m bench.load <job> <report>`: the job says where to connect and what to send, the report what came back when.
"""

import asyncio
import sys
import time
from contextlib import suppress
from pathlib import Path

import msgspec

PUT_OFF = (429, 503)
TRIES = 400
"""Connections opened at most to spread the clients evenly over the server's processes."""


class Job(msgspec.Struct):
    """`clients[i]` sends its requests in order; the first `warm` of each are not measured.

    `others` ask again and again meanwhile, each its one request every `pause` seconds.
    """

    port: int
    clients: list[list[bytes]]
    warm: int = 0
    workers: int = 1
    others: list[bytes] = []
    pause: float = 0.5


class Answer(msgspec.Struct):
    """One exchange; times in seconds of one clock. `refused`: how often it was put off (429, 503) and sent again."""

    began: float
    ended: float
    status: int
    body: bytes
    refused: int = 0


class Report(msgspec.Struct):
    """Every answer, those of the warm-up too; `began`: when the last client had warmed up."""

    clients: list[list[Answer]]
    began: float
    others: list[list[Answer]] = []


class Client:
    """One kept connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def connect(cls, port: int) -> "Client":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def insist(self, request: bytes) -> Answer:
        """As a phone does: put off, it comes again after the time it was told; the clock runs on."""
        first = answer = await self.exchange(request)
        refused = 0
        while answer.status in PUT_OFF:
            refused += 1
            await asyncio.sleep(msgspec.json.decode(answer.body).get("retry_after", 1))
            answer = await self.exchange(request)
        return Answer(first.began, answer.ended, answer.status, answer.body, refused)

    async def exchange(self, request: bytes) -> Answer:
        began = time.perf_counter()
        self.writer.write(request)
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        body = await self.reader.readexactly(int(length))
        return Answer(began, time.perf_counter(), int(head[9:12]), body)

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


async def spread(port: int, count: int, workers: int) -> list[Client]:
    """Connections, evenly over the server's processes as a proxy in front would do it."""
    most, load, clients = -(-count // workers), dict[bytes, int](), list[Client]()
    for _ in range(TRIES):
        if len(clients) == count:
            return clients
        client = await Client.connect(port)
        process = (await client.exchange(b"GET /bench/worker HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")).body
        if load.get(process, 0) < most:
            load[process] = load.get(process, 0) + 1
            clients.append(client)
        else:
            await client.close()
    raise RuntimeError(f"{TRIES} connections did not reach {workers} processes evenly: {load}")


async def run(job: Job) -> Report:
    """All clients at once; measured from when the last one has warmed up."""
    clients = await spread(job.port, len(job.clients), job.workers)
    beside = await spread(job.port, len(job.others), job.workers)
    ready, done = asyncio.Barrier(len(clients)), asyncio.Event()

    async def work(client: Client, requests: list[bytes]) -> list[Answer]:
        warm = [await client.insist(request) for request in requests[: job.warm]]
        await ready.wait()
        return warm + [await client.insist(request) for request in requests[job.warm :]]

    async def ask(client: Client, request: bytes) -> list[Answer]:
        answers = []
        while not done.is_set():
            answers.append(await client.insist(request))
            with suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), job.pause)
        return answers

    asking = [asyncio.create_task(ask(*pair)) for pair in zip(beside, job.others, strict=True)]
    work_of = [work(client, requests) for client, requests in zip(clients, job.clients, strict=True)]
    answers = await asyncio.gather(*work_of)
    done.set()
    others = await asyncio.gather(*asking)
    began = min(each[job.warm].began for each in answers)
    await asyncio.gather(*(client.close() for client in [*clients, *beside]))
    return Report(list(answers), began, list(others))


def main() -> None:
    job = msgspec.msgpack.decode(Path(sys.argv[1]).read_bytes(), type=Job)
    report = asyncio.run(run(job))
    Path(sys.argv[2]).write_bytes(msgspec.msgpack.encode(report))


if __name__ == "__main__":
    main()
