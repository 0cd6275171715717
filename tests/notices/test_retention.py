"""What units sent to prove a rectification is kept for its time, and so is evidence of notices not closed out."""

import datetime as dt
from typing import Any

import pytest

from backend.core import clock
from backend.core.actor import system
from backend.inspections.models import Evidence
from backend.journal.models import AuditLine
from backend.journal.writing import write
from backend.media import storage
from backend.media.models import Blob, Holding
from backend.media.services import retention
from backend.media.terms import held
from backend.notices.models import NoticeEvidence, RectificationNotice
from backend.notices.selectors import keeping
from tests.fixtures.people import Cast
from tests.fixtures.rectification import World
from tests.media.pictures import photo


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Any) -> None:
    settings.BLOB_DIR, settings.UPLOAD_DIR = tmp_path / "blobs", tmp_path / "uploads"


def bring(row: NoticeEvidence, data: bytes) -> str:
    """The bytes of a unit's evidence have come: these, whatever it declared."""
    sha256 = storage.current().put(data)
    with write(actor=system(row.county_id)):
        blob, _ = Blob.objects.get_or_create(sha256=sha256, defaults={"size": len(data), "filetype": "image/jpeg"})
        Holding.objects.create(blob=blob, county_id=row.county_id, evidence_id=str(row.pk), owner_id=row.author_id)
        NoticeEvidence.objects.filter(pk=row.pk).update(sha256=sha256, size=len(data), state="verified")
    return sha256


def later(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    at = clock.now() + dt.timedelta(days=days)
    monkeypatch.setattr(clock, "now", lambda: at)


def test_a_units_photos_go_two_years_after_the_close_out_and_the_paper_stays(
    world: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = world.closed()
    row = NoticeEvidence.objects.get()
    gone = bring(row, photo())
    later(monkeypatch, 729)
    assert retention.retain().shares == {}
    later(monkeypatch, 2)
    done = retention.retain()
    assert [(key[1:], share.count, share.files) for key, share in done.shares.items()] == [
        (("整改佐证", "photo"), 1, 1)
    ]
    assert set(storage.current().hashes()) == {notice.pdf_sha256}
    assert NoticeEvidence.objects.get().expired_at == clock.now()
    line = AuditLine.objects.get(verb="notice.evidence_expired")
    assert (line.object_id, line.detail) == (str(row.pk), {"sha256": gone, "size": len(photo()), "kind": "after"})
    answer = cast.client(world.liaison).get(f"/api/v1/blobs/{gone}")
    assert (answer.status_code, answer.json()["code"]) == (410, "evidence_expired")


def test_while_a_notice_is_open_what_its_unit_sent_stays(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.reported()
    kept = bring(NoticeEvidence.objects.get(), photo())
    later(monkeypatch, 2000)
    assert retention.retain().shares == {}
    assert kept in set(storage.current().hashes())


def test_evidence_of_a_visit_is_held_until_its_notice_is_closed_out(world: World) -> None:
    """Also when, for whatever reason, none of its findings is open."""
    notice = world.reported()
    with write(actor=system(notice.county_id)):
        row = Evidence.objects.create(
            county_id=notice.county_id, visit_id=notice.visit_id, kind="photo", sha256="a" * 64, size=1, filetype=""
        )
        notice.visit.findings.update(state="closed")
    assert held([str(row.pk), "no id of ours"]) == {str(row.pk): "通知书未销号"}
    reviewing_closed(world, notice)
    assert held([str(row.pk)]) == {}


def reviewing_closed(world: World, notice: RectificationNotice) -> None:
    with write(actor=system(notice.county_id)):
        RectificationNotice.objects.filter(pk=notice.pk).update(state="closed", closed_at=clock.now())


def test_papers_and_units_evidence_are_needed(world: World) -> None:
    notice = world.closed()
    row = NoticeEvidence.objects.get()
    asked = [notice.pdf_sha256, row.sha256, "0" * 64]
    assert set(keeping.needed(asked)) == {notice.pdf_sha256, row.sha256}
    with write(actor=system(notice.county_id)):
        NoticeEvidence.objects.update(expired_at=clock.now())
    assert set(keeping.needed(asked)) == {notice.pdf_sha256}
