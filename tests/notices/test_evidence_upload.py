"""A school's photo from the declaration over the resumable upload to the report."""

import asyncio
import base64
import hashlib
import io
from typing import Any

import httpx
import pytest
from PIL import Image

from backend.asgi import upload_application
from backend.notices.models import NoticeEvidence
from backend.notices.services import reports
from tests.fixtures.people import Client
from tests.fixtures.rectification import World, fresh

UPLOADS = "/api/v1/uploads/"


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (30, 120, 60)).save(out, "JPEG")
    return out.getvalue()


def send(client: Client, evidence: str, data: bytes, declared: str) -> int:
    """Upload `data` at once as `client`; the status of the answer."""
    said = {"evidence": evidence, "sha256": declared, "filetype": "image/jpeg"}
    headers = {
        "Authorization": f"Bearer {client.tokens.access}",
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(data)),
        "Upload-Metadata": ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in said.items()),
        "Content-Type": "application/offset+octet-stream",
    }

    async def post() -> int:
        transport = httpx.ASGITransport(app=upload_application)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            return (await http.post(UPLOADS, headers=headers, content=data)).status_code

    return asyncio.run(post())


def declared(world: World, client: Client, data: bytes) -> tuple[str, str]:
    """A serious finding's photo, declared over HTTP: its id and hash."""
    notice = world.acknowledged(["serious"])
    sha256 = hashlib.sha256(data).hexdigest()
    body: dict[str, Any] = {"item": str(notice.findings.get().pk), "kind": "after", "sha256": sha256}
    body |= {"size": len(data), "filetype": "image/jpeg"}
    answer = client.post_json(f"/api/v1/unit/notices/{notice.pk}/evidence", body)
    assert answer.status_code == 201
    return answer.json()["id"], sha256


@pytest.mark.django_db(transaction=True)
def test_a_photo_is_declared_uploaded_verified_reported_and_readable(world: World, transactional_db: None) -> None:
    client, data = world.cast.client(world.liaison), picture()
    evidence, sha256 = declared(world, client, data)
    assert client.get(f"/api/v1/blobs/{sha256}").status_code == 404
    assert send(client, evidence, data, sha256) == 201
    proof = NoticeEvidence.objects.get(pk=evidence)
    assert (proof.state, proof.facts["width"]) == ("verified", 64)
    assert not {"owner_id", "lng", "lat"} & set(proof.facts)
    reports.submit_report(actor=world.unit, notice_id=proof.notice_id, parts=[world.part(proof.item, [proof])])
    assert fresh(proof.notice).state == "report_submitted"
    answer: Any = client.get(f"/api/v1/blobs/{sha256}")
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, data)


@pytest.mark.django_db(transaction=True)
def test_only_its_author_may_send_the_bytes(world: World, transactional_db: None) -> None:
    client, data = world.cast.client(world.liaison), picture()
    evidence, sha256 = declared(world, client, data)
    colleague = world.cast.client(world.places.liaison(world.target))
    assert send(colleague, evidence, data, sha256) == 403
    assert NoticeEvidence.objects.get(pk=evidence).state == "awaited"


@pytest.mark.django_db(transaction=True)
def test_bytes_of_another_content_make_the_evidence_corrupt(world: World, transactional_db: None) -> None:
    client, data = world.cast.client(world.liaison), picture()
    evidence, sha256 = declared(world, client, data)
    assert send(client, evidence, data[:-1] + b"x", sha256) == 460
    assert NoticeEvidence.objects.get(pk=evidence).state == "corrupt"
