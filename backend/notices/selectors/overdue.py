"""How many items of each unit are overdue: told to the draw, which visits such units more often."""

import datetime as dt
import uuid

from django.db.models import Count

from backend.inspections.models import FindingState
from backend.notices.models import NoticeFinding
from backend.notices.rules.lifecycle import WITH_THE_UNIT

OPEN = (FindingState.IN_NOTICE, FindingState.RECTIFYING, FindingState.RETURNED)


def by_target(county_id: int, day: dt.date) -> dict[uuid.UUID, int]:
    """Items of issued notices whose deadline has passed on `day` while they lie with the unit, by target."""
    rows = NoticeFinding.objects.filter(
        county_id=county_id, due_on__lt=day, notice__state__in=WITH_THE_UNIT, finding__state__in=OPEN
    )
    return dict(rows.values_list("notice__target").annotate(n=Count("pk")))
