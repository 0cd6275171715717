"""`media verify` finds what a disk, a restore or a meddling hand has done, in either storage."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backend.media import registry, storage
from backend.media.models import Derivative
from backend.media.services import blobs
from backend.media.tasks import derive
from tests.fixtures.object_store import damage, lose, silent
from tests.media.pictures import photo

PDF = "application/pdf"


def run() -> tuple[int, list[str]]:
    out, code = io.StringIO(), 0
    try:
        call_command("media", "verify", stdout=out)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, out.getvalue().splitlines()


@pytest.fixture
def kept(db: None, storages: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A photo with its two derivatives; some room needs it and everything else that the tests keep."""
    monkeypatch.setattr(registry, "_keepers", [lambda hashes: hashes])
    made = blobs.keep(county_id=1, data=photo(400, 300), filetype="image/jpeg")
    derive()
    return made


def bytes_of(*hashes: str) -> int:
    return sum(storage.current().size(each) or 0 for each in hashes)


def test_a_sound_storage_is_counted(kept: Any) -> None:
    size = bytes_of(kept, *Derivative.objects.values_list("sha256", flat=True))
    assert run() == (0, [f"完好 3 个（{size} 字节），缺失 0 个，损坏 0 个，无记录 0 个，无人需要 0 个。"])


def test_lost_corrupt_and_unknown_files_are_named_and_losses_end_with_1(kept: Any) -> None:
    other = blobs.keep(county_id=1, data=b"%PDF-1.7", filetype=PDF)
    lose(storage.current(), kept)
    damage(storage.current(), other, b"%PDF-1.8")
    stray = storage.current().put(b"nobody's")
    size = bytes_of(*Derivative.objects.values_list("sha256", flat=True))
    assert run() == (
        1,
        [
            f"缺失：{kept}",
            f"损坏：{other}",
            f"无记录：{stray}",
            f"完好 2 个（{size} 字节），缺失 1 个，损坏 1 个，无记录 1 个，无人需要 0 个。",
        ],
    )


def test_what_no_room_needs_is_named_and_is_no_loss(kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_keepers", [lambda hashes: set(hashes) - {kept}])
    code, said = run()
    assert (code, said[0], said[-1][-10:]) == (0, f"无人需要：{kept}", "，无人需要 1 个。")
    lose(storage.current(), kept)
    assert run()[0] == 0


def test_a_storage_that_does_not_answer_is_neither_sound_nor_lost(
    db: None, object_store: Any, settings: Any, tmp_path: Any
) -> None:
    settings.CACHE_DIR, settings.BUCKET = tmp_path / "cache", object_store.bucket()
    blobs.keep(county_id=1, data=b"%PDF-1.7", filetype=PDF)
    with silent(storage.current()), pytest.raises(CommandError, match="文件存储没有应答") as told:
        run()
    assert told.value.returncode == 3
