"""What a leader may know of the month: how far the own teams are, in numbers, and nothing of targets or days."""

from dataclasses import dataclass

from backend.core.actor import Actor
from backend.inspections.rules.planning import Forecast
from backend.inspections.selectors import coverage, pace
from backend.inspections.selectors.coverage import Coverage, TeamShare
from backend.inspections.selectors.plans import READERS
from backend.registry.selectors import teams


@dataclass(frozen=True, slots=True)
class Progress:
    share: TeamShare
    forecast: Forecast | None

    @property
    def mark(self) -> str:
        """Unique in the county and in the order of the list."""
        return self.share.team.code


def of_teams(actor: Actor, month: str) -> list[Progress]:
    """The teams that `actor` leads today; for those who may read plans every team; in the order of codes."""
    found = coverage.coverage(actor.county_id, month)
    own = _own(actor, found)
    if not own:
        return []
    forecasts = {team.pk: one for team, one in pace.outlook(found, actor.county_id).teams}
    rows = [Progress(one, forecasts.get(one.team.pk)) for one in own]
    return sorted(rows, key=lambda row: row.mark)


def shares(actor: Actor, month: str) -> list[TeamShare]:
    """Only how far the same teams are, in the order of codes."""
    return sorted(_own(actor, coverage.coverage(actor.county_id, month)), key=lambda one: one.team.code)


def _own(actor: Actor, found: Coverage) -> list[TeamShare]:
    return found.teams if actor.has(*READERS) else _led(actor, found.teams)


def _led(actor: Actor, every: list[TeamShare]) -> list[TeamShare]:
    led = set(teams.led_by(actor.person).values_list("pk", flat=True)) if actor.user_id is not None else set()
    return [one for one in every if one.team.pk in led]
