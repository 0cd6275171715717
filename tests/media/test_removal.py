"""What nobody needs is deleted after a month; what anybody needs, or is just storing, never."""

import datetime as dt
import time
from typing import Any

import pytest

from backend.core import clock
from backend.journal.models import AuditLine
from backend.media import registry, storage
from backend.media.models import Blob, Derivative, Holding
from backend.media.rules import derivatives as making
from backend.media.services import blobs, derivatives, removal, storing
from backend.media.tasks import derive
from tests.media.conftest import sha256
from tests.media.pictures import paper, photo
from tests.races.threads import at_once

PDF = paper()


@pytest.fixture
def wanted(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Hashes that a room above needs."""
    found: set[str] = set()
    monkeypatch.setattr(registry, "_keepers", [*registry._keepers[:1], lambda hashes: found & set(hashes)])
    return found


def keep(data: bytes = PDF, county: int = 1) -> str:
    return blobs.keep(county_id=county, data=data, filetype="application/pdf")


def days(monkeypatch: pytest.MonkeyPatch, count: float) -> None:
    at = clock.now() + dt.timedelta(days=count)
    monkeypatch.setattr(clock, "now", lambda: at)


def swept() -> list[str]:
    return [each.sha256 for each in removal.sweep()]


def is_there(sha256: str) -> tuple[bool, bool]:
    """(a row, a file)"""
    return Blob.objects.filter(sha256=sha256).exists(), storage.current().size(sha256) is not None


@pytest.mark.usefixtures("storages", "db")
class TestSweep:
    """On either storage."""

    def test_what_nobody_needs_goes_a_month_after_nobody_needed_it(self, wanted, monkeypatch):
        kept = keep()
        wanted.add(kept)
        assert swept() == []
        days(monkeypatch, 100)
        wanted.clear()
        assert (swept(), is_there(kept)) == ([], (True, True))
        days(monkeypatch, 29.9)
        assert (swept(), is_there(kept)) == ([], (True, True))
        days(monkeypatch, 0.2)
        assert (swept(), is_there(kept)) == ([kept], (False, False))
        assert swept() == []

    def test_what_is_needed_again_stays_and_its_month_begins_anew(self, wanted, monkeypatch):
        kept = keep()
        swept()
        days(monkeypatch, 20)
        wanted.add(kept)
        swept()
        wanted.clear()
        swept()
        days(monkeypatch, 20)
        assert (swept(), is_there(kept)) == ([], (True, True))
        days(monkeypatch, 11)
        assert swept() == [kept]

    def test_smaller_copies_go_with_their_picture_and_one_that_another_shares_stays(self, wanted, monkeypatch):
        first = blobs.keep(county_id=1, data=photo(400, 300), filetype="image/jpeg")
        second = blobs.keep(county_id=1, data=photo(400, 300, comment=b"other"), filetype="image/jpeg")
        derive()
        files = {row.sha256 for row in Derivative.objects.filter(blob__sha256=first)}
        shared = files & {row.sha256 for row in Derivative.objects.filter(blob__sha256=second)}
        assert shared, "the same picture with another comment has the same list size"
        wanted.add(second)
        swept()
        days(monkeypatch, 31)
        assert swept() == [first]
        assert {each for each in files if storage.current().size(each) is not None} == shared
        wanted.clear()
        swept()
        days(monkeypatch, 31)
        assert (swept(), list(storage.current().hashes())) == ([second], [])

    def test_a_file_that_no_row_names_gets_a_month_too(self, wanted, monkeypatch):
        stray = storage.current().put(photo())
        assert (swept(), is_there(stray)) == ([], (True, True))
        assert Blob.objects.get().filetype == "image/jpeg"
        days(monkeypatch, 31)
        assert (swept(), is_there(stray)) == ([stray], (False, False))

    def test_an_hour_is_left_to_whoever_just_stored_the_same_bytes(self, wanted, monkeypatch):
        kept = keep()
        storing.touch(kept)
        removal.condemn([kept])
        assert (removal.remove_due(), is_there(kept)) == ([], (True, True))
        days(monkeypatch, 0.1)
        assert [each.sha256 for each in removal.remove_due()] == [kept]

    def test_keeping_the_same_bytes_again_saves_them(self, wanted, monkeypatch):
        kept = keep()
        swept()
        days(monkeypatch, 31)
        keep()
        assert (swept(), is_there(kept)) == ([], (True, True))

    def test_a_run_that_died_after_the_file_went_is_ended_by_the_next(self, wanted, monkeypatch):
        kept = keep()
        removal.condemn([kept])
        storage.current().delete(kept)
        assert [each.sha256 for each in removal.remove_due()] == [kept]
        assert Blob.objects.count() == 0


def test_a_deletion_leaves_an_audit_line_in_every_county_that_had_the_bytes(db, wanted):
    kept = keep()
    keep(county=2)
    Holding.objects.create(blob=Blob.objects.get(), county_id=2, evidence_id="E7", owner_id=5)
    Blob.objects.update(used_at=None)  # it came for the second county more than an hour ago
    removal.condemn([kept])
    removal.remove_due()
    lines = AuditLine.objects.filter(verb="blob.removed").order_by("county_id")
    assert [(line.county_id, line.kind, line.object_id, line.detail) for line in lines] == [
        (1, "blob", kept, {"size": len(PDF), "evidence": []}),
        (2, "blob", kept, {"size": len(PDF), "evidence": ["E7"]}),
    ]


def test_what_is_being_uploaded_is_needed(tus, promise, wanted, monkeypatch):
    """Condemned or suspected for a month: not while somebody sends the same bytes."""
    kept = keep()
    promise(PDF, filetype="application/pdf")
    location = tus.create(PDF, filetype="application/pdf").headers["location"]
    removal.condemn([kept])
    assert (removal.remove_due(), is_there(kept)) == ([], (True, True))
    assert tus.patch(location, PDF).status_code == 204
    assert blobs.read(kept) == PDF


def test_when_storage_does_not_answer_nothing_is_forgotten(db, wanted, object_store, settings, tmp_path):
    from backend.media.problems import StorageDown
    from tests.fixtures.object_store import silent

    settings.CACHE_DIR, settings.BUCKET = tmp_path / "cache", object_store.bucket()
    kept = keep()
    removal.condemn([kept])
    with silent(storage.current()), pytest.raises(StorageDown):
        removal.remove_due()
    assert is_there(kept) == (True, True)


def test_every_room_that_names_blobs_says_which_it_needs():
    """A new column with hashes of blobs needs a keeper, else its files are deleted after a month. Add both here."""
    from django.apps import apps

    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.name.endswith("sha256") and model._meta.label.split(".")[0] != "media"
    }
    assert found == {
        "inspections.Evidence.sha256",
        "inspections.EvidenceCopy.sha256",
        "inspections.EvidenceCopy.source_sha256",  # that of its evidence
        "notices.RectificationNotice.pdf_sha256",
        "notices.NoticeEvidence.sha256",
        "notices.PaperCode.sha256",
        "notices.EscalationPaper.pdf_sha256",
        "notices.IssuedCopy.sha256",
        "bulletins.Bulletin.pdf_sha256",
        "bulletins.BulletinPaper.sha256",
        "bulletins.BulletinPaper.sheet_sha256",
        "bulletins.Circular.pdf_sha256",
    }
    rooms = {keeps.__module__.split(".")[1] for keeps in registry._keepers}
    assert rooms == {"media", "inspections", "notices", "bulletins"}


# At the same moment, on real connections


def race(*deeds: Any) -> list[Any]:
    return at_once(*deeds)


@pytest.mark.usefixtures("live_tables", "wanted")
class TestRaces:
    """Keeping and deleting of the same bytes at once: whoever was told that they are kept finds them."""

    @pytest.mark.parametrize("round", range(4))
    def test_keeping_and_deleting_at_once_never_loses_what_was_kept(self, round, monkeypatch):
        data = [f"%PDF-{number}".encode() for number in range(6)]
        kept = [keep(each) for each in data]
        removal.condemn(kept)
        deeds = [lambda each=each: keep(each) for each in data]
        race(removal.remove_due, *deeds, removal.remove_due)
        assert [blobs.read(each) for each in kept] == data
        assert {each: is_there(each) for each in kept} == dict.fromkeys(kept, (True, True))

    def test_a_deletion_that_is_slow_is_waited_for(self, monkeypatch):
        kept = keep()
        removal.condemn([kept])
        real = storage.LocalStorage.delete

        def slow(self: Any, sha256: str) -> None:
            time.sleep(0.3)
            real(self, sha256)

        def later() -> str:
            time.sleep(0.1)
            return keep()

        monkeypatch.setattr(storage.LocalStorage, "delete", slow)
        gone, _ = race(removal.remove_due, later)
        assert ([each.sha256 for each in gone], blobs.read(kept)) == ([kept], PDF)

    @pytest.mark.parametrize("round", range(3))
    def test_a_smaller_copy_made_and_deleted_at_once_is_there_for_the_picture_that_stays(self, round, wanted):
        going, staying = photo(200, 150), photo(200, 150, comment=b"other")
        first = blobs.keep(county_id=1, data=going, filetype="image/jpeg")
        derive()
        second = blobs.keep(county_id=1, data=staying, filetype="image/jpeg")
        removal.condemn([first])
        race(removal.remove_due, derivatives.derive_waiting)
        made = Derivative.objects.filter(blob__sha256=second)
        assert {storage.digest(storage.current(), row.sha256) for row in made} == {
            (row.sha256, row.size) for row in made
        }
        assert is_there(first) == (False, False)


def test_a_picture_that_is_deleted_while_its_copies_are_made_stops_no_other(live_tables, wanted, monkeypatch):
    first, second = (blobs.keep(county_id=1, data=photo(*size), filetype="image/jpeg") for size in ((20, 10), (30, 10)))
    real = making.derive

    def deleting(*said: Any, **how: Any) -> Any:
        monkeypatch.setattr(making, "derive", real)
        made = real(*said, **how)
        removal.condemn([first])
        removal.remove_due()
        return made

    monkeypatch.setattr(making, "derive", deleting)
    derivatives.derive_waiting()
    assert set(Derivative.objects.values_list("blob__sha256", flat=True)) == {second}


def test_the_file_of_a_derivative_is_put_back_when_a_row_appears_while_it_is_deleted(db, wanted, monkeypatch):
    """The narrow place of `discard`: looked, nobody; deleted; and there is a row."""
    data = photo(100, 80)
    blob = blobs.keep(county_id=1, data=PDF, filetype="application/pdf")
    small = storage.current().put(data)
    real = storage.LocalStorage.delete

    def delete(self: Any, sha256: str) -> None:
        Derivative.objects.create(
            blob=Blob.objects.get(sha256=blob), kind="list", sha256=small, size=len(data), holding=None
        )
        real(self, sha256)

    monkeypatch.setattr(storage.LocalStorage, "delete", delete)
    removal.discard([small])
    assert blobs.read(small) == data
    assert sha256(data) == small
