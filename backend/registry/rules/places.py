"""Coordinates and codes."""

import re

CODE = re.compile(r"[A-Za-z0-9_-]{1,32}")
"""Codes of the registry: what imports find things by."""

WEST, EAST = 73.0, 136.0
SOUTH, NORTH = 3.0, 54.0
"""A box around China, in degrees; it catches swapped and mistyped coordinates, no more."""

DATUMS = ("wgs84", "gcj02")
"""What phones of the country report: WGS-84 from the receiver, GCJ-02 from map services."""


def in_china(longitude: float, latitude: float) -> bool:
    """Whether a point in degrees lies in the box around China."""
    return WEST <= longitude <= EAST and SOUTH <= latitude <= NORTH
