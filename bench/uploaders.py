"""The load of `bench.uploading`: phones that send files by tus, each on a kept connection. A process of its own.

`python -m bench.uploaders <job> <report>`: every file is created by POST and sent by one PATCH.
"""

import asyncio
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec

SILENCE = 120.0
"""Seconds after which a server that does not answer is a fault."""

TRIES = 400
"""Connections opened at most to spread the clients evenly over the server's processes."""


class File(msgspec.Struct):
    """One upload: the head of its creation, and the bytes at its end that make it differ from all others."""

    create: bytes
    tail: bytes


class Job(msgspec.Struct):
    """`clients[i]` sends its files in order, each being the bytes of the file `base` and its own tail.

    `patches[i]`: the head of its PATCH but for the first line. `workers` > 1: connections are spread evenly over as
    many processes first, which say at /bench/worker who they are.
    """

    port: int
    base: str
    clients: list[list[File]]
    patches: list[bytes]
    workers: int = 1


class Report(msgspec.Struct):
    """Seconds from the first byte until the last answer, and those of each upload."""

    seconds: float
    times: list[float]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    head: bytes
    body: bytes


class Line:
    """A kept connection, written to without copying."""

    def __init__(self, port: int) -> None:
        self.connection = socket.create_connection(("127.0.0.1", port))
        self.connection.setblocking(False)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def exchange(self, *pieces: bytes | memoryview) -> Answer:
        loop = asyncio.get_running_loop()
        for piece in pieces:
            await loop.sock_sendall(self.connection, piece)
        data = b""
        while b"\r\n\r\n" not in data:
            data += await self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0] or 0)
        while len(body) < length:
            body += await self._more()
        return Answer(int(head[9:12]), head, body)

    async def _more(self) -> bytes:
        async with asyncio.timeout(SILENCE):
            data = await asyncio.get_running_loop().sock_recv(self.connection, 65536)
        if not data:
            raise ConnectionResetError("the server hung up")
        return data


async def spread(port: int, count: int, workers: int) -> list[Line]:
    """Connections, evenly over the server's processes as a proxy in front would do it."""
    if workers == 1:
        return [Line(port) for _ in range(count)]
    most, load, lines = -(-count // workers), dict[bytes, int](), list[Line]()
    for _ in range(TRIES):
        if len(lines) == count:
            return lines
        line = Line(port)
        process = (await line.exchange(b"GET /bench/worker HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")).body
        if load.get(process, 0) < most:
            load[process] = load.get(process, 0) + 1
            lines.append(line)
        else:
            line.connection.close()
    raise RuntimeError(f"{TRIES} connections did not reach {workers} processes evenly: {load}")


async def upload(line: Line, file: File, base: memoryview, patch: bytes) -> float:
    """Seconds. Raises `ValueError` for any answer but 201 and 204."""
    began = time.perf_counter()
    created = await line.exchange(file.create)
    if created.status != 201:
        raise ValueError(f"{created.head!r} {created.body!r}")
    location = next(each[9:].strip() for each in created.head.split(b"\r\n") if each.lower().startswith(b"location:"))
    path = b"/" + location.split(b"/", 3)[3]
    sent = await line.exchange(b"PATCH " + path + b" HTTP/1.1\r\n" + patch, base, file.tail)
    if sent.status != 204:
        raise ValueError(f"{sent.head!r} {sent.body!r}")
    return time.perf_counter() - began


async def run(job: Job) -> Report:
    """All clients at once."""
    lines = await spread(job.port, len(job.clients), job.workers)
    base = memoryview(Path(job.base).read_bytes())  # noqa: ASYNC240 -- before the clock starts

    async def work(line: Line, files: list[File], patch: bytes) -> list[float]:
        return [await upload(line, file, base, patch) for file in files]

    began = time.perf_counter()
    found = await asyncio.gather(*map(work, lines, job.clients, job.patches))
    seconds = time.perf_counter() - began
    for line in lines:
        line.connection.close()
    return Report(seconds, [time for each in found for time in each])


def main() -> None:
    job = msgspec.msgpack.decode(Path(sys.argv[1]).read_bytes(), type=Job)
    Path(sys.argv[2]).write_bytes(msgspec.msgpack.encode(asyncio.run(run(job))))


if __name__ == "__main__":
    main()
