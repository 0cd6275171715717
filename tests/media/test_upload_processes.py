"""Uploads to server processes of their own: two over one database, of which one is killed; and the whole product."""

import os
import resource
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.db import connection

from backend.accounts.roles import Role
from backend.accounts.services import sessions
from backend.media.models import Blob, Expectation, Upload
from backend.media.services.expectations import expect
from tests.engines.processes import free_port, launch, stop, tail, wait_until
from tests.media.conftest import Tus, sha256
from tests.media.pictures import noise
from tests.media.raw import open_patch
from tests.media.test_upload_interruptions import grown


@dataclass
class Process:
    """A server process and a client for it."""

    tus: Tus
    process: subprocess.Popen[bytes]
    port: int

    def here(self, location: str) -> str:
        """The same upload, asked of this process."""
        return f"http://127.0.0.1:{self.port}/api/v1/uploads/{location[-36:]}"


def database() -> str:
    """The database of this test run as the product's own variable names it."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    return f"postgresql://{found['USER']}:{found['PASSWORD']}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


def answers(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def serve(data: Path, application: str = "tests.media.served:application") -> tuple[subprocess.Popen[bytes], int]:
    port, log = free_port(), data / "server.log"
    environment = {"DUDAO_DATA": str(data), "DUDAO_DATABASE": database(), "DUDAO_SECRET_KEY": settings.SECRET_KEY}
    command = ["env", *(f"{name}={value}" for name, value in environment.items()), sys.executable, "-m", "uvicorn"]
    command += [application, "--port", str(port), "--lifespan", "off", "--log-level", "error"]
    process = launch(command, log=log, cwd=settings.BASE_DIR)
    wait_until(lambda: answers(port), process, log=log, seconds=60)
    return process, port


@pytest.fixture
def pair(live_tables: None, tmp_path: Path) -> Iterator[list[Process]]:
    found: list[Process] = []
    for _ in range(2):
        process, port = serve(tmp_path)
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1/uploads/", timeout=20)
        client.headers["Authorization"] = "Bearer mei"
        found.append(Process(Tus(client), process, port))
    yield found
    for each in found:
        each.tus.client.close()
        stop(each.process)
    assert tail(tmp_path / "server.log") == ""


def test_a_process_killed_while_it_writes_loses_nothing_and_another_goes_on(pair, promise):
    first, second = pair
    data = noise(300_000)
    promise(data)
    location = first.tus.create(data).headers["location"]
    assert second.tus.offset(second.here(location)) == 0
    with open_patch(location, 0, len(data)) as writing:
        writing.sendall(data[:120_000])
        grown(location, 120_000)
        refused = second.tus.patch(second.here(location), data)
        assert (refused.status_code, refused.json()["code"]) == (423, "locked")
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait(10)
    assert second.tus.offset(second.here(location)) == 120_000
    assert second.tus.patch(second.here(location), data[120_000:], 120_000).status_code == 204
    assert (Blob.objects.get().sha256, Upload.objects.get().state) == (sha256(data), "done")
    assert Expectation.objects.get().state == "verified"


def test_a_disk_that_is_full_in_the_middle_is_507_and_the_upload_goes_on_when_there_is_room(pair, promise):
    """The kernel itself refuses to write on: no file of the first process may grow beyond a limit (RLIMIT_FSIZE)."""
    first, second = pair
    data, room = noise(40 * 2**20), 32 * 2**20
    promise(data)
    location = first.tus.create(data).headers["location"]
    assert first.tus.patch(location, data[: 20 * 2**20]).status_code == 204
    limits = resource.prlimit(first.process.pid, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    for offset in (20 * 2**20, room):
        full = first.tus.patch(location, data[offset:], offset)
        assert (full.status_code, full.json()["code"], full.headers["retry-after"]) == (507, "disk_full", "60")
        assert second.tus.offset(second.here(location)) == room
    assert Expectation.objects.get().state == "awaited"
    resource.prlimit(first.process.pid, resource.RLIMIT_FSIZE, limits)
    assert first.tus.patch(location, data[room:], room).status_code == 204
    assert (Blob.objects.get().sha256, Expectation.objects.get().state) == (sha256(data), "verified")


def test_the_product_takes_uploads_of_the_signed_in_and_shows_bytes_to_nobody_else(transactional_db, cast, tmp_path):
    """Through backend.asgi: real tokens, a revoked device that may still deposit, and the blob's own address."""
    user = cast.person(Role.INSPECTOR)
    data = noise(100_000)
    expect(
        county_id=user.county_id,
        owner_id=user.pk,
        evidence_id="E1",
        sha256=sha256(data),
        size=len(data),
        filetype="image/jpeg",
    )
    tokens = sessions.sign_in(user=user, device_id=uuid.uuid4(), name="手机", platform="test")
    process, port = serve(tmp_path, "backend.asgi:application")
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1/uploads/", timeout=30) as client:
            tus, blob = Tus(client), f"http://127.0.0.1:{port}/api/v1/blobs/{sha256(data)}"
            assert tus.create(data).status_code == 401
            client.headers["Authorization"] = f"Bearer {tokens.access}"
            location = tus.create(data).headers["location"]
            assert tus.patch(location, data[:60_000]).status_code == 204
            assert client.get(blob).status_code == 404
            sessions.revoke_device(actor=cast.actor(cast.person(Role.OFFICE)), device_id=tokens.session.device_id)
            assert tus.patch(location, data[60_000:], 60_000).status_code == 204
            assert client.get(blob).json()["code"] == "deposit_only"
    finally:
        stop(process)
    assert Expectation.objects.get().state == "verified"
