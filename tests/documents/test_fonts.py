"""Every character is drawn by some face, or somebody is told."""

import json
import lzma
from hashlib import sha256

import pytest

from backend.documents.fonts import Face, Faces, faces, faces_in
from backend.documents.fonts.faces import FILES, VENDORED
from backend.documents.press import MISSING_MARK, Press

pytestmark = pytest.mark.once

RARE = "喆堃勠龑㛃䶮"
TRADITIONAL = "臺灣學校課後輔導與減輕負擔"


@pytest.mark.parametrize("face", list(Face))
def test_rare_and_traditional_characters_are_drawn_by_every_face(face):
    press = Press()
    assert [char for char in RARE + TRADITIONAL if press.glyph(char, face).char != char] == []
    assert press.warnings == ()


def test_a_face_draws_itself_what_it_has():
    press = Press()
    assert press.glyph("督", Face.BODY).font.name == FILES[Face.BODY]
    assert press.glyph("喆", Face.BODY).font.name == FILES[Face.SONG]
    assert press.glyph("臺", Face.TITLE).font.name == FILES[Face.SONG]


def test_figures_in_body_text_have_the_serifs_of_song_unless_the_office_owns_the_face(tmp_path):
    assert Press().glyph("5", Face.BODY).font.name == FILES[Face.SONG]
    (tmp_path / "仿宋.ttf").write_bytes(lzma.decompress((VENDORED / f"{FILES[Face.BODY]}.ttf.xz").read_bytes()))
    assert Press(tmp_path).glyph("5", Face.BODY).font.name.startswith(FILES[Face.BODY] + "-")


def test_a_character_that_no_face_has_is_reported_once_and_marked():
    press = Press()
    assert [press.glyph("😀", Face.BODY).char for _ in range(2)] == [MISSING_MARK, MISSING_MARK]
    assert press.warnings == ("字符“😀”（U+1F600 GRINNING FACE）没有可用字形，已印作“〓”。",)


def test_the_office_puts_its_own_face_before_ours(tmp_path):
    own = lzma.decompress((VENDORED / f"{FILES[Face.SONG]}.ttf.xz").read_bytes())
    (tmp_path / "仿宋.ttf").write_bytes(own)
    press = Press(tmp_path)
    assert press.glyph("督", Face.BODY).font.name == f"FandolFang-Regular-{sha256(own).hexdigest()[:12]}"
    assert press.glyph("督", Face.KAI).font.name == FILES[Face.KAI]


def test_a_broken_override_is_reported_and_ours_is_used(tmp_path):
    (tmp_path / "楷体.ttf").write_bytes(b"not a font at all")
    press = Press(tmp_path)
    assert press.glyph("督", Face.KAI).font.name == FILES[Face.KAI]
    assert [warning[:12] for warning in press.warnings] == ["字体文件“楷体.ttf”"]


def test_no_font_is_opened_before_it_is_needed(monkeypatch):
    monkeypatch.setattr(faces, "_vendored", faces._vendored.__wrapped__)
    found = Faces()
    found.find("督", Face.HEI)
    assert [font.name for font in found.fonts if font.is_open] == [FILES[Face.HEI]]


def test_the_files_are_those_of_the_manifest():
    manifest = json.loads((VENDORED / "MANIFEST.json").read_text())
    found = {font.name: sha256(font.file.content).hexdigest() for font in faces_in().fonts}
    assert found == {name: entry["sha256"] for name, entry in manifest.items()}
    assert set(manifest) == set(FILES.values())
