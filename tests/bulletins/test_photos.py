"""Photos of typical cases: only copies that were let out, the same in every printing of a signed issue."""

import io
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from backend.bulletins.models import Bulletin
from backend.bulletins.services import compiling, editing, signing
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict
from backend.documents import bulletin as printed
from backend.inspections.models import Evidence
from backend.inspections.services import copies
from backend.media.rules.redaction import Area
from backend.media.services import blobs
from tests.bulletins.records import MARCH, Records, at
from tests.fixtures.photographs import DEVICE, Photographs

FACE = Area(0.2, 0.2, 0.3, 0.3)


@pytest.fixture
def photo(records: Records, photographs: Photographs, maker: Actor) -> Evidence:
    """Of a serious finding that is a case of the issue."""
    visit = records.visit(records.target(records.team()), at(3))
    return photographs.of_finding(records.finding(visit, "serious"), maker)


def compiled(maker: Actor) -> Bulletin:
    bulletin = compiling.compile(actor=maker, period_start=MARCH)
    return editing.review(actor=maker, bulletin_id=bulletin.pk)


def pictures(paper: bytes) -> list[Any]:
    images = [image for page in PdfReader(io.BytesIO(paper)).pages for image in page.images]
    return [image.data for image in images if image.name.endswith(".jpg")]


def test_nothing_is_shown_that_nobody_let_out(photo: Evidence, maker: Actor, signer: Actor) -> None:
    bulletin = compiled(maker)
    assert [one["photos"] for one in bulletin.facts["cases"]] == [[]]
    signed = signing.sign(actor=signer, bulletin_id=bulletin.pk)
    assert pictures(blobs.read(signed.pdf_sha256)) == []


def test_a_case_shows_the_copy_without_place_or_device(photo: Evidence, maker: Actor, signer: Actor) -> None:
    copy = copies.redact(actor=maker, evidence_id=photo.pk, areas=[FACE], reason="学生面部")
    bulletin = compiled(maker)
    assert [one["photos"] for one in bulletin.facts["cases"]] == [[copy.sha256]]
    paper = blobs.read(signing.sign(actor=signer, bulletin_id=bulletin.pk).pdf_sha256)
    [found] = pictures(paper)
    assert dict(Image.open(io.BytesIO(found)).getexif()) == {}
    assert DEVICE.encode() not in paper
    small, same = (
        Image.open(io.BytesIO(data)).convert("L").resize((8, 6)).tobytes() for data in (found, blobs.read(copy.sha256))
    )
    assert max(abs(a - b) for a, b in zip(small, same, strict=True)) <= 8


def test_what_was_taken_back_before_the_signature_is_not_printed_and_after_it_changes_nothing(
    photo: Evidence, maker: Actor, signer: Actor, hand: clock.Hand
) -> None:
    copies.approve(actor=maker, evidence_id=photo.pk)
    bulletin = compiled(maker)
    assert len(pictures(signing.proof(actor=maker, bulletin_id=bulletin.pk))) == 1
    signed = signing.sign(actor=signer, bulletin_id=bulletin.pk)
    hand.move(minutes=1)
    copies.withdraw(actor=maker, evidence_id=photo.pk, reason="误发")
    assert signing.rebuild(bulletin=signed).content == blobs.read(signed.pdf_sha256)


def test_a_photo_taken_back_while_the_paper_is_printed_stops_the_signing(
    photo: Evidence, maker: Actor, signer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies.approve(actor=maker, evidence_id=photo.pk)
    bulletin = compiled(maker)
    render = printed.render

    def slow(data: Any) -> Any:
        made = render(data)
        copies.withdraw(actor=maker, evidence_id=photo.pk, reason="误发")
        monkeypatch.setattr(printed, "render", render)
        return made

    monkeypatch.setattr(printed, "render", slow)
    with pytest.raises(Conflict, match="photo_withdrawn"):
        signing.sign(actor=signer, bulletin_id=bulletin.pk)
    assert pictures(blobs.read(signing.sign(actor=signer, bulletin_id=bulletin.pk).pdf_sha256)) == []
