"""Redacted and approved copies: what they show, who makes them, which one counts."""

import io
import uuid
from typing import Any

import pytest
from PIL import Image

from backend.accounts.roles import Role
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.inspections.models import Evidence, EvidenceCopy, Visit
from backend.inspections.selectors import copies as shown
from backend.inspections.services import copies
from backend.journal.models import AuditLine
from backend.media.rules.redaction import Area
from backend.media.services import blobs, publishing
from tests.fixtures.people import Cast, Client
from tests.fixtures.photographs import DEVICE, Photographs, jpeg
from tests.fixtures.visits import Fieldwork

FACE = Area(0.25, 0.25, 0.25, 0.25)


@pytest.fixture
def visit(fieldwork: Fieldwork) -> Visit:
    return fieldwork.begun()


@pytest.fixture
def author(fieldwork: Fieldwork, visit: Visit) -> Actor:
    return fieldwork.leader(visit.assignment)


@pytest.fixture
def photo(visit: Visit, author: Actor, photographs: Photographs) -> Evidence:
    return photographs.add(visit, author)


@pytest.fixture
def approver(cast: Cast, visit: Visit) -> Actor:
    return cast.actor(cast.person(Role.OFFICE))


def picture(sha256: str) -> Image.Image:
    return Image.open(io.BytesIO(blobs.read(sha256)), formats=("JPEG",))


def current(photo: Evidence) -> EvidenceCopy | None:
    return shown.current().filter(evidence=photo).first()


def test_a_redacted_copy_is_derived_evidence_with_reason_author_and_source(photo: Evidence, approver: Actor) -> None:
    row = copies.redact(actor=approver, evidence_id=photo.pk, areas=[FACE], reason="学生面部")
    assert (row.source_sha256, row.author_id, row.reason) == (photo.sha256, approver.user_id, "学生面部")
    assert row.areas == [{"x": 0.25, "y": 0.25, "width": 0.25, "height": 0.25}]
    assert row.sha256 != photo.sha256
    assert blobs.read(photo.sha256) == jpeg(1)
    line = AuditLine.objects.get(verb="evidence.redacted")
    assert (line.object_id, line.actor_id) == (str(photo.pk), approver.user_id)
    assert (line.detail["sha256"], line.detail["reason"]) == (row.sha256, "学生面部")


def test_no_copy_has_metadata_of_the_place_or_the_device(photo: Evidence, approver: Actor) -> None:
    for row in (
        copies.redact(actor=approver, evidence_id=photo.pk, areas=[FACE], reason="学生面部"),
        copies.approve(actor=approver, evidence_id=photo.pk),
    ):
        data = blobs.read(row.sha256)
        image = picture(row.sha256)
        assert (dict(image.getexif()), "exif" in image.info, DEVICE.encode() in data) == ({}, False, False)


def test_a_copy_is_not_larger_than_a_page_needs(
    visit: Visit, author: Actor, approver: Actor, photographs: Photographs
) -> None:
    photo = photographs.add(visit, author, jpeg(5, (2400, 1200), orientation=6))
    assert picture(copies.approve(actor=approver, evidence_id=photo.pk).sha256).size == (800, 1600)


def test_the_same_redaction_twice_is_one_copy(photo: Evidence, approver: Actor) -> None:
    once, twice = (copies.redact(actor=approver, evidence_id=photo.pk, areas=[FACE], reason="面部") for _ in range(2))
    assert (once.pk, EvidenceCopy.objects.count()) == (twice.pk, 1)


def test_the_latest_copy_counts_and_an_approval_keeps_what_was_redacted(photo: Evidence, approver: Actor) -> None:
    approved = copies.approve(actor=approver, evidence_id=photo.pk)
    assert current(photo) == approved
    redacted = copies.redact(actor=approver, evidence_id=photo.pk, areas=[FACE], reason="面部")
    assert current(photo) == redacted
    again = copies.approve(actor=approver, evidence_id=photo.pk)
    assert (current(photo), again.areas) == (again, redacted.areas)
    middle = picture(again.sha256).crop((105, 80, 195, 145)).convert("L").tobytes()
    assert max(middle) - min(middle) < 40
    assert [row.superseded_at is None for row in EvidenceCopy.objects.order_by("made_at", "pk")] == [False, False, True]


def test_a_redaction_made_meanwhile_is_never_undone_by_an_approval(
    photo: Evidence, approver: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = publishing.publish

    def slow(**asked: Any) -> Any:
        monkeypatch.setattr(publishing, "publish", publish)
        copies.redact(actor=approver, evidence_id=photo.pk, areas=[FACE], reason="面部")
        return publish(**asked)

    monkeypatch.setattr(publishing, "publish", slow)
    with pytest.raises(Conflict, match="redacted_meanwhile"):
        copies.approve(actor=approver, evidence_id=photo.pk)
    assert [row.process for row in EvidenceCopy.objects.all()] == ["redacted"]


def test_a_withdrawn_copy_is_shown_no_more(photo: Evidence, approver: Actor) -> None:
    row = copies.approve(actor=approver, evidence_id=photo.pk)
    copies.withdraw(actor=approver, evidence_id=photo.pk, reason="漏遮一名学生")
    assert (current(photo), AuditLine.objects.get(verb="evidence.copy_withdrawn").detail["sha256"]) == (
        None,
        row.sha256,
    )
    with pytest.raises(NotFound):
        copies.withdraw(actor=approver, evidence_id=photo.pk, reason="再次")


@pytest.mark.parametrize(
    "areas",
    [
        [],
        [Area(0.9, 0.1, 0.2, 0.1)],
        [Area(0, 0, 0, 0.5)],
        [Area(-0.1, 0, 0.5, 0.5)],
        [Area(float("nan"), 0, 0.5, 0.5)],
        [FACE] * 201,
    ],
)
def test_areas_that_are_none_are_refused(photo: Evidence, approver: Actor, areas: list[Area]) -> None:
    with pytest.raises(Invalid) as refused:
        copies.redact(actor=approver, evidence_id=photo.pk, areas=areas, reason="面部")
    assert (refused.value.extra["path"], EvidenceCopy.objects.count()) == ("areas", 0)


def test_only_photos_whose_bytes_are_here_and_readable_are_copied(
    visit: Visit, author: Actor, approver: Actor, photographs: Photographs, fieldwork: Fieldwork
) -> None:
    signature = photographs.add(visit, author, kind="signature")
    awaited = fieldwork.evidence(visit, author)
    broken = photographs.add(visit, author, b"\xff\xd8\xff\xe0 no picture")
    told = []
    for row in (signature, awaited, broken):
        with pytest.raises(Conflict) as refused:
            copies.approve(actor=approver, evidence_id=row.pk)
        told.append(refused.value.code)
    assert (told, EvidenceCopy.objects.count()) == (["no_photo", "not_verified", "unreadable"], 0)


def test_a_leader_redacts_and_only_the_office_approves(
    photo: Evidence, author: Actor, fieldwork: Fieldwork, visit: Visit
) -> None:
    assert copies.redact(actor=author, evidence_id=photo.pk, areas=[FACE], reason="面部").author_id == author.user_id
    with pytest.raises(Forbidden):
        copies.approve(actor=author, evidence_id=photo.pk)
    with pytest.raises(Forbidden):
        copies.redact(actor=fieldwork.member(visit.assignment), evidence_id=photo.pk, areas=[FACE], reason="面部")
    stranger = fieldwork.leader(fieldwork.released())
    with pytest.raises(NotFound):
        copies.redact(actor=stranger, evidence_id=photo.pk, areas=[FACE], reason="面部")


def test_over_http(photo: Evidence, office_client: Client, school_client: Client) -> None:
    base = f"/api/v1/evidence/{photo.pk}"
    body = {"areas": [{"x": 0.1, "y": 0.2, "width": 0.3, "height": 0.4}], "reason": "学生面部"}
    redacted = office_client.post_json(f"{base}/redactions", body)
    approved = office_client.post_json(f"{base}/approval", {})
    assert (redacted.status_code, approved.status_code) == (201, 201)
    assert (approved.json()["process"], approved.json()["areas"]) == ("approved", body["areas"])
    listed = office_client.get(f"{base}/copies").json()
    assert [row["id"] for row in listed] == [redacted.json()["id"], approved.json()["id"]]
    assert office_client.get(f"/api/v1/blobs/{approved.json()['sha256']}").status_code == 200
    assert office_client.post_json(f"{base}/copies/withdraw", {"reason": "误发"}).json()["superseded_at"]
    bad = office_client.post_json(f"{base}/redactions", {"areas": [{"x": 2}], "reason": ""})
    assert (bad.status_code, bad.json()["code"]) == (400, "invalid")
    assert office_client.post_json(f"/api/v1/evidence/{uuid.uuid4()}/approval", {}).status_code == 404
    for path in ("redactions", "approval", "copies/withdraw"):
        assert school_client.post_json(f"{base}/{path}", body).status_code == 403
    assert school_client.get(f"{base}/copies").status_code == 403
