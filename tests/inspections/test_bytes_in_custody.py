"""Bytes are welcome as soon as their fact is in custody, whatever becomes of the fact (sync protocol, Uploads)."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.accounts.services import sessions
from backend.core.errors import Forbidden
from backend.core.ids import uuid7
from backend.inspections.models import Evidence
from backend.media.models import Expectation, Upload
from backend.media.problems import Corrupt
from backend.media.services import blobs, uploads
from backend.media.services.uploads import Writing
from tests.fixtures.phones import Phone
from tests.fixtures.visits import Fieldwork
from tests.media.conftest import sha256
from tests.media.pictures import photo

DATA = photo(200, 150)


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Any) -> None:
    settings.BLOB_DIR = tmp_path / "blobs"
    settings.UPLOAD_DIR = tmp_path / "uploads"


@pytest.fixture
def upload(fieldwork: Fieldwork) -> Callable[[User, str], Upload]:
    """Send `DATA` as the bytes of an evidence."""

    def send(user: User, evidence_id: str, data: bytes = DATA) -> Upload:
        actor = fieldwork.cast.actor(user)
        made = uploads.create(actor=actor, evidence_id=evidence_id, sha256="", filetype="", size=len(data))
        held = uploads.begin(actor=actor, upload_id=str(made.pk), offset=0)
        assert isinstance(held, Writing)
        with held:
            held.append(data)
            held.keep()
        return held.upload

    return send


def fact(visit_id: object, **more: Any) -> dict[str, Any]:
    return {"visit": str(visit_id), "sha256": sha256(DATA), "size": len(DATA), "filetype": "image/jpeg", **more}


def state_of(evidence_id: str) -> str:
    return str(Expectation.objects.get(evidence_id=evidence_id).state)


def test_a_held_fact_gets_its_bytes_and_is_verified_the_moment_it_is_applied(fieldwork: Fieldwork, upload: Any) -> None:
    assignment = fieldwork.released()
    leader, _ = fieldwork.crew(assignment)
    phone, visit_id, evidence_id = Phone(fieldwork.cast.client(leader)), uuid7(), str(uuid7())
    start = phone.op("visit.start", visit_id, {"assignment": str(assignment.pk)})
    assert phone.send("evidence.add", evidence_id, fact(visit_id))["status"] == "held"
    assert upload(leader, evidence_id).state == "done"
    assert (state_of(evidence_id), blobs.read(sha256(DATA))) == ("verified", DATA)
    assert not Evidence.objects.exists()
    assert phone.push(start)["results"][0]["status"] == "applied"
    assert Evidence.objects.get().state == "verified"
    phone.pull()
    assert phone.documents("evidence")[evidence_id]["state"] == "verified"


def test_a_fact_that_was_held_while_other_bytes_came_is_corrupt_the_moment_it_is_applied(
    fieldwork: Fieldwork, upload: Any
) -> None:
    assignment = fieldwork.released()
    leader, _ = fieldwork.crew(assignment)
    phone, visit_id, evidence_id = Phone(fieldwork.cast.client(leader)), uuid7(), str(uuid7())
    start = phone.op("visit.start", visit_id, {"assignment": str(assignment.pk)})
    assert phone.send("evidence.add", evidence_id, fact(visit_id))["status"] == "held"
    with pytest.raises(Corrupt):
        upload(leader, evidence_id, DATA[:-9] + b"elsewhere")
    assert phone.push(start)["results"][0]["status"] == "applied"
    assert Evidence.objects.get().state == "corrupt"
    assert upload(leader, evidence_id).state == "done"
    assert Evidence.objects.get().state == "verified"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({}, "late_lock"),
        ({"taken_at": "9999-12-31T23:59:59-12:00"}, "invalid"),
        ({"kind": "film"}, "invalid"),
        ({"location": {"lng": 500, "lat": 0}}, "invalid"),
        ({"visit": "no id at all"}, "invalid"),
    ],
)
def test_a_quarantined_fact_gets_its_bytes(fieldwork: Fieldwork, upload: Any, wrong: dict[str, Any], code: str) -> None:
    visit = fieldwork.submitted()
    leader, evidence_id = visit.assignment.leader, str(uuid7())
    told = Phone(fieldwork.cast.client(leader)).send("evidence.add", evidence_id, fact(visit.pk, **wrong))
    assert (told["status"], told["code"]) == ("quarantined", code)
    assert upload(leader, evidence_id).state == "done"
    assert state_of(evidence_id) == "verified"


def test_a_phone_that_was_lost_or_whose_owner_left_still_hands_in_facts_and_bytes(
    fieldwork: Fieldwork, upload: Any
) -> None:
    visit = fieldwork.begun()
    leader, evidence_id, device = visit.assignment.leader, str(uuid7()), uuid.uuid4()
    phone = Phone(fieldwork.cast.client(leader, device))
    office = fieldwork.cast.actor(fieldwork.cast.person(Role.OFFICE))
    sessions.revoke_device(actor=office, device_id=device)
    told = phone.send("evidence.add", evidence_id, fact(visit.pk))
    assert (told["status"], told["code"]) == ("quarantined", "author_disabled")
    assert upload(leader, evidence_id).state == "done"
    assert state_of(evidence_id) == "verified"


def test_the_bytes_of_another_county_are_refused_like_those_of_no_evidence(fieldwork: Fieldwork, upload: Any) -> None:
    visit = fieldwork.begun()
    evidence_id = str(uuid7())
    Phone(fieldwork.cast.client(visit.assignment.leader)).send("evidence.add", evidence_id, fact(visit.pk))
    stranger = fieldwork.cast.person(Role.INSPECTOR, county=fieldwork.cast.county("linshui", "邻水区"))
    refusals = []
    for wanted in (evidence_id, str(uuid7())):
        with pytest.raises(Forbidden) as refused:
            upload(stranger, wanted)
        refusals.append((refused.value.code, refused.value.detail))
    assert refusals == [("no_such_evidence", "没有等待上传的此项证据。")] * 2
    assert upload(visit.assignment.leader, evidence_id).state == "done"
