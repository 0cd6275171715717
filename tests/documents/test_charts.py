"""Heat map and tile map: every figure is written, shades keep their order on grey paper, nothing is cut or overlaps."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.documents.charts import HeatMap, HeatRow, Tile, TileMap, percent_scale, scale_of, tile_places
from backend.documents.charts.shades import DARK_FROM, RAMP, shade
from backend.documents.grid import TYPE_WIDTH
from backend.documents.press import Press
from tests.documents import sheet
from tests.documents.reading import pdfium_pages, pypdf_pages

pytestmark = pytest.mark.once

LONG = "云川县" + "城乡义务教育一体化改革试点片区" * 5 + "中心"


def luminance(step: int) -> float:
    """What a grey printer makes of a shade (ITU-R BT.601)."""
    return 0.299 * RAMP[step].red + 0.587 * RAMP[step].green + 0.114 * RAMP[step].blue


def test_every_shade_is_darker_in_grey_than_the_one_before():
    assert [pale - dark >= 0.125 for pale, dark in pairwise(map(luminance, range(len(RAMP))))] == [True] * 4


def test_figures_are_white_where_the_ground_is_darker_than_the_middle():
    assert [luminance(step) < 0.5 for step in range(len(RAMP))] == [step >= DARK_FROM for step in range(len(RAMP))]


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ((0, 12, 5), ["0–2", "3–5", "6–8", "9–11", "12"]),
        ((0, 1), ["0", "1"]),
        ((), ["0"]),
        ((None, None), ["0"]),
        ((1.5, 9.5), ["0–2", "2–4", "4–6", "6–8", "8–9.5"]),
        ((100,), ["0–29", "30–59", "60–89", "90–100"]),
    ],
)
def test_the_key_names_round_steps(values, labels):
    assert scale_of(values).labels() == labels


def test_the_key_of_shares_has_five_steps():
    assert percent_scale().labels("%") == ["0–20%", "20–40%", "40–60%", "60–80%", "80–100%"]


@given(st.lists(st.one_of(st.none(), st.integers(0, 10_000)), max_size=40))
@settings(max_examples=100, deadline=None)
def test_more_is_never_paler(values):
    scale = scale_of(values)
    grounds = [shade(scale, value)[0].ground for value in sorted(value for value in values if value is not None)]
    assert grounds == sorted(grounds, key=lambda color: -color.red)


@pytest.mark.parametrize("read", [pypdf_pages, pdfium_pages])
def test_every_name_and_figure_of_the_maps_is_on_the_page(read):
    press = Press()
    [page] = read(sheet.render(sheet.charts(press)[-2:], press).content)
    rows, tiles = sheet.heat_rows(), sheet.tiles()
    missing = [row.name for row in rows if row.name not in page] + [
        tile.name for tile in tiles if tile.name not in page
    ]
    assert missing == []
    assert [tile.value for tile in tiles if tile.value is not None and f"{tile.value}%" not in page] == []
    assert page.count("无数据") == 2 + 1


def test_maps_are_told_in_words():
    press = Press()
    rows = [HeatRow("东河", (3, None)), HeatRow("西坪", (0, 1.5))]
    assert HeatMap(press, ("作业", "服务"), rows).words() == "东河作业3、服务无数据；西坪作业0、服务1.5"
    tiles = [Tile("东河", 81.5, 0, 0), Tile("西坪", 20, 1, 0, marked=True), Tile("南溪", None, 0, 1)]
    assert TileMap(press, tiles, "%", "低于目标").words() == "东河81.5%；西坪20%（低于目标）；南溪无数据"


@given(st.lists(st.tuples(st.floats(73, 135), st.floats(18, 53)), max_size=60), st.integers(0, 9))
@settings(max_examples=100, deadline=None)
def test_every_district_has_a_place_of_its_own_with_the_northern_above(points, columns):
    places = tile_places(points, columns)
    assert len(set(places)) == len(points)
    ordered = sorted(range(len(points)), key=lambda at: places[at][1])
    assert [points[a][1] >= points[b][1] for a, b in pairwise(ordered) if places[a][1] < places[b][1]].count(False) == 0
    if columns:
        assert max([0, *(column for column, _ in places)]) < columns


def test_a_map_without_a_place_for_every_tile_is_refused():
    with pytest.raises(ValueError, match="a place of its own"):
        TileMap(Press(), [Tile("东河", 1, 0, 0), Tile("西坪", 2, 0, 0)])
    with pytest.raises(ValueError, match="one value per column"):
        HeatMap(Press(), ("作业",), [HeatRow("东河", (1, 2))])


@pytest.mark.parametrize("columns", [1, 16, 40])
@pytest.mark.parametrize("rows", [0, 1, 26])
def test_maps_of_any_size_stay_inside_the_type_area(columns, rows):
    press = Press()
    heat = HeatMap(press, [LONG] * columns, [HeatRow(LONG, (12345.5,) * columns)] * rows)
    tiles = TileMap(press, [Tile(LONG, 10**9, at % columns, at // columns) for at in range(rows)], "%", LONG[:20])
    rendered = sheet.render([("热力图", heat), ("方格图", tiles)], press)
    assert heat._left + heat._cell * columns <= TYPE_WIDTH + 1e-6
    assert rendered.warnings == ()
    assert "图2" in "".join(pypdf_pages(rendered.content))
