"""Resumable uploads, tus 1.0.0, as a phone does them (protocol, Uploads)."""

import base64
import hashlib
from dataclasses import dataclass

import httpx

from bench.session import LineDown, Refused, Session

UPLOADS = "/api/v1/uploads/"
CHUNK = 96 * 1024
"""Bytes of one PATCH."""

AT_ONCE = 24 * 1024
"""Files up to this size go with the creation itself (creation-with-upload)."""

ROUNDS = 60


@dataclass
class Upload:
    """One file on its way. `resumed`: how often the server was asked how far it came."""

    session: Session
    evidence: str
    data: bytes
    filetype: str
    sha256: str
    location: str = ""
    offset: int = 0
    resumed: int = 0

    async def run(self) -> None:
        """Until the server has every byte. Raises `Refused` for an answer that no client expects, `LineDown`."""
        for _ in range(ROUNDS):
            if not self.location:
                await self._create()
            elif self.offset < len(self.data):
                await self._patch()
            else:
                return
        raise LineDown(f"{self.session.username}：佐证 {self.evidence} 上传未完成")

    async def _create(self) -> None:
        said = {"evidence": self.evidence, "sha256": self.sha256, "filetype": self.filetype}
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(len(self.data)),
            "Upload-Metadata": ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in said.items()),
        }
        body = b""
        if len(self.data) <= AT_ONCE:
            body = self.data
            headers |= {"Content-Type": "application/offset+octet-stream", "Upload-Checksum": _checksum(body)}
        answer = await self.session.send("POST", UPLOADS, headers=headers, content=body)
        if answer.status_code != 201:
            raise Refused(answer)
        self.location = answer.headers["Location"]
        self.offset = int(answer.headers.get("Upload-Offset", "0"))

    async def _patch(self) -> None:
        piece = self.data[self.offset : self.offset + CHUNK]
        headers = {
            **self.session.headers(),
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": str(self.offset),
            "Content-Type": "application/offset+octet-stream",
            "Upload-Checksum": _checksum(piece),
        }
        try:
            answer = await self.session.http.patch(self.location, headers=headers, content=piece)
        except httpx.TransportError:
            self.session.retries += 1
            await self._ask()
            return
        if answer.status_code == 204:
            self.offset = int(answer.headers["Upload-Offset"])
        elif answer.status_code == 460:
            self.location, self.offset = "", 0  # start over (protocol)
        elif answer.status_code in (401, 409, 423, 429, 503):
            await self._ask()
        else:
            raise Refused(answer)

    async def _ask(self) -> None:
        """How far did it come? Another request of ours may still be writing what it got (423)."""
        self.resumed += 1
        answer = await self.session.send("HEAD", self.location, headers={"Tus-Resumable": "1.0.0"})
        while answer.status_code == 423:
            await self.session.pause()
            answer = await self.session.send("HEAD", self.location, headers={"Tus-Resumable": "1.0.0"})
        if answer.status_code in (404, 410):
            self.location, self.offset = "", 0
        elif answer.status_code == 200:
            self.offset = int(answer.headers["Upload-Offset"])
        else:
            raise Refused(answer)


def _checksum(data: bytes) -> str:
    return "sha256 " + base64.b64encode(hashlib.sha256(data).digest()).decode()
