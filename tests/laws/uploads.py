"""The bytes of a photo on their way, by the server's own upload application (protocol, Uploads)."""

import base64
from typing import Any

from asgiref.sync import async_to_sync

from backend.accounts.tokens import access_token
from backend.asgi import upload_application
from tests.fixtures.people import Client
from tests.laws.phone import Sent, bytes_of

UPLOADS = "/api/v1/uploads/"


class Upload:
    """Of one photo; `location` is where the server keeps what has arrived of it."""

    def __init__(self, photo: Sent) -> None:
        self.photo, self.data = photo, bytes_of(photo.id)
        self.location = ""

    def send(self, client: Client, *, data: bytes, upto: int) -> int:
        """Send `data` from where the server stands; the connection breaks at `upto`. The last status."""
        stands = self._stands(client) if self.location else None
        if stands is None:
            said = {"evidence": self.photo.id, "sha256": self.photo.data["sha256"], "filetype": "image/jpeg"}
            packed = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())
            told = {"upload-length": str(len(data)), "upload-metadata": packed}
            status, headers = _call(client, "POST", UPLOADS, told)
            if status != 201:
                return status
            self.location, stands = headers["location"].partition("testserver")[2], 0
        told = {
            "content-type": "application/offset+octet-stream",
            "upload-offset": str(stands),
            "content-length": str(len(data) - stands),
        }
        return _call(client, "PATCH", self.location, told, data[stands:upto], cut=upto < len(data))[0]

    def _stands(self, client: Client) -> int | None:
        """None where there is nothing to go on with."""
        status, headers = _call(client, "HEAD", self.location, {})
        return int(headers["upload-offset"]) if status == 200 else None


def _call(
    client: Client, method: str, path: str, headers: dict[str, str], body: bytes = b"", *, cut: bool = False
) -> tuple[int, dict[str, str]]:
    token = access_token(client.tokens.session)
    sent = {"host": "testserver", "authorization": f"Bearer {token}", "tus-resumable": "1.0.0", **headers}
    packed = [(key.encode(), value.encode()) for key, value in sent.items()]
    scope = {"type": "http", "method": method, "path": path, "scheme": "http", "headers": packed}
    return async_to_sync(_serve)(scope, body, cut)


async def _serve(scope: dict[str, Any], body: bytes, cut: bool) -> tuple[int, dict[str, str]]:
    coming = [{"type": "http.request", "body": body, "more_body": cut}, {"type": "http.disconnect"}]
    answers: list[Any] = []

    async def receive() -> Any:
        return coming.pop(0) if len(coming) > 1 else coming[0]

    async def send(message: Any) -> None:
        answers.append(message)

    await upload_application(scope, receive, send)
    head = answers[0]
    return head["status"], {key.decode(): value.decode() for key, value in head["headers"]}
