"""The product's upload application on a real server of 127.0.0.1, in a thread, and a client for it."""

import asyncio
import base64
import hashlib
import socket
import threading
import time
from dataclasses import dataclass

import httpx
import uvicorn

from backend.accounts.authentication import actor_for_header
from backend.media.uploads import application


@dataclass
class Uploads:
    """A running server; `send` is what a phone does with a photo."""

    server: uvicorn.Server
    thread: threading.Thread
    port: int

    @classmethod
    def start(cls) -> "Uploads":
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            application(actor_for_header), lifespan="off", log_level="warning", proxy_headers=False, ws="none"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        return cls(server, thread, listening.getsockname()[1])

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        assert not self.thread.is_alive()

    def send(self, access: str, evidence: str, data: bytes) -> None:
        """Creation with upload, the whole file in one request."""
        said = {"evidence": evidence, "sha256": hashlib.sha256(data).hexdigest(), "filetype": "image/jpeg"}
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())
        headers = {
            "Authorization": f"Bearer {access}",
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(len(data)),
            "Upload-Metadata": metadata,
            "Content-Type": "application/offset+octet-stream",
        }
        url = f"http://127.0.0.1:{self.port}/api/v1/uploads/"
        answer = httpx.post(url, content=data, headers=headers, timeout=20)
        assert (answer.status_code, answer.headers.get("upload-offset")) == (201, str(len(data))), answer.text
