"""Papers and what they show are kept for ever."""

from typing import Any

import pytest

from backend.bulletins.models import Bulletin
from backend.bulletins.selectors.keeping import needed
from backend.bulletins.services import compiling, editing, signing
from backend.core import clock
from backend.core.actor import Actor, system
from backend.inspections.models import Evidence
from backend.inspections.services import copies
from backend.journal.writing import write
from backend.media.services import blobs
from tests.bulletins.records import MARCH, Records, at
from tests.fixtures.photographs import Photographs


@pytest.fixture
def photo(records: Records, photographs: Photographs, maker: Actor) -> Evidence:
    """Of a serious finding that is a case of the issue."""
    visit = records.visit(records.target(records.team()), at(3))
    return photographs.of_finding(records.finding(visit, "serious"), maker)


def expired(row: Evidence) -> None:
    with write(actor=system(row.county_id)):
        Evidence.objects.filter(pk=row.pk).update(expired_at=clock.now())


def test_a_signed_paper_and_the_copies_in_it_are_needed_also_when_the_photo_is_gone(
    photo: Evidence, maker: Actor, signer: Actor
) -> None:
    copy = copies.approve(actor=maker, evidence_id=photo.pk)
    draft = compiling.compile(actor=maker, period_start=MARCH)
    asked: list[Any] = [copy.sha256, photo.sha256, "0" * 64]
    expired(photo)
    assert set(needed(asked)) == set()
    editing.review(actor=maker, bulletin_id=draft.pk)
    signing.sign(actor=signer, bulletin_id=draft.pk)
    issue = Bulletin.objects.get()
    assert set(needed([*asked, issue.pdf_sha256])) == {copy.sha256, issue.pdf_sha256}
    assert signing.rebuild(bulletin=issue).content == blobs.read(issue.pdf_sha256)
