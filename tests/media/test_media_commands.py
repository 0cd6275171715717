"""`manage.py media sweep`: what it would delete, and what it deletes."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.management import call_command

from backend.core import clock
from backend.media import registry, storage
from backend.media.management.tables import table
from backend.media.models import Blob
from backend.media.services import blobs


@pytest.fixture
def wanted(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    found: set[str] = set()
    monkeypatch.setattr(registry, "_keepers", [lambda hashes: found & set(hashes)])
    return found


def sweep(*said: str) -> list[str]:
    out = io.StringIO()
    call_command("media", "sweep", *said, stdout=out)
    return out.getvalue().splitlines()


def keep(data: bytes) -> str:
    return blobs.keep(county_id=1, data=data, filetype="application/pdf")


def test_a_dry_run_names_what_waits_and_until_when_and_deletes_nothing(
    db: None, wanted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, needed = keep(b"%PDF-1 old"), keep(b"%PDF-2 needed")
    wanted.add(needed)
    sweep("--dry-run")
    later = clock.now() + dt.timedelta(days=30)
    monkeypatch.setattr(clock, "now", lambda: later)
    new = keep(b"%PDF-3 newer")
    until = clock.local_date(later + dt.timedelta(days=30))
    assert [line.split() for line in sweep("--dry-run")] == [
        ["校验值", "字节", "删除日期"],
        [old, "10", "到期"],
        [new, "12", str(until)],
        ["无人需要的文件", "2", "个，其中到期将删除", "1", "个（10", "字节）。"],
    ]
    assert Blob.objects.count() == 3
    assert sweep() == [f"已删除：{old}", "已了结上传 0 件，已删除文件 1 个（10 字节）。"]
    assert set(storage.current().hashes()) == {needed, new}


def test_columns_stand_under_each_other_in_chinese_too() -> None:
    assert list(table(("种类", "字节"), [("照片", 12345), ("pdf", 7)])) == [
        "种类    字节",
        "照片  12,345",
        "pdf        7",
    ]
