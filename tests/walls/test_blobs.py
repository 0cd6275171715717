"""A hash opens nothing by being named: who may read bytes is who may see verified evidence of them."""

import hashlib

import pytest

from backend.core.ids import uuid7
from backend.inspections.services import evidence as field_evidence
from backend.inspections.services.evidence import NewEvidence
from backend.media.services import blobs
from backend.notices.services import evidence as unit_evidence
from tests.fixtures.people import Cast, Client
from tests.fixtures.rectification import World
from tests.fixtures.visits import Fieldwork

PHOTO = b"\xff\xd8\xff\xe0" + b"what the inspector saw" * 50


@pytest.fixture
def secret(fieldwork: Fieldwork) -> str:
    """The hash of a verified photo of a visit."""
    visit = fieldwork.begun()
    sha256 = blobs.keep(county_id=visit.county_id, data=PHOTO, filetype="image/jpeg")
    new = NewEvidence(sha256=sha256, size=len(PHOTO), filetype="image/jpeg", kind="photo")
    row = field_evidence.add(actor=fieldwork.leader(visit.assignment), evidence_id=uuid7(), visit_id=visit.pk, new=new)
    field_evidence.received(evidence_id=str(row.pk), sha256=sha256, intact=True, facts={})
    return sha256


def get(client: Client, sha256: str) -> tuple[int, bytes]:
    answer = client.get(f"/api/v1/blobs/{sha256}")
    content = getattr(answer, "streaming_content", None)
    return answer.status_code, b"".join(content) if content is not None else answer.content


def test_a_school_that_declares_the_hash_of_a_photo_gets_what_it_gets_for_nothing(
    world: World, secret: str, cast: Cast
) -> None:
    notice = world.acknowledged()
    item = notice.findings.get()
    unit_evidence.declare(
        actor=world.unit,
        notice_id=notice.pk,
        item_id=item.pk,
        kind="after",
        sha256=secret,
        size=len(PHOTO),
        filetype="image/jpeg",
    )
    school = cast.client(world.liaison)
    unknown = get(school, hashlib.sha256(b"nothing").hexdigest())
    assert get(school, secret) == unknown
    assert unknown[0] == 404


def test_its_own_crew_may_read_it_and_another_team_may_not(
    secret: str, fieldwork: Fieldwork, cast: Cast, office_client: Client
) -> None:
    assert get(office_client, secret) == (200, PHOTO)
    stranger = cast.client(fieldwork.crew(fieldwork.released())[0])
    assert get(stranger, secret)[0] == 404
