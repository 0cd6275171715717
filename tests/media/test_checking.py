"""`check_blobs` finds what a disk or a restore has lost."""

import io
from typing import Any

import pytest
from django.core.management import call_command

from backend.media import storage
from backend.media.services import blobs
from backend.media.tasks import derive
from tests.media.pictures import photo


def run() -> tuple[int, list[str]]:
    out, code = io.StringIO(), 0
    try:
        call_command("check_blobs", stdout=out)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, out.getvalue().splitlines()


@pytest.fixture
def kept(db: None) -> str:
    """A photo with its two derivatives."""
    made = blobs.keep(county_id=1, data=photo(400, 300), filetype="image/jpeg")
    derive()
    return made


def test_a_sound_storage_is_counted(kept: Any) -> None:
    assert run() == (0, ["完好 3 个，缺失 0 个，损坏 0 个，无记录 0 个。"])


def test_lost_altered_and_unknown_files_are_named(kept: Any) -> None:
    other = blobs.keep(county_id=1, data=b"%PDF-1.7", filetype="application/pdf")
    storage.current().local(kept).unlink()
    storage.current().local(other).write_bytes(b"%PDF-1.8")
    stray = storage.current().put(b"nobody's")
    assert run() == (
        1,
        [
            f"缺失：{kept}",
            f"损坏：{other}",
            f"无记录：{stray}",
            "完好 2 个，缺失 1 个，损坏 1 个，无记录 1 个。",
        ],
    )
