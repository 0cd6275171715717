"""A phone whose line is cut at any byte of what it sends, and that goes on where the server stands.

It sends a file in pieces, as phones do; the line breaks once, after so many bytes of whatever was being sent: in the
middle of a head, of a piece, or when all is sent and the answer is lost.
"""

import base64
import random
import socket
import struct
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.media.conftest import sha256
from tests.media.pictures import FRAME, noise

PIECE = 16 * 1024
"""Bytes of one PATCH."""

AT_ONCE = 6
"""Phones that upload at the same time."""

PATIENCE = 15.0
"""Seconds in which the server must have noticed that a line is gone."""


class LineCut(Exception):
    """The connection is gone."""


@dataclass
class Line:
    """A connection that breaks when `left` bytes were sent (None: never); `hard` by a reset, else by hanging up."""

    port: int
    left: int | None = None
    hard: bool = False
    connection: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        self.connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data: bytes) -> int:
        """How many bytes were sent. Raises `LineCut` by `answer` later: who sends does not notice."""
        if self.left is None:
            self.connection.sendall(data)
            return len(data)
        sent = data[: self.left]
        self.left -= len(sent)
        self.connection.sendall(sent)
        return len(sent)

    def answer(self) -> tuple[int, dict[str, str]]:
        """Status and headers. Raises `LineCut` when the line broke before."""
        if self.left == 0:
            self.break_off()
            raise LineCut()
        data = b""
        while b"\r\n\r\n" not in data:
            more = self.connection.recv(65536)
            if not more:
                raise LineCut()
            data += more
        head, _, rest = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): text.strip() for name, _, text in (line.partition(":") for line in lines)}
        missing = int(headers.get("content-length", "0")) - len(rest)
        while missing > 0:
            missing -= len(self.connection.recv(65536))
        return int(first.split()[1]), headers

    def break_off(self) -> None:
        if self.hard:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


@dataclass
class Phone:
    """One file on its way to servers that share a database; after the cut it goes on with the next of them.

    `sent` counts bytes of the file that left the phone, each as often as it did.
    """

    ports: list[int]
    data: bytes
    evidence: str
    chance: random.Random
    location: str = ""
    sent: int = 0
    line: Line = field(init=False)

    def upload(self) -> None:
        """Until the server has the whole. The line breaks once, anywhere."""
        pieces = -(-len(self.data) // PIECE)
        about = len(self.data) + (pieces + 1) * len(self._head("PATCH", "/" + "0" * 60, [("Upload-Offset", "0" * 6)]))
        left = self.chance.randrange(1, about)
        self.line = Line(self.ports[0], left, hard=self.chance.random() < 0.5)
        try:
            self._go_on(0)
        except LineCut:
            self.line.connection.close()
            self.line = Line(self.ports[-1])
            self._go_on(self._stands())
        finally:
            self.line.connection.close()

    def _go_on(self, offset: int) -> None:
        if not self.location:
            self._create()
        while offset < len(self.data):
            offset = self._patch(offset)

    def _create(self) -> None:
        said = {"evidence": self.evidence, "sha256": sha256(self.data), "filetype": "image/jpeg"}
        metadata = ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in said.items())
        told = [("Upload-Length", str(len(self.data))), ("Upload-Metadata", metadata), ("Content-Length", "0")]
        self.line.send(self._head("POST", "/api/v1/uploads/", told))
        status, headers = self.line.answer()
        assert status == 201, (status, headers)
        self.location = "/" + headers["location"].split("/", 3)[3]

    def _stands(self) -> int:
        """Where the server stands, as it says."""
        if not self.location:
            return 0
        self.line.send(self._head("HEAD", self.location, []))
        self.line.connection.settimeout(PATIENCE)
        status, headers = self._head_answer()
        assert status in {200, 423}, (status, headers)
        if status == 200:
            return int(headers["upload-offset"])
        time.sleep(0.01)
        return self._stands()

    def _head_answer(self) -> tuple[int, dict[str, str]]:
        """To HEAD nobody sends a body, whatever length is told."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.line.connection.recv(65536)
        first, *lines = data.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        return int(first.split()[1]), {n.lower(): text.strip() for n, _, text in (one.partition(":") for one in lines)}

    def _patch(self, offset: int) -> int:
        """Send the next piece; where the server stands then.

        The phone asks before it sends (Expect: 100-continue): while the server has not noticed that the old line is
        gone it refuses (423), or it has got further than it said (409), and no byte is sent in vain.
        """
        piece = self.data[offset : offset + PIECE]
        told = [("Upload-Offset", str(offset)), ("Content-Length", str(len(piece))), ("Expect", "100-continue")]
        told.append(("Content-Type", "application/offset+octet-stream"))
        self.line.send(self._head("PATCH", self.location, told))
        status, headers = self.line.answer()
        if status in {409, 423}:
            self.line.connection.close()
            time.sleep(0.01)
            self.line = Line(self.ports[-1])
            return self._stands()
        assert status == 100, (status, headers)
        self.sent += self.line.send(piece)
        status, headers = self.line.answer()
        assert status == 204, (status, headers)
        return int(headers["upload-offset"])

    def _head(self, method: str, path: str, headers: list[tuple[str, str]]) -> bytes:
        always = [("Host", "127.0.0.1"), ("Tus-Resumable", "1.0.0"), ("Authorization", "Bearer mei")]
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {text}" for name, text in [*always, *headers])]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


def play(ports: list[int], promise: Callable[[bytes, str], str], seed: int, count: int) -> list[tuple[bytes, int]]:
    """`count` files, several at once, each with a cut of its own; their bytes and how many of them were sent again."""
    phones = []
    for number in range(count):
        chance = random.Random(f"{seed} {number}")
        data = noise(chance.randrange(len(FRAME), 2 * PIECE), seed=seed + number)
        order = chance.sample(ports, len(ports))
        phones.append(Phone(order, data, promise(data, f"{seed}-{number}"), chance))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(Phone.upload, phones))
    return [(phone.data, phone.sent - len(phone.data)) for phone in phones]
