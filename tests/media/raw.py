"""A client that stops in the middle of a request, as phones do."""

import socket
from urllib.parse import urlsplit


def open_patch(location: str, offset: int, length: int, *, who: str = "mei", extra: str = "") -> socket.socket:
    """Send the head of a PATCH that announces `length` bytes; the connection stays open."""
    parts = urlsplit(location)
    connection = socket.create_connection((parts.hostname, parts.port), timeout=20)
    head = (
        f"PATCH {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {who}\r\n"
        f"Tus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\nContent-Length: {length}\r\n{extra}"
        "Content-Type: application/offset+octet-stream\r\n\r\n"
    )
    connection.sendall(head.encode())
    return connection


def cut_patch(location: str, offset: int, data: bytes, sent: int, *, extra: str = "") -> None:
    """Announce all of `data`, send `sent` bytes of it, hang up; the server has noticed when this returns."""
    with open_patch(location, offset, len(data), extra=extra) as connection:
        connection.sendall(data[:sent])
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""
