"""What is written on previews and copies, and that it can be read."""

import datetime as dt
import io
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image, ImageStat

from backend.core.clock import CHINA
from backend.media.rules import captions, derivatives
from backend.media.rules.captions import Caption
from backend.media.rules.lettering import Lettering, caption, lettering

SHA256 = "ab12cd34ef567890" * 4
TAKEN = dt.datetime(2026, 11, 20, 1, 12, 33, tzinfo=dt.UTC)
KNOWN = Caption("云川县第三小学", TAKEN, 108.71, 30.93, 19.6, "wgs84", "第二督查组")


@pytest.fixture
def letters() -> Lettering:
    return lettering(tuple(settings.CAPTION_FONTS))


def test_a_preview_tells_place_time_position_team_and_hash() -> None:
    assert captions.parts(KNOWN, SHA256) == [
        "云川县第三小学",
        "2026-11-20 09:12:33",
        "东经108.71000° 北纬30.93000° ±20米（WGS84）",
        "第二督查组",
        "指纹ab12cd34ef56",
    ]


def test_what_is_not_known_is_left_out() -> None:
    assert captions.parts(None, SHA256) == ["指纹ab12cd34ef56"]
    assert captions.parts(Caption("云川县第三小学", lat=30.93), SHA256) == ["云川县第三小学", "指纹ab12cd34ef56"]
    south = captions.parts(Caption(lng=-70.5, lat=-33.25, datum="gcj02"), SHA256)
    assert south[0] == "西经70.50000° 南纬33.25000°（GCJ-02）"


def test_a_copy_tells_neither_place_nor_position_nor_team() -> None:
    assert captions.copy_parts(TAKEN, SHA256, ["已脱敏", "已审定"]) == [
        "督导佐证（已脱敏、已审定）",
        "2026-11-20",
        "指纹ab12cd34ef56",
    ]
    assert captions.copy_parts(None, SHA256) == ["督导佐证", "指纹ab12cd34ef56"]


@pytest.mark.parametrize("ground", ["white", "black", "gray", "red"])
@pytest.mark.parametrize("size", [(1280, 960), (960, 1280), (1280, 400), (320, 240)])
def test_it_can_be_read_on_any_ground(letters: Lettering, ground: str, size: tuple[int, int]) -> None:
    """Letters are white, their ground is dark: even on snow at least half the way between black and white apart."""
    image = Image.new("RGB", size, ground)
    caption(image, captions.parts(KNOWN, SHA256), letters)
    written = image.crop((0, size[1] - round(max(size) / 48), size[0] // 2, size[1])).convert("L")
    middle = ImageStat.Stat(image.crop((2, size[1] - 8, 6, size[1] - 2)).convert("L")).mean[0]
    assert (written.getextrema()[1], middle <= 120) == (255, True)


def test_what_lies_above_the_caption_is_untouched(letters: Lettering) -> None:
    image = Image.new("RGB", (1280, 960), "white")
    caption(image, captions.parts(KNOWN, SHA256), letters)
    assert image.crop((0, 0, 1280, 800)).getextrema() == ((255, 255),) * 3


@pytest.mark.parametrize("char", ["龘", "喆", "堃", "勠", "龑", "臺", "°", "±", "（", "Ω"])
def test_every_character_of_a_name_is_in_one_of_the_fonts(letters: Lettering, char: str) -> None:
    [(font, text)] = list(letters.runs(char, 24))
    missing = font.getmask("\U0010fffe")
    drawn = font.getmask(text)
    assert (drawn.size, bytes(drawn)) != (missing.size, bytes(missing))


def test_a_rare_character_comes_from_the_second_font_and_the_rest_from_the_first(letters: Lettering) -> None:
    assert [text for _, text in letters.runs("云川龘小学", 24)] == ["云川", "龘", "小学"]


@pytest.mark.parametrize("size", [(1, 1), (12, 900), (900, 12), (80, 60), (200, 20), (50, 1280)])
def test_a_picture_without_room_is_left_alone_and_nothing_fails(letters: Lettering, size: tuple[int, int]) -> None:
    image = Image.new("RGB", size, "white")
    caption(image, captions.parts(KNOWN, SHA256), letters)
    assert image.size == size


def test_a_name_without_end_and_signs_that_cannot_be_printed_do_no_harm(letters: Lettering) -> None:
    image = Image.new("RGB", (1280, 960), "white")
    caption(image, ["学" * 5000], letters)
    assert image.getextrema() == ((255, 255),) * 3
    caption(image, ["云川\n\u202e\0小学\ud800", "指纹"], letters)
    assert image.crop((0, 800, 1280, 960)).convert("L").getextrema()[0] < 128  # type: ignore[operator]


def darkest(data: bytes) -> float:
    return Image.open(io.BytesIO(data)).convert("L").getextrema()[0]  # type: ignore[return-value]


def test_both_sizes_carry_a_caption_and_pictures_without_one_are_plain(tmp_path: Path, letters: Lettering) -> None:
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (2000, 1500), "white").save(path)
    for made in (derivatives.derive(path), derivatives.derive(path, [], letters)):
        assert min(map(darkest, made.values())) > 250
    marked = derivatives.derive(path, ["云川县第三小学"], letters, short=["2026-03-03 09:12:33"])
    assert max(map(darkest, marked.values())) < 128


def test_the_list_size_says_when_and_which_in_one_line() -> None:
    at = dt.datetime(2026, 3, 3, 9, 12, 33, tzinfo=CHINA)
    short = captions.short_parts(Caption("云川县第三小学", at, 108.7, 30.9, 20.0, "wgs84", "第一督查组"), "ab" * 32)
    assert short == ["2026-03-03 09:12:33", "指纹abababababab"]
    assert captions.short_parts(None, "ab" * 32) == ["指纹abababababab"]
