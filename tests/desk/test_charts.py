"""Charts are pure: what they say, where they mark, and that no word becomes markup."""

from xml.etree.ElementTree import Element, fromstring

import pytest

from backend.desk.rules import charts, tile_map
from backend.desk.rules.charts import Bar, Point
from backend.desk.rules.tile_map import Tile

pytestmark = pytest.mark.once


def read(drawing: object) -> Element:
    return fromstring(str(drawing))  # noqa: S314 -- our own picture


def parts(drawing: object, name: str) -> list[dict[str, str]]:
    return [each.attrib for each in read(drawing).iter() if each.get("class") == name]


def words(drawing: object) -> list[str]:
    return [each.text or "" for each in read(drawing).iter("text")]


def test_a_bar_is_as_long_as_its_share_and_hatched_where_it_is_behind() -> None:
    drawing = charts.bars("各组", [Bar("第一组", 50.0), Bar("第二组", 100.0)], target=60.0)
    assert [float(each["width"]) for each in parts(drawing, "behind")] == [charts.FULL / 2]
    assert [float(each["width"]) for each in parts(drawing, "bar")] == [charts.FULL]
    (mark,) = parts(drawing, "target")
    assert float(mark["x1"]) == pytest.approx(charts.NAME + charts.FULL * 0.6, abs=0.05)


def test_nothing_to_count_is_a_dash_and_no_lag() -> None:
    drawing = charts.bars("各组", [Bar("第一组", None)], target=60.0)
    assert ("—" in words(drawing), parts(drawing, "behind")) == (True, [])


def test_a_share_beyond_its_limits_stays_on_its_rail() -> None:
    drawing = charts.bars("各组", [Bar("多", 130.0), Bar("少", -5.0)])
    assert [float(each["width"]) for each in parts(drawing, "bar")] == [charts.FULL, 0.0]


def test_words_never_become_markup_or_style() -> None:
    text = str(charts.bars("<b>", [Bar('"><script>', 1.0, "<i>", "/desk/x?a=1&b=2")]))
    assert ("<script" in text, "<i>" in text, "<b>" in text, "style=" in text) == (False, False, False, False)
    assert "/desk/x?a=1&amp;b=2" in text


def test_every_bar_says_itself_to_who_does_not_see_it() -> None:
    (link,) = read(charts.bars("各组", [Bar("第一组", 50.0, "8/16", "/x")], target=60.0)).iter("a")
    assert link.attrib == {"href": "/x", "aria-label": "第一组：50.0%，8/16，低于时间进度"}


def test_a_line_is_broken_where_there_is_no_data() -> None:
    points = [Point("9上", 1), Point("9下", 2), Point("10上", None), Point("10下", 4), Point("11上", 2)]
    drawing = charts.line("到访", points)
    assert len(parts(drawing, "course")) == 2
    assert len(parts(drawing, "point")) == 4


def test_the_greatest_value_stands_highest_and_nought_on_the_axis() -> None:
    drawing = charts.line("到访", [Point("a", 0), Point("b", 8), Point("c", 4)])
    heights = [float(each["cy"]) for each in parts(drawing, "point")]
    assert heights == [charts.FLOOR, charts.TOP, (charts.FLOOR + charts.TOP) / 2]


@pytest.mark.parametrize("points", [[], [Point("a", None)], [Point("a", 0)]])
def test_a_line_of_little_or_nothing_is_still_a_picture(points: list[Point]) -> None:
    assert parts(charts.line("到访", points), "course") == []


def test_tiles_lie_from_north_to_south_and_from_west_to_east() -> None:
    points = {"南": (108.5, 30.1), "西北": (108.1, 30.9), "东北": (108.9, 30.8), "无": None}
    assert tile_map.placed(points) == {"西北": (0, 0), "东北": (0, 1), "南": (1, 0), "无": (1, 1)}


@pytest.mark.parametrize("count", range(1, 30))
def test_no_tile_hides_another(count: int) -> None:
    points = {str(n): (108 + n % 7 / 10, 30 + n % 5 / 10) if n % 4 else None for n in range(count)}
    assert len(set(tile_map.placed(points).values())) == count


def test_a_tile_is_filled_as_far_as_its_district_is_covered() -> None:
    tiles = [Tile("D1", "澄江学区", 50.0, 2, "/c?district=D1"), Tile("D2", "北麓学区", None, 0)]
    drawing = tile_map.draw("各学区", tiles, {"D1": (108.0, 30.0)})
    assert [float(each["height"]) for each in parts(drawing, "level")] == [tile_map.HEIGHT / 2, 0]
    assert words(drawing) == ["澄江", "50.0%", "逾期 2", "北麓", "—"]
