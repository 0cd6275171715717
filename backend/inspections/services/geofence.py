"""How far a check-in is from its target. Pure; degrees in, metres out."""

import math
from typing import NamedTuple

LEAST_RADIUS = 500.0
"""Metres; village schools' coordinates and phones in buildings are both that uncertain (product default)."""

EARTH = 6_371_008.8
"""Mean radius of the earth in metres (IUGG)."""

AXIS, ECCENTRICITY = 6_378_245.0, 0.006693421622965943
"""Semi-major axis in metres and squared eccentricity of the Krasovsky 1940 ellipsoid that GCJ-02 is computed on."""


class Point(NamedTuple):
    """A position; `datum` is `wgs84` (GPS) or `gcj02` (Chinese maps and most phones' location services in China)."""

    lng: float
    lat: float
    datum: str = "wgs84"


def distance(one: Point, other: Point) -> float:
    """Metres along the earth between two positions of any datum (haversine)."""
    a, b = to_wgs84(one), to_wgs84(other)
    dlat, dlng = math.radians(b.lat - a.lat), math.radians(b.lng - a.lng)
    half = math.sin(dlat / 2) ** 2 + math.cos(math.radians(a.lat)) * math.cos(math.radians(b.lat)) * (
        math.sin(dlng / 2) ** 2
    )
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(half)))


def is_inside(metres: float, accuracy: float | None) -> bool:
    """Whether a check-in counts as at the target: within the radius, or within what the phone itself is unsure of."""
    return metres <= max(LEAST_RADIUS, min(accuracy or 0.0, 2000.0))


def to_wgs84(point: Point) -> Point:
    """The position in WGS-84; good to about a metre for GCJ-02 inside China (one step of the inverse is enough)."""
    if point.datum != "gcj02":
        return point
    dlng, dlat = _shift(point.lng, point.lat)
    return Point(point.lng - dlng, point.lat - dlat)


def _shift(lng: float, lat: float) -> tuple[float, float]:
    """How many degrees GCJ-02 lies east and north of WGS-84 here (the published approximation of the transform)."""
    x, y = lng - 105.0, lat - 35.0
    wave = 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += (wave + _waves(y, (20, 1), (40, 3)) + _waves(y, (160, 12), (320, 30))) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += (wave + _waves(x, (20, 1), (40, 3)) + _waves(x, (150, 12), (300, 30))) * 2 / 3
    slope = math.sin(math.radians(lat))
    root = math.sqrt(1 - ECCENTRICITY * slope * slope)
    dlat = math.degrees(north * root**3 / (AXIS * (1 - ECCENTRICITY)))
    dlng = math.degrees(east * root / (AXIS * math.cos(math.radians(lat))))
    return dlng, dlat


def _waves(value: float, *parts: tuple[float, float]) -> float:
    return sum(height * math.sin(value * math.pi / length) for height, length in parts)
