"""Nothing that a school can reach, and no paper, tells where or with what an inspector's photo was taken.

Generated over every address, after the notice was issued and the bulletin published: now the school may know of the
visit, and of its photos what was let out. The same markers are found where they belong.
"""

import hashlib
import io
import re
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from backend.accounts.roles import Role
from backend.bulletins.services import editing, signing
from backend.core import clock
from backend.core.ids import uuid7
from backend.inspections.models import Evidence
from backend.inspections.services import copies, evidence, integrity
from backend.inspections.services.evidence import Camera, NewEvidence, Told
from backend.inspections.services.visits import Place
from backend.media.services import blobs
from backend.media.tasks import derive
from backend.notices.services import drafts, issuing
from backend.notices.services.inbox import deliver_waiting
from tests.fixtures.people import Cast, Client
from tests.fixtures.photographs import DEVICE, Photographs, jpeg
from tests.fixtures.places import Places
from tests.fixtures.visits import Fieldwork
from tests.walls.addresses import addresses
from tests.walls.test_secrecy import ask
from tests.walls.world import FullCounty

LNG, LAT = 108.7191357, 30.9386421
OS = "HarmonyOS 4.2.0.117"
WORDS = ("offset_ms", "mock_location", "far_from_target", "metres_to_target", "for_office", "lookalike")
FIXED = [f"{LNG}"[4:], f"{LAT}"[3:], DEVICE, OS, *WORDS]


@pytest.fixture
def world(cast: Cast, places: Places, fieldwork: Fieldwork) -> FullCounty:
    return FullCounty(cast, places, fieldwork, cast.county()).settle().work()


@pytest.fixture
def photo(world: FullCounty, photographs: Photographs) -> Evidence:
    """A photo of the finding, with everything a phone and a camera can tell; its copy let out, its papers published."""
    data = jpeg(77)
    row = _late_photo(world, data)
    photographs.receive(row, data)
    integrity.assess_waiting()
    copies.approve(actor=world.actor("office"), evidence_id=row.pk)
    derive()
    office, leader = world.actor("office"), world.actor("leadership")
    drafts.review(actor=office, notice_id=world.notice.pk)
    issuing.issue(actor=leader, notice_id=world.notice.pk)
    editing.review(actor=office, bulletin_id=world.bulletin.pk)
    signing.sign(actor=leader, bulletin_id=world.bulletin.pk)
    deliver_waiting(limit=1000)
    return Evidence.objects.get(pk=row.pk)


def _late_photo(world: FullCounty, data: bytes) -> Evidence:
    """Put beside the approved visit, as a reviewer does with late work."""
    now, crew = clock.now(), world.fieldwork.leader(world.approved.assignment, uuid7())
    new = NewEvidence(
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        filetype="image/jpeg",
        finding=world.finding.pk,
        taken_at=now,
        place=Place(LNG, LAT, 20.0),
        mock=True,
        camera=Camera(DEVICE, OS, "1.4.0"),
    )
    told = Told(at=now, offset_ms=987_654_321, received_at=now)
    return evidence.add(actor=crew, evidence_id=uuid7(), visit_id=world.approved.pk, new=new, addendum=True, told=told)


def markers(photo: Evidence) -> list[bytes]:
    own = [photo.sha256, photo.declared["device"], str(photo.pk), "987654321"]
    return [text.encode() for text in (*FIXED, *own)]


def told(body: bytes, wanted: list[bytes]) -> list[bytes]:
    """Those of `wanted` that `body` tells: as it is, in the text and streams of a paper, in the EXIF of a picture."""
    parts = [body, *_inside(body)]
    return [each for each in wanted if any(each in part for part in parts)]


def _inside(body: bytes) -> list[bytes]:
    if body.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(body))
        images = [image.data for page in reader.pages for image in page.images]
        text = [page.extract_text().encode() for page in reader.pages]
        return [*text, repr(reader.metadata).encode(), *images, *(part for data in images for part in _exif(data))]
    return _exif(body) if body.startswith((b"\xff\xd8", b"\x89PNG")) else []


def _exif(picture: bytes) -> list[bytes]:
    with Image.open(io.BytesIO(picture)) as image:
        exif = image.getexif()
        return [b"EXIF " + DEVICE.encode()] if dict(exif) else []


def reached(client: Client, world: FullCounty, photo: Evidence) -> dict[str, tuple[int, bytes]]:
    """Everything that can be read: every address, and every file that is named anywhere."""
    found: dict[str, tuple[int, bytes]] = {}
    values = world.values | {"evidence_id": photo.pk}
    for address in addresses():
        if "get" in address.methods:
            found[address.route] = ask(client, "get", address.path(values))[:2]
    names = set(re.findall(rb"[0-9a-f]{64}", b" ".join(body for _, body in found.values())))
    names |= {photo.sha256.encode(), *(row.sha256.encode() for row in photo.copies.all())}
    for name in sorted(names):
        for query in ("", "?size=preview", "?size=list"):
            path = f"/api/v1/blobs/{name.decode()}{query}"
            found[path] = ask(client, "get", path)[:2]
    return found


def test_a_unit_reaches_neither_place_nor_device(world: FullCounty, photo: Evidence) -> None:
    contact = world.cast.person(Role.INSTITUTION_CONTACT, county=world.county)
    for user in (world.liaison, contact):
        found = reached(world.cast.client(user), world, photo)
        leaks = {where: told(body, markers(photo)) for where, (status, body) in found.items() if status == 200}
        assert {where: what for where, what in leaks.items() if what} == {}
        if user == world.liaison:  # what is searched holds its notice, the paper, and the copy of this very photo
            files = [body[:4] for where, (status, body) in found.items() if "/blobs/" in where and status == 200]
            assert {b"%PDF", b"\xff\xd8\xff\xe0"} <= set(files)
            assert found["unit/notices/<uuid:notice_id>"][0] == 200


def test_no_paper_tells_them_and_the_office_is_told_all(world: FullCounty, photo: Evidence) -> None:
    world.notice.refresh_from_db()
    world.bulletin.refresh_from_db()
    for paper in (world.notice.pdf_sha256, world.bulletin.pdf_sha256):
        assert told(blobs.read(paper), markers(photo)) == []
    client: Any = world.cast.client(world.office)
    page = ask(client, "get", f"/api/v1/evidence/{photo.pk}")[1]
    chain = ask(client, "get", f"/api/v1/evidence/{photo.pk}/custody")[1]
    unseen = set(markers(photo)) - set(told(page + chain, markers(photo)))
    assert unseen == {b"for_office", b"lookalike"}
    original = ask(client, "get", f"/api/v1/blobs/{photo.sha256}")[1]
    assert _exif(original) != []
