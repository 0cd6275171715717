"""Every character is drawn by some face, or somebody is told."""

import json
import lzma
from hashlib import sha256

import pytest

from backend.documents.fonts import Face, Faces
from backend.documents.fonts.faces import FILES, VENDORED
from backend.documents.press import MISSING_MARK, Press

RARE = "喆堃勠龑㛃䶮"
TRADITIONAL = "臺灣學校課後輔導與減輕負擔"


@pytest.mark.parametrize("face", list(Face))
def test_rare_and_traditional_characters_are_drawn_by_every_face(face):
    press = Press()
    assert [char for char in RARE + TRADITIONAL if press.font_of(char, face)[1] != char] == []
    assert press.warnings == ()


def test_a_face_draws_itself_what_it_has():
    press = Press()
    assert press.font_of("督", Face.BODY)[0] == FILES[Face.BODY]
    assert press.font_of("喆", Face.BODY)[0] == FILES[Face.SONG]
    assert press.font_of("臺", Face.TITLE)[0] == FILES[Face.SONG]


def test_figures_in_body_text_have_the_serifs_of_song_unless_the_office_owns_the_face(tmp_path):
    assert Press().font_of("5", Face.BODY)[0] == FILES[Face.SONG]
    (tmp_path / "仿宋.ttf").write_bytes(lzma.decompress((VENDORED / f"{FILES[Face.BODY]}.ttf.xz").read_bytes()))
    assert Press(tmp_path).font_of("5", Face.BODY)[0].startswith(FILES[Face.BODY] + "-")


def test_a_character_that_no_face_has_is_reported_once_and_marked():
    press = Press()
    assert [press.font_of("😀", Face.BODY)[1] for _ in range(2)] == [MISSING_MARK, MISSING_MARK]
    assert press.warnings == ("字符“😀”（U+1F600 GRINNING FACE）没有可用字形，已印作“〓”。",)


def test_the_office_puts_its_own_face_before_ours(tmp_path):
    own = lzma.decompress((VENDORED / f"{FILES[Face.SONG]}.ttf.xz").read_bytes())
    (tmp_path / "仿宋.ttf").write_bytes(own)
    press = Press(tmp_path)
    assert press.font_of("督", Face.BODY)[0] == f"FandolFang-Regular-{sha256(own).hexdigest()[:12]}"
    assert press.font_of("督", Face.KAI)[0] == FILES[Face.KAI]


def test_a_broken_override_is_reported_and_ours_is_used(tmp_path):
    (tmp_path / "楷体.ttf").write_bytes(b"not a font at all")
    press = Press(tmp_path)
    assert press.font_of("督", Face.KAI)[0] == FILES[Face.KAI]
    assert [warning[:12] for warning in press.warnings] == ["字体文件“楷体.ttf”"]


def test_no_font_is_opened_before_it_is_needed():
    faces = Faces()
    assert [chain[0]._widths for chain in faces._chains.values()] == [None] * len(Face)


def test_the_files_are_those_of_the_manifest():
    manifest = json.loads((VENDORED / "MANIFEST.json").read_text())
    found = {name: sha256(lzma.decompress((VENDORED / f"{name}.ttf.xz").read_bytes())).hexdigest() for name in manifest}
    assert found == {name: entry["sha256"] for name, entry in manifest.items()}
    assert set(manifest) == set(FILES.values())
