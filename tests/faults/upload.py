"""Resumable uploads, tus 1.0.0, as a phone does them (protocol, Uploads)."""

import base64
import hashlib
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.photos import Picture
from tests.faults.session import Account, Unexpected
from tests.faults.wire import CUT

UPLOADS = "/api/v1/uploads/"
TUS = ("Tus-Resumable", "1.0.0")
PIECE = 12_000
"""Bytes of one PATCH."""

AT_ONCE = 6_000
"""Files up to this size go with the creation itself (creation-with-upload)."""

ROUNDS = 200


@dataclass
class Upload:
    """One file on its way. `resumed`: how often the server was asked how far it came."""

    account: Account
    evidence: str
    picture: Picture
    place: str = ""
    offset: int = 0
    resumed: int = 0

    async def run(self) -> None:
        """Until the server has every byte. Raises `Unexpected`."""
        for _ in range(ROUNDS):
            if not self.place:
                await self._create()
            elif self.offset < len(self.picture.data):
                await self._patch()
            else:
                return
        raise AssertionError(f"{self.account.username}: {self.evidence} did not arrive in {ROUNDS} rounds")

    async def _create(self) -> None:
        data = self.picture.data
        said = {"evidence": self.evidence, "sha256": self.picture.sha256, "filetype": self.picture.filetype}
        facts = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in said.items())
        headers = [TUS, ("Upload-Length", str(len(data))), ("Upload-Metadata", facts)]
        body = data if len(data) <= AT_ONCE else b""
        if body:
            headers += [("Content-Type", "application/offset+octet-stream"), ("Upload-Checksum", _checksum(body))]
        answer = await self.account.repeat("POST", UPLOADS, headers, body, expected=(201,))
        self.place = urlsplit(answer.get(b"location").decode()).path
        self.offset = int(answer.get(b"upload-offset", b"0"))

    async def _patch(self) -> None:
        piece = self.picture.data[self.offset : self.offset + PIECE]
        headers = [
            TUS,
            ("Upload-Offset", str(self.offset)),
            ("Content-Type", "application/offset+octet-stream"),
            ("Upload-Checksum", _checksum(piece)),
        ]
        try:
            question, answer = await self.account.once("PATCH", self.place, headers, piece)
        except CUT:
            await self._ask()
            return
        if answer.status == 204:
            self.offset = int(answer.get(b"upload-offset"))
        elif answer.status == 460:
            self.place, self.offset = "", 0  # start over (protocol)
        elif answer.status in (401, 404, 409, 410, 423, 429, 503):
            await self._ask()
        else:
            raise Unexpected(question, answer)

    async def _ask(self) -> None:
        """How far did it come? Another request of ours may still be writing (423)."""
        self.resumed += 1
        await self.account.pause()
        answer = await self.account.repeat("HEAD", self.place, [TUS], b"", expected=(200, 404, 410, 423))
        if answer.status in (404, 410):
            self.place, self.offset = "", 0
        elif answer.status == 200:
            self.offset = int(answer.get(b"upload-offset"))


def _checksum(data: bytes) -> str:
    return "sha256 " + base64.b64encode(hashlib.sha256(data).digest()).decode()
