"""Photos in the annex of a notice, and what its school can read of them."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from backend.core.errors import Conflict
from backend.documents import rectification_notice
from backend.inspections.models import Evidence, EvidenceCopy
from backend.inspections.services import copies
from backend.media.rules.redaction import Area
from backend.media.services import blobs
from backend.media.tasks import derive
from backend.notices.models import NoticeFinding, NoticePhoto, RectificationNotice
from backend.notices.services import issuing
from tests.fixtures.people import Client
from tests.fixtures.photographs import DEVICE, Photographs
from tests.fixtures.rectification import World, fresh

Reads = Callable[..., tuple[int, bytes]]
FACE = Area(0.2, 0.2, 0.3, 0.3)


@pytest.fixture
def reviewed(world: World) -> RectificationNotice:
    return world.reviewed(["serious", "minor"])


@pytest.fixture
def photos(world: World, reviewed: RectificationNotice, photographs: Photographs) -> list[Evidence]:
    """Two photos of the first finding, one of the second; nobody has let any of them out."""
    first, second = reviewed.findings.order_by("number")
    return [photographs.of_finding(item.finding, world.office) for item in (first, first, second)]


@pytest.fixture
def school_reads(world: World) -> Reads:
    """What the school is answered when it asks for a blob."""
    client = world.cast.client(world.liaison)
    return lambda sha256, query="": status(client, sha256, query)


def pictures(notice: RectificationNotice) -> list[bytes]:
    """The images embedded in the paper."""
    reader = PdfReader(io.BytesIO(blobs.read(fresh(notice).pdf_sha256)))
    return [image.data for page in reader.pages for image in page.images]


def gray(data: bytes) -> tuple[tuple[int, int], bytes]:
    image = Image.open(io.BytesIO(data)).convert("L").resize((16, 12))
    return image.size, image.tobytes()


def status(client: Client, sha256: str, query: str = "") -> tuple[int, bytes]:
    answer: Any = client.get(f"/api/v1/blobs/{sha256}{query}")
    return answer.status_code, b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_notice_without_copies_shows_no_picture(
    world: World, reviewed: RectificationNotice, photos: list[Evidence]
) -> None:
    issuing.issue(actor=world.leader, notice_id=reviewed.pk)
    assert (pictures(reviewed), NoticePhoto.objects.count()) == ([], 0)


def test_the_paper_embeds_the_copies_and_nothing_of_the_place_or_the_device(
    world: World, reviewed: RectificationNotice, photos: list[Evidence]
) -> None:
    copies.redact(actor=world.office, evidence_id=photos[0].pk, areas=[FACE], reason="学生面部")
    copies.approve(actor=world.office, evidence_id=photos[2].pk)
    issuing.issue(actor=world.leader, notice_id=reviewed.pk)
    embedded = pictures(reviewed)
    wanted = [blobs.read(row.sha256) for row in EvidenceCopy.objects.order_by("made_at")]
    assert len(embedded) == 2
    for found, copy in zip(embedded, wanted, strict=True):
        (size, seen), (same, expected) = gray(found), gray(copy)
        assert (size, max(abs(a - b) for a, b in zip(seen, expected, strict=True)) <= 8) == (same, True)
        assert dict(Image.open(io.BytesIO(found)).getexif()) == {}
    paper = blobs.read(fresh(reviewed).pdf_sha256)
    assert DEVICE.encode() not in paper
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages).replace(" ", "")
    assert "证据1（问题1）" in text
    assert "证据2（问题2）" in text


def test_its_school_reads_the_copies_and_neither_originals_nor_previews_of_them(
    world: World, reviewed: RectificationNotice, photos: list[Evidence], school_reads: Reads
) -> None:
    copy = copies.approve(actor=world.office, evidence_id=photos[0].pk)
    derive()
    hidden = [(row.sha256, query) for row in photos for query in ("", "?size=preview", "?size=list")]
    assert {school_reads(*one)[0] for one in [*hidden, (copy.sha256, "")]} == {404}
    issuing.issue(actor=world.leader, notice_id=reviewed.pk)
    nothing = school_reads("0" * 64)
    assert {school_reads(*one) for one in hidden} == {nothing}
    assert school_reads(copy.sha256) == (200, blobs.read(copy.sha256))
    assert school_reads(copy.sha256, "?size=list")[0] == 200
    answer = world.cast.client(world.liaison).get(f"/api/v1/unit/notices/{reviewed.pk}").json()
    assert [item["photos"] for item in answer["items"]] == [[{"number": 1, "sha256": copy.sha256}], []]
    assert photos[0].sha256 not in str(answer)


def test_another_school_reads_nothing_of_it(
    world: World, reviewed: RectificationNotice, photos: list[Evidence]
) -> None:
    copy = copies.approve(actor=world.office, evidence_id=photos[0].pk)
    issuing.issue(actor=world.leader, notice_id=reviewed.pk)
    other = world.places.liaison(world.places.school(county=world.county))
    assert status(world.cast.client(other), copy.sha256)[0] == 404


def test_a_copy_that_is_taken_back_or_replaced_is_read_no_more(
    world: World, reviewed: RectificationNotice, photos: list[Evidence], school_reads: Reads
) -> None:
    approved = copies.approve(actor=world.office, evidence_id=photos[0].pk)
    issuing.issue(actor=world.leader, notice_id=reviewed.pk)
    copies.redact(actor=world.office, evidence_id=photos[0].pk, areas=[FACE], reason="漏遮")
    assert school_reads(approved.sha256)[0] == 404
    answer = world.cast.client(world.liaison).get(f"/api/v1/unit/notices/{reviewed.pk}").json()
    assert [item["photos"] for item in answer["items"]] == [[], []]


def test_a_photo_taken_back_while_the_paper_is_printed_stops_the_issue(
    world: World, reviewed: RectificationNotice, photos: list[Evidence], monkeypatch: pytest.MonkeyPatch
) -> None:
    copies.approve(actor=world.office, evidence_id=photos[0].pk)
    render = rectification_notice.render

    def slow(data: Any) -> Any:
        made = render(data)
        if data.photos:
            copies.withdraw(actor=world.office, evidence_id=photos[0].pk, reason="误发")
        return made

    monkeypatch.setattr(rectification_notice, "render", slow)
    with pytest.raises(Conflict, match="photo_withdrawn"):
        issuing.issue(actor=world.leader, notice_id=reviewed.pk)
    number = fresh(reviewed).number
    issued = issuing.issue(actor=world.leader, notice_id=reviewed.pk)
    assert (issued.number, pictures(issued)) == (number, [])


def test_a_finding_shows_four_photos_at_most(
    world: World, reviewed: RectificationNotice, photographs: Photographs
) -> None:
    item: NoticeFinding = reviewed.findings.order_by("number")[0]
    for _ in range(5):
        photo = photographs.of_finding(item.finding, world.office)
        copies.approve(actor=world.office, evidence_id=photo.pk)
    issuing.issue(actor=world.leader, notice_id=reviewed.pk)
    assert list(NoticePhoto.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]
