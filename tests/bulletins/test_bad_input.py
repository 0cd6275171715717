"""Whatever names, words and photos there are: a good page, or a clear warning; never a crash."""

from typing import Any

import pytest

from backend.bulletins.models import Bulletin
from backend.bulletins.rules.editions import Edition
from backend.bulletins.services import check, compiling, editing, signing
from backend.core.actor import Actor
from backend.inspections.models import Evidence
from backend.inspections.services import copies
from backend.media import storage
from backend.media.services import blobs
from tests.bulletins.records import MARCH, Records, at
from tests.fixtures.photographs import Photographs

LONG_NAME = "云川县澄江镇中心小学校第一百二十三教学点暨留守儿童之家" * 3
PARTS = ("inspection", "findings", "homework", "after_school", "managements", "institutions", "rectification", "tips")


def signed(maker: Actor, signer: Actor, bulletin: Bulletin) -> Bulletin:
    editing.review(actor=maker, bulletin_id=bulletin.pk)
    return signing.sign(actor=signer, bulletin_id=bulletin.pk)


def test_names_of_eighty_characters_and_sections_of_five_thousand(
    records: Records, maker: Actor, signer: Actor
) -> None:
    """Emoji, rare characters and Latin without a space among them."""
    target = records.target(records.team(), name=LONG_NAME[:80])
    visit = records.visit(target, at(3))
    finding = records.finding(visit, "serious", text="龘" * 150)
    records.notice(visit, at(4), at(8).date(), finding)
    draft = compiling.compile(actor=maker, period_start=MARCH)
    texts: dict[str, Any] = {part: ["减负提质，见实效。😀𠮷x" * 416 + "end"] for part in PARTS}
    assert max(len(text) for text in texts["tips"]) > 4900
    editing.edit(actor=maker, bulletin_id=draft.pk, texts=texts | {"next_steps": ["Supercalifragilistic" * 200]})
    issue = signed(maker, signer, draft)
    pages = [row.pages or 0 for row in issue.papers.all()]
    assert min(pages) > 20
    assert any("😀" in warning for warning in issue.pdf_warnings)
    assert not any("减" in warning for warning in issue.pdf_warnings)


@pytest.fixture
def photo(records: Records, photographs: Photographs, maker: Actor) -> Evidence:
    visit = records.visit(records.target(records.team()), at(3))
    return photographs.of_finding(records.finding(visit, "serious"), maker)


def test_a_photo_lost_by_the_storage_is_said_in_the_draft_and_left_out(
    photo: Evidence, maker: Actor, signer: Actor
) -> None:
    copy = copies.approve(actor=maker, evidence_id=photo.pk)
    draft = compiling.compile(actor=maker, period_start=MARCH)
    storage.current().delete(copy.sha256)
    told = [one.detail for one in check.hints(draft) if one.code == "photo_missing"]
    assert told == [f"照片 {copy.sha256[:12]} 已撤回或文件缺失，未能排入。"]
    issue = signed(maker, signer, draft)
    assert told[0] in issue.pdf_warnings


def test_a_photo_that_is_no_picture_is_said_and_left_out(
    photo: Evidence, maker: Actor, signer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies.approve(actor=maker, evidence_id=photo.pk)
    draft = compiling.compile(actor=maker, period_start=MARCH)
    monkeypatch.setattr(blobs, "read", lambda sha256: b"no picture at all")
    assert [one.code for one in check.hints(draft) if "照片" in one.detail] == ["print"]
    assert any("照片" in warning for warning in signed(maker, signer, draft).pdf_warnings)


@pytest.mark.parametrize("units", [0, 1])
def test_a_county_with_next_to_nothing(records: Records, maker: Actor, signer: Actor, units: int) -> None:
    for _ in range(units):
        records.target(records.team())
    issue = signed(maker, signer, compiling.compile(actor=maker, period_start=MARCH))
    assert {row.edition for row in issue.papers.exclude(sha256="")} == set(Edition)
    assert issue.facts["figures"]["coverage.rate"]["value"] == (0.0 if units else None)
