"""The districts of a county and where they lie: the middle of their units, good enough to put tiles in order."""

import uuid
from typing import NamedTuple

from django.db.models import Avg

from backend.registry.models import SchoolDistrict


class Centre(NamedTuple):
    """A district; `point` is (longitude, latitude) in degrees, None while no unit of it has a place."""

    id: uuid.UUID
    name: str
    point: tuple[float, float] | None


def of_districts(county_id: int) -> list[Centre]:
    """In the order of their codes.

    Datums are not told apart: they differ by some hundred metres, and districts do not.
    """
    rows = SchoolDistrict.objects.filter(county_id=county_id).order_by("code")
    rows = rows.annotate(x=Avg("target__longitude"), y=Avg("target__latitude"))
    found = rows.values_list("pk", "name", "x", "y")
    return [Centre(pk, name, None if x is None or y is None else (x, y)) for pk, name, x, y in found]
