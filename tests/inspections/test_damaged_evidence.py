"""The hash that was declared is the hash that is stored, or the evidence is `corrupt`: told to everybody concerned."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backend.core.ids import uuid7
from backend.inspections.models import Evidence, Visit
from backend.inspections.services import integrity
from backend.media.models import Blob
from backend.media.problems import Corrupt
from backend.media.services import uploads
from tests.fixtures.people import Client
from tests.fixtures.phones import Phone
from tests.fixtures.visits import Fieldwork
from tests.media import scenes

GOOD = scenes.jpeg(scenes.scene(31))
BAD = GOOD[:-1] + bytes([GOOD[-1] ^ 1])


@pytest.fixture(autouse=True)
def own_notes(settings: Any, tmp_path: Path) -> None:
    """Who was sent what in other tests is no news here."""
    settings.DATA_DIR = tmp_path


@pytest.fixture
def visit(fieldwork: Fieldwork) -> Visit:
    return fieldwork.begun()


@pytest.fixture
def phone(fieldwork: Fieldwork, visit: Visit) -> Phone:
    return Phone(fieldwork.cast.client(visit.assignment.leader))


@pytest.fixture
def declared(phone: Phone, visit: Visit) -> str:
    """The id of a photo that the phone declared."""
    evidence_id = str(uuid7())
    fact = {
        "visit": str(visit.pk),
        "sha256": hashlib.sha256(GOOD).hexdigest(),
        "size": len(GOOD),
        "filetype": "image/jpeg",
        "mock": False,
        "device": {"model": "M2102J2SC", "os": "Android 14"},
    }
    assert phone.send("evidence.add", evidence_id, fact)["status"] == "applied"
    return evidence_id


@pytest.fixture
def send(fieldwork: Fieldwork, visit: Visit, declared: str) -> Callable[[bytes], None]:
    def upload(data: bytes) -> None:
        actor = fieldwork.leader(visit.assignment)
        new = uploads.create(actor=actor, evidence_id=declared, sha256="", filetype="image/jpeg", size=len(data))
        held = uploads.begin(actor=actor, upload_id=str(new.pk), offset=0)
        assert isinstance(held, uploads.Writing)
        with held:
            held.append(data)
            held.keep()

    return upload


def states(phone: Phone, office: Client, visit: Visit, evidence_id: str) -> list[str]:
    """What the phone, the visit, the list and the page say."""
    phone.pull()
    whole = office.get(f"/api/v1/visits/{visit.pk}").json()
    rows = office.get(f"/api/v1/evidence?visit={visit.pk}").json()["items"]
    return [
        phone.documents("evidence")[evidence_id]["state"],
        *(row["state"] for row in [*whole["evidence"], *rows]),
        office.get(f"/api/v1/evidence/{evidence_id}").json()["state"],
    ]


def test_damaged_bytes_are_told_to_everybody_and_may_be_sent_again(
    phone: Phone, visit: Visit, declared: str, send: Callable[[bytes], None], office_client: Client
) -> None:
    assert states(phone, office_client, visit, declared) == ["awaited"] * 4
    with pytest.raises(Corrupt):
        send(BAD)
    assert states(phone, office_client, visit, declared) == ["corrupt"] * 4
    assert [row["id"] for row in office_client.get("/api/v1/evidence?state=corrupt").json()["items"]] == [declared]
    assert not Blob.objects.filter(sha256=hashlib.sha256(BAD).hexdigest()).exists()
    assert office_client.get(f"/api/v1/blobs/{hashlib.sha256(GOOD).hexdigest()}").status_code == 404
    send(GOOD)
    assert states(phone, office_client, visit, declared) == ["verified"] * 4
    served: Any = office_client.get(f"/api/v1/blobs/{hashlib.sha256(GOOD).hexdigest()}")
    assert b"".join(served.streaming_content) == GOOD


def test_the_chain_of_custody_keeps_the_damaged_attempt(
    phone: Phone, declared: str, send: Callable[[bytes], None], office_client: Client
) -> None:
    with pytest.raises(Corrupt):
        send(BAD)
    send(GOOD)
    integrity.assess_waiting()
    links: list[dict[str, Any]] = office_client.get(f"/api/v1/evidence/{declared}/custody").json()["links"]
    assert [link["what"] for link in links] == ["declared", "corrupt", "received", "verified", "flagged"]
    assert {link["device"] for link in links[:1]} == {str(phone.client.device.pk)}
    assert Evidence.objects.get(pk=declared).declared["camera"] == {"model": "M2102J2SC", "os": "Android 14"}


def test_bytes_of_another_size_are_as_damaged(
    phone: Phone, visit: Visit, declared: str, send: Callable[[bytes], None], office_client: Client
) -> None:
    with pytest.raises(Corrupt):
        send(GOOD + b"more")
    assert states(phone, office_client, visit, declared) == ["corrupt"] * 4
