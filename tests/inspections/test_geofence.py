"""Distances of check-ins."""

import math

import pytest

from backend.inspections.services.geofence import Point, distance, is_inside, to_wgs84

SCHOOL = Point(108.7132, 30.9322)


def test_a_degree_of_latitude_is_about_111_kilometres() -> None:
    assert distance(SCHOOL, Point(108.7132, 31.9322)) == pytest.approx(111_195, rel=1e-3)
    assert distance(SCHOOL, SCHOOL) == 0


def test_distance_is_symmetric_and_shrinks_with_latitude() -> None:
    east = Point(109.7132, 30.9322)
    assert distance(SCHOOL, east) == pytest.approx(distance(east, SCHOOL))
    assert distance(SCHOOL, east) == pytest.approx(111_195 * math.cos(math.radians(30.9322)), rel=1e-3)


def test_gcj02_is_shifted_by_hundreds_of_metres_and_brought_back() -> None:
    """Tian'anmen by both datums, from published pairs: 116.3912757, 39.9065 (WGS-84), 116.3975, 39.9079 (GCJ-02)."""
    wgs, gcj = Point(116.391276, 39.906500), Point(116.397517, 39.907903, "gcj02")
    assert distance(wgs, Point(gcj.lng, gcj.lat)) > 400
    assert distance(wgs, gcj) < 5
    assert to_wgs84(wgs) == wgs


@pytest.mark.parametrize(
    ("metres", "accuracy", "inside"),
    [(0, 10, True), (500, None, True), (501, 20, False), (900, 1000, True), (2500, 9000, False)],
)
def test_the_radius_is_five_hundred_metres_or_what_the_phone_is_unsure_of(
    metres: float, accuracy: float | None, inside: bool
) -> None:
    assert is_inside(metres, accuracy) is inside
