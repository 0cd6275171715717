"""An office's own faces: named by configuration, used by every paper, and told of when they cannot be used."""

import lzma
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.documents import fonts
from backend.documents.fonts import Face
from backend.documents.fonts.faces import FILES, VENDORED
from backend.documents.press import Press
from backend.notices.checks import own_faces

pytestmark = pytest.mark.once


@pytest.fixture
def folder(tmp_path: Path, settings: object) -> Iterator[Path]:
    settings.PAPER_FONTS = tmp_path  # type: ignore[attr-defined]
    fonts.use(tmp_path)
    yield tmp_path
    fonts.use(None)


def test_every_paper_takes_the_faces_of_the_configured_folder_first(folder: Path) -> None:
    song = lzma.decompress((VENDORED / f"{FILES[Face.SONG]}.ttf.xz").read_bytes())
    (folder / "小标宋.ttf").write_bytes(song)
    assert Press().glyph("督", Face.TITLE).font.name.startswith(f"{FILES[Face.TITLE]}-")
    assert Press().glyph("督", Face.HEI).font.name == FILES[Face.HEI]
    assert own_faces() == []


def test_a_face_that_cannot_be_used_is_told_at_the_start(folder: Path) -> None:
    (folder / "楷体.ttf").write_bytes(b"OTTO")
    assert [(fault.id, fault.msg[:14]) for fault in own_faces()] == [("notices.W001", "字体文件“楷体.ttf”无法")]


def test_an_empty_folder_and_a_missing_one_are_told_at_the_start(folder: Path, settings: object) -> None:
    assert [fault.msg[:20] for fault in own_faces()] == ["DUDAO_FONTS holds no"]
    settings.PAPER_FONTS = folder / "nowhere"  # type: ignore[attr-defined]
    assert [fault.msg for fault in own_faces()] == ["DUDAO_FONTS names no folder."]


def test_without_configuration_nothing_is_said() -> None:
    assert own_faces() == []
