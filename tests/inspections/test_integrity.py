"""Verified evidence is compared with what was declared, and with every other photo of its county."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backend.core import clock
from backend.inspections.models import Evidence, EvidenceFlag, Visit
from backend.inspections.services import integrity
from backend.inspections.services.evidence import Camera, Told
from backend.inspections.services.visits import Place
from backend.journal.models import AuditLine, FeedRow
from backend.media.services import blobs
from tests.fixtures.visits import Fieldwork
from tests.fixtures.witnesses import Photos
from tests.media import scenes


@pytest.fixture
def visit(fieldwork: Fieldwork) -> Visit:
    return fieldwork.begun()


def flags(row: Evidence) -> dict[str, Any]:
    return {flag.kind: flag.detail for flag in EvidenceFlag.objects.filter(evidence=row)}


def exif(**more: Any) -> bytes:
    """Of a photo taken a minute ago at the school."""
    local = (clock.now() - dt.timedelta(minutes=1)).astimezone(ZoneInfo("Asia/Shanghai"))
    return scenes.exif(**{"taken": f"{local:%Y:%m:%d %H:%M:%S}", "model": "M2102J2SC", **more})


def test_an_honest_photo_is_assessed_once_and_raises_nothing(photos: Photos, visit: Visit) -> None:
    row = photos.assessed(visit, scenes.jpeg(scenes.scene(1), exif=exif()), camera=Camera(model="M2102J2SC"))
    assert flags(row) == {}
    assert (row.facts["model"], row.facts["orientation"]) == ("M2102J2SC", 1)
    assert row.facts["metres_to_target"] < 50
    assert row.facts["metres_to_file"] < 50
    assert integrity.assess_waiting() == 0


def test_what_does_not_fit_becomes_flags_and_an_audit_line_and_nothing_else(photos: Photos, visit: Visit) -> None:
    now = clock.now()
    row = photos.taken(
        visit,
        scenes.jpeg(
            scenes.scene(2), exif=exif(taken="2026:11:19 18:00:00", lat=(31.0, 10.0, 0.0), software="Snapseed 2.0")
        ),
        filetype="image/png",
        place=Place(108.80, 30.9322, 20.0),
        mock=True,
        camera=Camera(model="NOH-AN00"),
        told=Told(at=now, offset_ms=300_000, received_at=now),
    )
    before = list(FeedRow.objects.order_by("pk").values_list("pk", "seq", "document"))
    integrity.assess_waiting()
    row.refresh_from_db()
    assert set(flags(row)) == {
        "time_gap", "clock_skew", "place_gap", "far_from_target", "mock_location", "wrong_type", "device_gap", "edited"
    }  # fmt: skip
    assert 8000 < flags(row)["far_from_target"]["metres"] < 9000
    assert row.state == "verified"
    line = AuditLine.objects.get(kind="evidence", object_id=str(row.pk), verb="evidence.flagged")
    assert line.detail == {"flags": sorted(flags(row))}
    assert list(FeedRow.objects.order_by("pk").values_list("pk", "seq", "document")) == before
    assert not [word for word in ("mock_location", "NOH-AN00", "Snapseed", "300000") if word in str(before)]


def test_positions_of_either_datum_are_compared_in_one(photos: Photos, visit: Visit) -> None:
    """GCJ-02 lies some 500 m from WGS 84: the same place in both raises nothing, taken for each other it does."""
    there = Place(108.7174, 30.9297, 5.0, "gcj02")
    assert flags(photos.assessed(visit, scenes.jpeg(scenes.scene(3), exif=exif()), place=there)) == {}
    taken_for = Place(there.lng, there.lat, 5.0, "wgs84")
    row = photos.assessed(visit, scenes.jpeg(scenes.scene(4), exif=exif()), place=taken_for)
    assert 400 < row.facts["metres_to_target"] < 700


def test_a_photo_without_a_place_is_measured_from_where_the_file_says(photos: Photos, visit: Visit) -> None:
    row = photos.assessed(visit, scenes.jpeg(scenes.scene(5), exif=exif(lat=(31.0, 55.0, 0.0))), place=None)
    assert set(flags(row)) == {"no_place", "far_from_target"}


def test_the_same_bytes_again_flag_both_and_near_duplicates_only_across_visits(
    photos: Photos, visit: Visit, fieldwork: Fieldwork
) -> None:
    image, other_visit = scenes.scene(6), fieldwork.begun()
    first = photos.assessed(visit, scenes.jpeg(image))
    beside = photos.assessed(visit, scenes.jpeg(image, 60))
    assert flags(first) == flags(beside) == {}
    again = photos.assessed(other_visit, scenes.jpeg(image))
    assert [set(flags(row)) for row in (first, beside, again)] == [{"reused"}, {"lookalike"}, {"reused", "lookalike"}]
    assert EvidenceFlag.objects.get(evidence=first, kind="reused").other_id == again.pk
    unrelated = photos.assessed(other_visit, scenes.jpeg(scenes.scene(7)))
    assert flags(unrelated) == {}


def test_signatures_and_documents_may_look_alike(photos: Photos, visit: Visit, fieldwork: Fieldwork) -> None:
    image = scenes.scene(8)
    for quality, where in ((80, visit), (60, fieldwork.begun())):
        row = photos.assessed(where, scenes.jpeg(image, quality), kind="signature")
        assert flags(row) == {}


def test_other_counties_are_never_compared(photos: Photos, visit: Visit, fieldwork: Fieldwork) -> None:
    data = scenes.jpeg(scenes.scene(9))
    there = fieldwork.begun(county=fieldwork.cast.county("linshui", "邻水区"))
    rows = [photos.assessed(visit, data), photos.assessed(there, data)]
    assert [flags(row) for row in rows] == [{}, {}]


def test_what_storage_has_lost_waits_and_holds_up_nobody(photos: Photos, visit: Visit) -> None:
    lost = photos.taken(visit, scenes.jpeg(scenes.scene(10)))
    blobs.path(lost.sha256).unlink()
    found = photos.assessed(visit, scenes.jpeg(scenes.scene(11)))
    lost.refresh_from_db()
    assert (lost.assessed_at, found.assessed_at is not None) == (None, True)


def test_hostile_exif_is_no_reason_to_stop(photos: Photos, visit: Visit) -> None:
    odd = exif(make="\x00\ud83d" * 9, model="x" * 5000, software="\x07bell", taken="9999:99:99 99:99:99")
    row = photos.assessed(visit, scenes.jpeg(scenes.scene(12), exif=odd))
    assert len(row.facts["model"]) <= 80
    assert "taken_at" not in row.facts
