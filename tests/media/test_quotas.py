"""What one person may send, and that nothing is lost by it (sync protocol, Uploads: 429)."""

from typing import Any

import pytest

from backend.core import clock
from backend.media.models import Upload
from backend.media.parts import Part
from backend.media.services import blobs, quotas
from tests.media.conftest import sha256
from tests.media.pictures import noise
from tests.media.test_upload_refusals import told


def begin(tus: Any, promise: Any, data: bytes, evidence: str) -> Any:
    promise(data, evidence)
    return tus.create(data, evidence)


def send(tus: Any, promise: Any, data: bytes, evidence: str) -> None:
    assert tus.patch(begin(tus, promise, data, evidence).headers["location"], data).status_code == 204


def test_unfinished_bytes_are_bounded_until_one_of_them_ends(tus, promise, settings):
    settings.UPLOADS_OPEN = 5000
    first = begin(tus, promise, noise(3000), "E1")
    refused = begin(tus, promise, noise(2001, seed=2), "E2")
    assert (told(refused), refused.headers["retry-after"]) == ((429, "quota_open"), "60")
    assert begin(tus, promise, noise(2000, seed=3), "E3").status_code == 201
    assert tus.patch(first.headers["location"], noise(3000)).status_code == 204
    assert tus.create(noise(2001, seed=2), "E2").status_code == 201


def test_a_phone_that_begins_the_same_file_anew_is_not_shut_out_by_what_it_left(tus, promise, settings):
    settings.UPLOADS_OPEN = 5000
    data = noise(3000)
    promise(data)
    locations = [tus.create(data).headers["location"] for _ in range(3)]
    assert list(Upload.objects.order_by("pk").values_list("state", flat=True)) == ["ended", "ended", "open"]
    assert [tus.send("HEAD", each).status_code for each in locations] == [410, 410, 200]
    with Part(Upload.objects.get(state="open").path):
        assert told(tus.create(data)) == (429, "quota_open")
    assert tus.patch(locations[2], data).status_code == 204
    assert blobs.read(sha256(data)) == data


def test_a_file_larger_than_the_quota_passes_when_it_is_the_only_one(tus, promise, settings):
    settings.UPLOADS_OPEN = settings.UPLOADS_DAY = 100
    send(tus, promise, noise(3000), "E1")
    assert told(begin(tus, promise, noise(50, seed=2), "E2")) == (429, "quota_day")


def test_the_bytes_of_a_day_are_bounded_and_the_wait_is_no_longer_than_needed(tus, promise, settings):
    settings.UPLOADS_DAY = 5000
    with clock.fixed(clock.now()) as hand:
        send(tus, promise, noise(1000), "E1")
        hand.move(hours=5)
        send(tus, promise, noise(3000, seed=2), "E2")
        hand.move(hours=3)
        fits_after_the_first, fits_after_both = noise(2000, seed=3), noise(2001, seed=4)
        answers = [begin(tus, promise, fits_after_the_first, "E3"), begin(tus, promise, fits_after_both, "E4")]
        assert [told(each) for each in answers] == [(429, "quota_day")] * 2
        assert [int(each.headers["retry-after"]) for each in answers] == [16 * 3600, 21 * 3600]
        hand.move(hours=16)
        send(tus, promise, fits_after_the_first, "E3")
        hand.move(hours=5)
        send(tus, promise, fits_after_both, "E4")


def test_what_was_begun_and_never_sent_uses_up_no_day(tus, promise, settings):
    settings.UPLOADS_DAY = 5000
    for number in range(4):
        begun = begin(tus, promise, noise(4000, seed=number), f"E{number}")
        assert tus.send("DELETE", begun.headers["location"]).status_code == 204
    send(tus, promise, noise(4000, seed=9), "E9")


def test_quotas_are_of_each_person_alone(tus, promise, settings):
    settings.UPLOADS_OPEN = 3000
    assert begin(tus, promise, noise(3000), "E1").status_code == 201
    tus.client.headers["Authorization"] = "Bearer lan"
    promise(noise(3000), "E1", owner="lan")
    assert tus.create(noise(3000), "E1").status_code == 201


@pytest.mark.parametrize("name", ["UPLOADS_OPEN", "UPLOADS_DAY"])
def test_a_limit_of_nothing_is_none(tus, promise, settings, name):
    setattr(settings, name, 0)
    send(tus, promise, noise(3000), "E1")
    send(tus, promise, noise(3000, seed=2), "E2")


def test_a_person_has_so_many_unfinished_uploads_at_most(tus, promise, monkeypatch):
    monkeypatch.setattr(quotas, "MOST_OPEN", 2)
    data = [noise(100, seed=number) for number in range(3)]
    locations = [begin(tus, promise, each, f"E{place}").headers["location"] for place, each in enumerate(data[:2])]
    assert told(begin(tus, promise, data[2], "E2")) == (429, "too_many_uploads")
    assert tus.send("DELETE", locations[0]).status_code == 204
    assert tus.create(data[2], "E2").status_code == 201
