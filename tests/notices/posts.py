"""A gateway and a mail server of our own on 127.0.0.1: real sockets, which remember what they were sent."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class GatewayServer:
    """Answers `status` and `answer`; `received`: path, headers (names in lower case) and body of each request."""

    url: str = ""
    status: int = 200
    answer: bytes = b'{"errcode": 0}'
    location: str = ""
    received: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def gateway_server() -> Iterator[GatewayServer]:
    known = GatewayServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            known.received.append((self.path, {name.lower(): text for name, text in self.headers.items()}, body))
            self.send_response(known.status)
            if known.location:
                self.send_header("Location", known.location)
            self.send_header("Content-Length", str(len(known.answer)))
            self.end_headers()
            self.wfile.write(known.answer)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    with _served(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        known.url = f"http://127.0.0.1:{port}/send?key=k"
        yield known


@dataclass
class MailServer:
    """`mails`: what was accepted, as it came; whoever is in `refused` is not."""

    port: int = 0
    mails: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    known = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 test\r\n")
            while line := self.rfile.readline().decode().strip():
                verb = line.split(":")[0].upper()
                if verb == "DATA":
                    self.wfile.write(b"354 go on\r\n")
                    known.mails.append(self._text())
                refused = verb == "RCPT TO" and any(each in line for each in known.refused)
                self.wfile.write(b"550 no such person\r\n" if refused else b"250 fine\r\n")

        def _text(self) -> str:
            lines: list[str] = []
            while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                lines.append(line)
            return "\n".join(lines)

    with _served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        known.port = port
        yield known


@contextmanager
def _served(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
