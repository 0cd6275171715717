"""What leadership sees at one glance: read through the selectors of the rooms, nothing is counted here."""

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass

from backend.bulletins.rules.figure_names import FIXED
from backend.bulletins.rules.periods import holding
from backend.bulletins.selectors import trends
from backend.bulletins.selectors.coverage import goal
from backend.bulletins.selectors.trends import Issue
from backend.core import clock
from backend.core.actor import Actor
from backend.desk.selectors import awaited
from backend.desk.selectors.awaited import Awaited
from backend.inspections.selectors.coverage import Coverage, Share, TeamShare, coverage
from backend.notices.selectors import unsettled
from backend.notices.selectors.unsettled import Some
from backend.registry.selectors import centres
from backend.registry.selectors.centres import Centre

TRENDS = {key: FIXED[key] for key in ("visits", "findings.grave", "rectification.on_time.rate", "rectification.late")}
"""Figures of the bulletins whose course is drawn."""


@dataclass(frozen=True, slots=True)
class Overview:
    """`shares`: of each district with any the units in scope and those covered, on any track; `goal`: percent of the
    month that is gone; `open`: lines of the ledger that are not settled.
    """

    now: dt.datetime
    month: str
    coverage: Coverage
    shares: dict[uuid.UUID, Share]
    goal: float | None
    districts: list[Centre]
    open: list[Some]
    course: list[Issue]
    awaited: list[Awaited]

    @property
    def teams(self) -> list[TeamShare]:
        """Those with something in scope, department track first."""
        found = [one for one in self.coverage.teams if one.share.scope]
        return sorted(found, key=lambda one: (one.team.track, one.team.code))


def overview(actor: Actor) -> Overview:
    """As things stand now."""
    now = clock.now()
    month = holding(clock.local_date(now)).month
    found = coverage(actor.county_id, month)
    return Overview(
        now=now,
        month=month,
        coverage=found,
        shares=_by_district(found),
        goal=goal(now),
        districts=centres.of_districts(actor.county_id),
        open=unsettled.counted(actor),
        course=trends.course(actor, list(TRENDS)),
        awaited=awaited.of_leadership(actor),
    )


def _by_district(found: Coverage) -> dict[uuid.UUID, Share]:
    shares: dict[uuid.UUID, Share] = defaultdict(Share)
    for cell in found.cells:
        if cell.target.district_id is not None:
            shares[cell.target.district_id].add(cell)
    return dict(shares)
