"""Evidence is kept for its time: then the bytes go, and the fact, its hash and an audit line stay."""

import datetime as dt
import io
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import call_command

from backend.accounts.models import County
from backend.core import clock
from backend.core.actor import system
from backend.inspections.models import Evidence, Visit
from backend.inspections.services import visits
from backend.journal.models import AuditLine, FeedRow
from backend.journal.writing import write
from backend.media import storage
from backend.media.models import Blob, Derivative, Holding
from backend.media.services import removal, retention
from backend.media.tasks import derive
from tests.fixtures.people import Cast
from tests.fixtures.visits import Fieldwork
from tests.media.pictures import photo


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Any) -> None:
    settings.BLOB_DIR, settings.UPLOAD_DIR = tmp_path / "blobs", tmp_path / "uploads"


@dataclass
class Archive:
    """Visits with photos that are here, and time that passes."""

    fieldwork: Fieldwork
    monkeypatch: pytest.MonkeyPatch
    count: int = 0

    def bring(self, row: Evidence, data: bytes) -> None:
        """The bytes of an evidence have come: these, whatever it declared."""
        sha256 = storage.current().put(data)
        with write(actor=system(row.county_id)):
            blob, _ = Blob.objects.get_or_create(sha256=sha256, defaults={"size": len(data), "filetype": "image/jpeg"})
            Holding.objects.create(blob=blob, county_id=row.county_id, evidence_id=str(row.pk), owner_id=row.author_id)
            Evidence.objects.filter(pk=row.pk).update(sha256=sha256, size=len(data), state="verified")

    def picture(self) -> bytes:
        self.count += 1
        return photo(100 + self.count, 80)

    def approved(self, **more: Any) -> Visit:
        """An approved visit whose photo and signatures are here."""
        visit = self.fieldwork.approved(**more)
        for row in visit.evidence.order_by("pk"):
            self.bring(row, self.picture())
        return visit

    def pass_(self, days: float) -> None:
        at = clock.now() + dt.timedelta(days=days)
        self.monkeypatch.setattr(clock, "now", lambda: at)


@pytest.fixture
def archive(fieldwork: Fieldwork, monkeypatch: pytest.MonkeyPatch) -> Archive:
    return Archive(fieldwork, monkeypatch)


def photo_of(visit: Visit) -> Evidence:
    return visit.evidence.get(kind="photo")


def hashes() -> set[str]:
    return set(storage.current().hashes())


def run(*said: str) -> list[str]:
    out = io.StringIO()
    call_command("media", "retain", *said, stdout=out)
    return out.getvalue().splitlines()


def test_a_photo_goes_two_years_after_the_approval_with_its_smaller_copies_and_nothing_else(archive: Archive) -> None:
    visit = archive.approved()
    derive()
    gone = photo_of(visit)
    with_it = {gone.sha256, *Derivative.objects.filter(blob__sha256=gone.sha256).values_list("sha256", flat=True)}
    before = hashes()
    archive.pass_(729.9)
    assert (retention.retain().shares, hashes()) == ({}, before)
    archive.pass_(0.2)
    done = retention.retain()
    assert [(key, share.count, share.files, share.bytes) for key, share in done.shares.items()] == [
        ((visit.county_id, "检查佐证", "photo"), 1, 1, gone.size)
    ]
    assert (len(with_it) > 1, hashes()) == (True, before - with_it)
    assert not Blob.objects.filter(sha256=gone.sha256).exists()
    assert {row.kind for row in visit.evidence.filter(expired_at=None)} == {"signature"}
    assert retention.retain().shares == {}


def test_the_fact_the_hash_and_two_audit_lines_stay_and_no_feed_changes(archive: Archive) -> None:
    visit = archive.approved()
    gone = photo_of(visit)
    rev = FeedRow.objects.get(kind="evidence", object_id=str(gone.pk)).rev
    archive.pass_(731)
    retention.retain()
    row = photo_of(visit)
    assert (row.sha256, row.state, row.expired_at) == (gone.sha256, "verified", clock.now())
    lines = AuditLine.objects.filter(verb__in=("evidence.expired", "blob.removed")).order_by("pk")
    assert [(line.verb, line.object_id, line.detail) for line in lines] == [
        ("evidence.expired", str(row.pk), {"sha256": row.sha256, "size": row.size, "kind": "photo"}),
        ("blob.removed", row.sha256, {"size": row.size, "evidence": [str(row.pk)]}),
    ]
    assert FeedRow.objects.get(kind="evidence", object_id=str(row.pk)).rev == rev


def test_reading_it_is_410_for_who_could_read_it_and_404_for_all_others(
    archive: Archive, cast: Cast, school_user: Any, other_county: County
) -> None:
    visit = archive.approved()
    gone = photo_of(visit)
    archive.pass_(731)
    retention.retain()
    leader, stranger = cast.client(visit.assignment.leader), cast.client(cast.person("office", county=other_county))
    for query in ("", "?size=list", "?size=preview"):
        answer = leader.get(f"/api/v1/blobs/{gone.sha256}{query}")
        assert (answer.status_code, answer.json()["code"]) == (410, "evidence_expired")
        assert answer.json()["detail"] == "该文件已超过保存期限，已按规定删除；登记信息和校验值仍然保留。"
    school = cast.client(school_user)
    unknown = school.get(f"/api/v1/blobs/{'0' * 64}")
    for client in (school, stranger):
        answer = client.get(f"/api/v1/blobs/{gone.sha256}")
        assert (answer.status_code, answer.content) == (404, unknown.content)


def test_what_is_not_finished_is_held_and_goes_when_it_is(archive: Archive) -> None:
    visit = archive.fieldwork.filled()
    actor = archive.fieldwork.leader(visit.assignment)
    finding = archive.fieldwork.finding(visit, actor)
    row = archive.fieldwork.evidence(visit, actor, finding=finding.pk)
    archive.fieldwork.approved(archive.fieldwork.submitted(visit))
    archive.bring(row, archive.picture())
    archive.pass_(1000)
    done = retention.retain()
    assert (done.held["问题未办结"], hashes()) == (2, {photo_of_finding(row).sha256})
    withdraw(finding.pk, visit.county_id)
    assert [share.count for share in retention.retain().shares.values()] == [2]
    assert hashes() == set()


def photo_of_finding(row: Evidence) -> Evidence:
    return Evidence.objects.get(pk=row.pk)


def withdraw(finding_id: uuid.UUID, county_id: int) -> None:
    from backend.inspections.models import Finding

    with write(actor=system(county_id)):
        Finding.objects.filter(pk=finding_id).update(state="withdrawn")


def test_a_cancelled_visit_counts_from_its_end_and_a_visit_at_work_never(archive: Archive) -> None:
    at_work, cancelled = archive.fieldwork.begun(), archive.fieldwork.begun()
    for visit in (at_work, cancelled):
        row = archive.fieldwork.evidence(visit, archive.fieldwork.leader(visit.assignment))
        archive.bring(row, archive.picture())
    archive.pass_(100)
    visits.cancel(actor=archive.fieldwork.leader(cancelled.assignment), visit_id=cancelled.pk, reason="学校停课")
    archive.pass_(731)
    retention.retain()
    assert hashes() == {photo_of(at_work).sha256}


def test_bytes_that_something_else_still_needs_stay_and_only_the_fact_expires(archive: Archive, cast: Cast) -> None:
    old, data = archive.approved(), archive.picture()
    archive.bring(photo_of(old), data)
    archive.pass_(400)
    new = archive.approved()
    archive.bring(photo_of(new), data)
    archive.pass_(400)
    done = retention.retain()
    assert (done.shared, photo_of(old).expired_at, photo_of(new).expired_at) == (1, clock.now(), None)
    shared = photo_of(new).sha256
    assert shared in hashes()
    assert cast.client(old.assignment.leader).get(f"/api/v1/blobs/{shared}").status_code == 410
    assert cast.client(new.assignment.leader).get(f"/api/v1/blobs/{shared}").status_code == 200
    archive.pass_(400)
    retention.retain()
    assert shared not in hashes()


def test_a_dry_run_prints_what_would_go_and_changes_nothing(archive: Archive) -> None:
    visit = archive.approved()
    row, before = photo_of(visit), hashes()
    ended = clock.local_date(clock.now())
    archive.pass_(731)
    said = run("--dry-run")
    assert [line.split() for line in said[1:3]] == [
        ["县", "来源", "种类", "份数", "文件", "字节", "最早办结"],
        [str(visit.county_id), "检查佐证", "照片", "1", "1", f"{row.size:,}", str(ended)],
    ]
    assert [said[0], *said[3:]] == [
        "保存期限：照片 730 天（其余长期保存）。",
        f"将删除 1 份佐证的文件 1 个（{row.size} 字节）。",
    ]
    assert (hashes(), photo_of(visit).expired_at) == (before, None)
    assert AuditLine.objects.filter(verb="evidence.expired").count() == 0
    assert Blob.objects.filter(remove_after__isnull=False).count() == 0
    assert run()[-1] == f"已删除 1 份佐证的文件 1 个（{row.size} 字节）。"
    assert run("--dry-run")[1:] == ["将删除 0 份佐证的文件 0 个（0 字节）。"]


def test_terms_are_those_of_the_deployment(archive: Archive, settings: Any) -> None:
    archive.approved()
    before = hashes()
    archive.pass_(5000)
    settings.RETENTION = {}
    assert (retention.retain().shares, hashes()) == ({}, before)
    settings.RETENTION = {"signature": 365}
    assert [key[2] for key in retention.retain().shares] == ["signature"]


def test_a_run_that_died_before_the_bytes_went_is_ended_by_the_duty(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = archive.approved()
    archive.pass_(731)
    with monkeypatch.context() as crash:
        crash.setattr(removal, "remove_due", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            retention.retain()
    gone = photo_of(visit)
    assert (gone.expired_at, gone.sha256 in hashes()) == (clock.now(), True)
    removal.sweep()
    assert gone.sha256 not in hashes()


def test_evidence_whose_fact_waits_for_a_person_is_needed(archive: Archive) -> None:
    """Its bytes are here, no table of ours names them yet."""
    from backend.inspections.sync import keeping
    from backend.sync.models import Operation, Verdict

    evidence_id, now = uuid.uuid4(), clock.now()
    sha256 = storage.current().put(b"held")
    blob = Blob.objects.create(sha256=sha256, size=4, filetype="image/jpeg")
    Holding.objects.create(blob=blob, county_id=1, evidence_id=str(evidence_id), owner_id=1)
    assert list(keeping.needed([sha256])) == []
    op = Operation.objects.create(
        id=uuid.uuid4(), county_id=1, user_id=1, device_id=uuid.uuid4(), n=1, kind="evidence", verb="add",
        object_id=str(evidence_id).upper(), schema=1, device_at="", received_at=now, body="{}", chain="",
    )  # fmt: skip
    verdict = Verdict.objects.create(operation=op, status="quarantined", decided_at=now, looked_at=now)
    assert list(keeping.needed([sha256])) == [sha256]
    archive.pass_(1000)
    removal.sweep()
    assert Blob.objects.get().remove_after is None
    verdict.status = "merged"
    verdict.save()
    assert list(keeping.needed([sha256])) == []
