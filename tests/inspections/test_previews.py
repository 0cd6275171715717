"""Previews tell of one evidence: whoever sees a picture sees it as his own, whatever others handed in."""

import hashlib
import io
from typing import Any

import pytest
from PIL import Image

from backend.core.ids import uuid7
from backend.inspections.models import Visit
from backend.inspections.selectors import previews
from backend.inspections.services import evidence
from backend.inspections.services.evidence import NewEvidence
from backend.journal.writing import write
from backend.media.models import Blob, Derivative, Expectation, Holding
from backend.media.rules.captions import Caption
from backend.media.tasks import derive
from backend.notices.models import NoticeEvidence
from tests.fixtures.people import Cast, Client
from tests.fixtures.photographs import TAKEN, Photographs, jpeg
from tests.fixtures.rectification import World
from tests.fixtures.visits import Fieldwork


@pytest.fixture
def visit(fieldwork: Fieldwork) -> Visit:
    return fieldwork.begun()


def preview(client: Client, sha256: str, kind: str = "preview") -> tuple[int, bytes]:
    answer: Any = client.get(f"/api/v1/blobs/{sha256}?size={kind}")
    return answer.status_code, b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_the_caption_has_what_the_visit_and_the_phone_say(
    visit: Visit, fieldwork: Fieldwork, photographs: Photographs
) -> None:
    photo = photographs.add(visit, fieldwork.leader(visit.assignment))
    team = visit.assignment.team
    assert team is not None
    expected = Caption(visit.target.name, TAKEN, 108.7132, 30.9322, 20.0, "wgs84", team.name)
    assert previews.captions([str(photo.pk), str(uuid7()), "no id"]) == {str(photo.pk): expected}


def test_two_teams_with_the_same_picture_each_see_their_own_caption(
    fieldwork: Fieldwork, photographs: Photographs, cast: Cast
) -> None:
    visits = [fieldwork.begun(), fieldwork.begun()]
    data = jpeg(7)
    photos = [photographs.add(visit, fieldwork.leader(visit.assignment), data) for visit in visits]
    derive()
    [sha256] = {photo.sha256 for photo in photos}
    seen = [preview(cast.client(visit.assignment.leader), sha256) for visit in visits]
    kept = {row.holding.evidence_id: row.sha256 for row in Derivative.objects.filter(kind="preview") if row.holding}
    assert [status for status, _ in seen] == [200, 200]
    assert [hashlib.sha256(body).hexdigest() for _, body in seen] == [kept[str(photo.pk)] for photo in photos]
    assert seen[0] != seen[1]
    assert Derivative.objects.filter(kind="list").count() == 2


def test_a_school_that_hands_in_the_picture_of_an_inspector_never_sees_his_preview(
    world: World, photographs: Photographs
) -> None:
    notice = world.acknowledged(["serious"])
    item = notice.findings.get()
    theirs = photographs.of_finding(item.finding, world.office)
    own = world.photo(item)
    with write(actor=world.unit):
        NoticeEvidence.objects.filter(pk=own.pk).update(sha256=theirs.sha256)
        Holding.objects.create(
            blob=Blob.objects.get(sha256=theirs.sha256), county_id=notice.county_id, evidence_id=str(own.pk)
        )
    derive()
    hidden = Derivative.objects.get(kind="preview", holding__evidence_id=str(theirs.pk))
    status, body = preview(world.cast.client(world.liaison), theirs.sha256)
    assert (status, hashlib.sha256(body).hexdigest() == hidden.sha256) == (200, False)


def test_a_preview_made_before_the_fact_was_judged_gets_its_caption_afterwards(
    visit: Visit, fieldwork: Fieldwork, cast: Cast, photographs: Photographs
) -> None:
    author, data, evidence_id = fieldwork.leader(visit.assignment), jpeg(9, (1280, 960)), uuid7()
    sha256 = hashlib.sha256(data).hexdigest()
    photographs.hold(visit.county_id, author, str(evidence_id), data)
    derive()
    Expectation.objects.create(
        county_id=visit.county_id,
        owner_id=author.person,
        evidence_id=str(evidence_id),
        sha256=sha256,
        size=len(data),
        filetype="image/jpeg",
        state="verified",
    )
    new = NewEvidence(sha256=sha256, size=len(data), filetype="image/jpeg", taken_at=TAKEN)
    evidence.add(actor=author, evidence_id=evidence_id, visit_id=visit.pk, new=new)
    client = cast.client(visit.assignment.leader)
    before = Derivative.objects.get(kind="preview")
    assert (preview(client, sha256)[0], before.captioned) == (503, False)
    derive()
    status, body = preview(client, sha256)
    after = Derivative.objects.get(kind="preview")
    assert (status, hashlib.sha256(body).hexdigest(), after.captioned) == (200, after.sha256, True)
    assert after.sha256 != before.sha256
    picture = Image.open(io.BytesIO(body))
    assert (picture.size, dict(picture.getexif())) == ((1280, 960), {})


def test_an_original_is_never_changed_by_what_is_made_of_it(
    visit: Visit, fieldwork: Fieldwork, photographs: Photographs, office_client: Client
) -> None:
    data = jpeg(11)
    photo = photographs.add(visit, fieldwork.leader(visit.assignment), data)
    derive()
    answer: Any = office_client.get(f"/api/v1/blobs/{photo.sha256}")
    assert b"".join(answer.streaming_content) == data
