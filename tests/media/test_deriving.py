"""The duty that derives, beside itself and beside deletion."""

from typing import Any

import pytest

from backend.core import duties
from backend.media import registry, storage
from backend.media.models import Blob, Derivative, Holding
from backend.media.rules.captions import Caption
from backend.media.services import blobs, derivatives, storing
from backend.media.tasks import derive
from tests.media.pictures import photo
from tests.races.threads import at_once


def holding(evidence_id: str = "E1", data: bytes = photo(200, 150), county_id: int = 1) -> Holding:
    """A photo that has just been received."""
    sha256 = storage.current().put(data)
    blob, _ = Blob.objects.get_or_create(sha256=sha256, defaults={"size": len(data), "filetype": "image/jpeg"})
    return Holding.objects.create(blob=blob, county_id=county_id, evidence_id=evidence_id, owner_id=1)


def kinds() -> list[tuple[str, str | None]]:
    return sorted(Derivative.objects.values_list("kind", "holding__evidence_id"), key=str)


@pytest.mark.usefixtures("live_tables")
def test_workers_that_derive_the_same_pictures_at_once_book_each_once() -> None:
    held = [holding(f"E{number}") for number in range(3)]
    at_once(*[derivatives.derive_waiting] * 3)
    assert kinds() == [(kind, f"E{number}") for kind in ("list", "preview") for number in range(3)]
    assert not Holding.objects.filter(pk__in=[each.pk for each in held], derived_at=None).exists()
    for row in Derivative.objects.all():
        assert storage.current().size(row.sha256) == row.size


@pytest.mark.django_db
def test_what_was_deleted_while_it_was_derived_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    held, put = holding(), storing.put

    def deleting(data: bytes) -> str:
        Holding.objects.all().delete()
        return put(data)

    monkeypatch.setattr(storing, "put", deleting)
    derivatives.derive(holding=held)
    assert kinds() == []


@pytest.mark.django_db
def test_a_server_that_ends_leaves_the_rest_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        holding(f"E{number}", photo(20 + number, 20))
    asked: list[bool] = []
    assert derivatives.derive_waiting(enough=lambda: bool(asked.append(True)) or len(asked) > 1) == 1  # type: ignore[func-returns-value]
    assert Holding.objects.filter(derived_at=None).count() == 2


@pytest.mark.django_db
def test_captions_are_asked_of_the_rooms_above_and_copies_of_our_own_have_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Any] = []

    def tell(evidence_ids: Any) -> dict[str, Caption]:
        asked.extend(evidence_ids)
        return {"E1": Caption(place="云川县第三小学")}

    monkeypatch.setattr(registry, "_captioners", [tell])
    for evidence_id in ("E1", "E2", ""):
        holding(evidence_id, photo(1280, 960))
    derive()
    rows = {row.holding.evidence_id: row for row in Derivative.objects.filter(kind="preview") if row.holding}
    assert (asked, {key: row.captioned for key, row in rows.items()}) == (
        ["E1", "E2"],
        {"E1": True, "E2": False, "": False},
    )
    assert len({row.sha256 for row in rows.values()}) == 3
    assert blobs.read(rows[""].sha256) == _plain(photo(1280, 960))


def _plain(data: bytes) -> bytes:
    from backend.media.rules.derivatives import derive as made

    return made(blobs.path(storage.current().put(data)))["preview"]


def test_the_duty_looks_again_every_two_seconds() -> None:
    """For the preview that a web process was asked for, where the worker is another process."""
    assert duties.duties["media.derive"].every <= derivatives.AGAIN
