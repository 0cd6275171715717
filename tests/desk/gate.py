"""A line between a browser and the server that a test shuts, opens, and lets stop at a byte of an upload."""

import re
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PATCH = re.compile(rb"^PATCH [^\r]+\r\n(?:[^\r]+\r\n)*?upload-offset: (\d+)\r\n", re.IGNORECASE)
PIECE = 65536


@dataclass
class Gate:
    """Forwards bytes to `upstream`. `offsets`: where each PATCH of an upload that came through began."""

    upstream: str
    port: int = 0
    offsets: list[int] = field(default_factory=list)
    held: threading.Event = field(default_factory=threading.Event)
    """Set once the line stood still in the middle of an upload."""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._left: int | None = None
        self._listening: socket.socket | None = None
        self.open()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> None:
        """Listen, on the same port as before, and let everything through."""
        self.release()
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        listening.listen(64)
        self.port, self._listening = listening.getsockname()[1], listening
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()

    def shut(self) -> None:
        """Cut every connection; a new one is refused, as by a machine on which no server runs."""
        listening, self._listening = self._listening, None
        with self._lock:
            ends = [*([listening] if listening else []), *self._open]
            self._open.clear()
        for end in ends:
            _end(end)

    def hold_after(self, count: int) -> None:
        """After so many bytes of uploads nothing of an upload moves any more, and nobody hangs up."""
        self.held.clear()
        self._left = count

    def release(self) -> None:
        """Let uploads through again."""
        self._left = None

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listening.accept()
                threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", urlsplit(self.upstream).port or 80), timeout=10)
        except OSError:
            return _end(near)
        far.settimeout(None)
        with self._lock:
            self._open |= {near, far}
        threading.Thread(target=self._pump, args=(far, near, False), daemon=True).start()
        self._pump(near, far, True)
        return None

    def _pump(self, source: socket.socket, sink: socket.socket, is_request: bool) -> None:
        uploading = False
        with suppress(OSError):
            while data := source.recv(PIECE):
                if is_request and (found := PATCH.match(data)):
                    uploading = True
                    self.offsets.append(int(found[1]))
                elif is_request and re.match(rb"^(GET|POST|HEAD|OPTIONS|DELETE) /", data):
                    uploading = False
                sink.sendall(self._let(data) if uploading else data)
        _end(source)
        _end(sink)
        with self._lock:
            self._open -= {source, sink}

    def _let(self, data: bytes) -> bytes:
        """What of these bytes goes on; stands still, holding the connection, where no more may."""
        with self._lock:
            if self._left is None:
                return data
            part, self._left = data[: self._left], self._left - min(self._left, len(data))
        if len(part) < len(data):
            self.held.set()
        return part


def _end(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
