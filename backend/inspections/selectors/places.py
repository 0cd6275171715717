"""As much of a target as counting and naming it takes: thousands of them are read for one figure of coverage."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import QuerySet

from backend.inspections.models import PlanTarget
from backend.registry.models import Target


class Place(NamedTuple):
    """A target, by the names of its columns."""

    pk: uuid.UUID
    code: str
    name: str
    kind: str
    stage: str
    institution_class: str
    district_id: uuid.UUID | None
    station_id: uuid.UUID | None
    is_active: bool
    closed_on: dt.date | None

    @property
    def type_code(self) -> str:
        """Stage or institution class, as `Target.type_code`."""
        return self.stage or self.institution_class


def place(target: Target) -> Place:
    return Place(*(getattr(target, name) for name in Place._fields))


def of(targets: QuerySet[Target]) -> Iterable[Place]:
    return map(Place._make, targets.values_list(*Place._fields))


def of_scope(lines: QuerySet[PlanTarget]) -> list[tuple[Place, str]]:
    """Targets and tracks of the lines of a plan, in their order."""
    columns = (f"target__{name}" for name in Place._fields)
    return [(Place._make(values), track) for track, *values in lines.values_list("track", *columns)]
