"""A foreign phone: sign-in, outbox, push, pull, offer, uploads by tus 1.0.0 and the live socket.

Written from docs/sync-protocol.md alone; nothing of the server or of its benchmark is imported here.
"""

import base64
import gzip
import hashlib
import json
import os
import socket
import time
import uuid
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import ClientConnection, connect

from tests.foreign.store import Document, Store

PASSWORD = "Yunchuan-2026"
TUS = {"Tus-Resumable": "1.0.0"}


class Refused(Exception):
    """An answer that is no success: HTTP status, stable code and the problem itself."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.headers = answer.headers
        try:
            self.problem: Document = answer.json()
        except ValueError:
            self.problem = {}
        self.code = str(self.problem.get("code", ""))
        super().__init__(f"{answer.request.method} {answer.request.url}: {self.status} {answer.text[:500]}")


def uuid7() -> str:
    """A UUID of version 7: 48 bits of milliseconds, then chance."""
    stamp = int(time.time() * 1000) << 80
    chance = int.from_bytes(os.urandom(10), "big")
    value = stamp | (chance & ~(0xF << 76) & ~(0x3 << 62)) | (0x7 << 76) | (0x2 << 62)
    return str(uuid.UUID(int=value))


def close_code(line: ClientConnection) -> int | None:
    """Read until the server closes the line; with which code."""
    with suppress(ConnectionClosedError):
        deque(line, maxlen=0)
    return line.close_code


def checked(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    raise Refused(answer)


@dataclass
class Account:
    """Somebody signed in on a device of its own."""

    base: str
    username: str
    device: str = field(default_factory=uuid7)
    access: str = ""
    refresh: str = ""
    user: Document = field(default_factory=dict)
    epoch: str = ""

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.base, timeout=60)

    def close(self) -> None:
        self.http.close()

    def sign_in(self) -> Document:
        device = {"id": self.device, "name": "外来客户端", "platform": "foreign"}
        body = {"username": self.username, "password": PASSWORD, "device": device}
        answer: Document = checked(self.http.post("/api/v1/auth/login", json=body)).json()
        self.user = answer["user"]
        self.take(answer)
        return answer

    def take(self, pair: Document) -> None:
        self.access, self.refresh = pair["access"], pair["refresh"]

    def ask_refresh(self, token: str) -> Document:
        """A new pair for a refresh token; the caller decides whether the answer arrives."""
        answer: Document = checked(self.http.post("/api/v1/auth/refresh", json={"refresh": token})).json()
        return answer

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access}", "Sync-Device": self.device, "Sync-Schema": "1"}

    def call(self, method: str, path: str, body: Any = None, *, zipped: bool = False, **params: Any) -> Any:
        """One JSON call; raises Refused for anything but a success."""
        headers = self.headers() | {"Content-Type": "application/json"}
        content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        if zipped:
            content, headers["Content-Encoding"] = gzip.compress(content), "gzip"
        answer = checked(self.http.request(method, f"/api/v1{path}", content=content, headers=headers, params=params))
        self.epoch = answer.headers["Sync-Epoch"]
        return answer.json() if answer.content else None


@dataclass
class Phone(Account):
    """A phone of an inspector: an outbox of operations and a store of rows."""

    n: int = 0
    outbox: list[Document] = field(default_factory=list)
    kept: list[Document] = field(default_factory=list)
    aside: list[Document] = field(default_factory=list)
    store: Store = field(default_factory=Store)

    def do(self, kind: str, verb: str, key: str, /, **data: Any) -> Document:
        """One operation, written with its number into the outbox; nothing is sent yet."""
        self.n += 1
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        op = {"op": uuid7(), "n": self.n, "kind": kind, "verb": verb, "id": key, "schema": 1, "at": at, "data": data}
        self.outbox.append(op)
        return op

    def clock(self) -> Document:
        return {"now": int(time.time() * 1000), "offset": 0, "age": 1}

    def send(self, ops: list[Document], *, zipped: bool = False) -> Document:
        """One push of exactly these operations, and its answer; the outbox is not looked at."""
        answer: Document = self.call("POST", "/sync/push", {"clock": self.clock(), "ops": ops}, zipped=zipped)
        return answer

    def push(self) -> dict[str, Document]:
        """Send the outbox until it is empty, at most 200 at once; results by operation.

        413 halves the batch; an operation that is too large by itself is set aside, and the rest goes on.
        """
        told: dict[str, Document] = {}
        size = 200
        while self.outbox:
            batch = self.outbox[:size]
            try:
                answers = self.send(batch)["results"]
            except Refused as fault:
                if fault.status != 413:
                    raise
                if fault.code == "op_too_large":
                    self.set_aside(fault.problem["op"])
                size = max(1, size // 2)
                continue
            told |= {result["op"]: result for result in answers}
            self.kept += [op for op in batch if op["op"] in told]
            self.outbox = [op for op in self.outbox if op["op"] not in told]
        return told

    def set_aside(self, op: str) -> None:
        self.aside += [row for row in self.outbox if row["op"] == op]
        self.outbox = [row for row in self.outbox if row["op"] != op]

    def pull_page(self, limit: int = 2000) -> Document:
        """One page, applied to the store."""
        body = {"cursor": self.store.cursor, "limit": limit, "csum": self.store.sums()}
        page: Document = self.call("POST", "/sync/pull", body)
        self.store.apply(page)
        return page

    def pull(self, limit: int = 2000) -> Store:
        """Pull until nothing more is to be had; another epoch drops the rows and begins from null once."""
        try:
            page = self.pull_page(limit)
        except Refused as fault:
            if (fault.status, fault.code) != (409, "epoch"):
                raise
            self.store.clear()
            page = self.pull_page(limit)
        while page["more"]:
            page = self.pull_page(limit)
        return self.store

    def offer(self, ids: list[str]) -> list[str]:
        lack: list[str] = self.call("POST", "/sync/offer", {"ids": ids})["lack"]
        return lack

    def repair(self) -> list[str]:
        """After an epoch change: offer what is kept, put what the server lacks back into the outbox."""
        lack = self.offer([op["op"] for op in self.kept])
        self.outbox = [op for op in self.kept if op["op"] in lack] + self.outbox
        return lack

    def upload(self, evidence: str, content: bytes, filetype: str) -> "Upload":
        return Upload.create(self, evidence, content, filetype)

    def blob(self, sha256: str) -> bytes:
        return checked(self.http.get(f"/api/v1/blobs/{sha256}", headers=self.headers())).content

    def live(self, token: str | None = None) -> ClientConnection:
        """The live socket, with this phone's token or with another one."""
        coded = base64.urlsafe_b64encode((token or self.access).encode()).decode().rstrip("=")
        address = self.base.replace("http://", "ws://") + "/ws/v1/live"
        names: Any = ["inspection.v1", f"bearer.{coded}"]
        return connect(address, subprotocols=names, open_timeout=20, proxy=None)


@dataclass
class Upload:
    """One upload by tus 1.0.0."""

    phone: Phone
    location: str
    content: bytes

    @classmethod
    def create(cls, phone: Phone, evidence: str, content: bytes, filetype: str) -> "Upload":
        facts = {"evidence": evidence, "sha256": hashlib.sha256(content).hexdigest(), "filetype": filetype}
        metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in facts.items())
        headers = phone.headers() | TUS | {"Upload-Length": str(len(content)), "Upload-Metadata": metadata}
        answer = checked(phone.http.post("/api/v1/uploads/", headers=headers))
        return cls(phone, answer.headers["Location"], content)

    def headers(self) -> dict[str, str]:
        return self.phone.headers() | TUS

    def offset(self) -> int:
        """How much the server holds; waits while another request still writes (423)."""
        for _ in range(50):
            answer = self.phone.http.head(self.location, headers=self.headers())
            if answer.status_code != 423:
                break
            time.sleep(0.1)
        return int(checked(answer).headers["Upload-Offset"])

    def settled(self, before: int) -> int:
        """Where the server stands once it has noticed a cut; waits at most 10 s for more than `before`."""
        end = time.monotonic() + 10
        while (offset := self.offset()) <= before and time.monotonic() < end:
            time.sleep(0.1)
        return offset

    def patch_headers(self, offset: int) -> dict[str, str]:
        return self.headers() | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}

    def patch(self, offset: int, piece: bytes, checksum: bytes | None = None) -> int:
        """Send a piece; the offset afterwards. A SHA-256 digest given travels as Upload-Checksum."""
        headers = self.patch_headers(offset)
        if checksum is not None:
            headers["Upload-Checksum"] = f"sha256 {base64.b64encode(checksum).decode()}"
        return int(
            checked(self.phone.http.patch(self.location, content=piece, headers=headers)).headers["Upload-Offset"]
        )

    def patch_cut(self, offset: int, sent: int) -> None:
        """Announce the whole rest, send only `sent` bytes of it and cut the line."""
        address = urlsplit(self.location)
        lines = [f"PATCH {address.path} HTTP/1.1", f"Host: {address.netloc}"]
        lines += [f"{name}: {value}" for name, value in self.patch_headers(offset).items()]
        lines += [f"Content-Length: {len(self.content) - offset}", "", ""]
        with socket.create_connection((address.hostname, address.port), timeout=20) as line:
            line.sendall("\r\n".join(lines).encode() + self.content[offset : offset + sent])
            time.sleep(0.2)

    def rest(self) -> int:
        """Ask where the server stands and send what is missing."""
        offset = self.offset()
        return self.patch(offset, self.content[offset:])
