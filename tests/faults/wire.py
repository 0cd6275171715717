"""HTTP/1.1 over bare asyncio streams, as little of it as phones, the proxy and the server use between each other."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

CUT = (EOFError, OSError)
"""What a broken line raises; `asyncio.IncompleteReadError` is an EOFError."""

HEAD_LIMIT = 1 << 16
ENDLESS = (b"204", b"304")
"""Statuses that never have a body."""

Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an answer, whole. `start`: its first line; names of `headers` are in lower case."""

    start: bytes
    headers: tuple[Header, ...]
    body: bytes = b""

    def get(self, name: bytes, otherwise: bytes = b"") -> bytes:
        return next((value for key, value in self.headers if key == name), otherwise)

    @property
    def method(self) -> bytes:
        return self.start.split(b" ", 1)[0]

    @property
    def path(self) -> bytes:
        return self.start.split(b" ")[1]

    @property
    def status(self) -> int:
        return int(self.start.split(b" ", 2)[1])

    @property
    def head(self) -> bytes:
        lines = [self.start, *(name + b": " + value for name, value in self.headers)]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    @property
    def raw(self) -> bytes:
        return self.head + self.body


def request(method: str, path: str, host: str, headers: Iterable[tuple[str, str]], body: bytes) -> Message:
    """A request as a client sends it."""
    said = [(name.lower().encode(), value.encode()) for name, value in headers]
    length = [(b"content-length", str(len(body)).encode())] if body or method in ("POST", "PATCH") else []
    return Message(f"{method} {path} HTTP/1.1".encode(), ((b"host", host.encode()), *said, *length), body)


async def read(reader: asyncio.StreamReader, *, bodiless: bool = False) -> Message:
    """The next message. `bodiless`: the answer to a HEAD. Raises `CUT` where it breaks off.

    A chunked body comes back in one piece, with a `content-length` in place of the chunks.
    """
    lines = (await reader.readuntil(b"\r\n\r\n"))[:-4].split(b"\r\n")
    headers = tuple((name.lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines[1:]))
    found = Message(lines[0], headers)
    if bodiless or lines[0].split(b" ")[1] in ENDLESS:
        return found
    if found.get(b"transfer-encoding") == b"chunked":
        body = await _chunks(reader)
        kept = tuple(each for each in headers if each[0] != b"transfer-encoding")
        return Message(lines[0], (*kept, (b"content-length", str(len(body)).encode())), body)
    length = int(found.get(b"content-length", b"0"))
    return Message(lines[0], headers, await reader.readexactly(length)) if length else found


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readuntil(b"\r\n")
    return body


@dataclass
class Connection:
    """One open connection to a server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def to(cls, port: int) -> "Connection":
        """Raises `OSError`."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=HEAD_LIMIT))

    @property
    def usable(self) -> bool:
        return not (self.reader.at_eof() or self.writer.is_closing())

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def close(self) -> None:
        self.writer.close()


@dataclass
class Pool:
    """Connections to one port of 127.0.0.1, kept open between requests."""

    port: int
    idle: list[Connection] = field(default_factory=list)

    async def take(self) -> Connection:
        """One that nobody uses. Raises `OSError`."""
        while self.idle:
            found = self.idle.pop()
            if found.usable:
                return found
            found.close()
        return await Connection.to(self.port)

    def give_back(self, connection: Connection) -> None:
        self.idle.append(connection)

    def close(self) -> None:
        while self.idle:
            self.idle.pop().close()

    async def ask(self, message: Message) -> Message:
        """Send it, read the whole answer. Raises `CUT`."""
        connection = await self.take()
        try:
            await connection.send(message.raw)
            answer = await read(connection.reader, bodiless=message.method == b"HEAD")
        except BaseException:
            connection.close()
            raise
        if answer.get(b"connection") == b"close":
            connection.close()
        else:
            self.give_back(connection)
        return answer
