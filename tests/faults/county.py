"""The office's side, over a good line: teams, a month's plan, approvals."""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.office import Office, Team
from bench.session import Session

Row = dict[str, Any]
PLANNED_AT_ONCE = 200


@dataclass
class County:
    """`office` plans and approves. `targets`: of each team, by its code."""

    office: Office
    rng: random.Random
    teams: list[Team] = field(default_factory=list)
    targets: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def desk(self) -> Session:
        return self.office.desk

    async def open(self, teams: int) -> None:
        """Sign in, put the catalogue into force, learn who there is and where they go."""
        await self.desk.sign_in()
        await self.office.publish_catalogue()
        self.teams = await self.office.teams(teams)
        for team in self.teams:
            self.targets[team.code] = await self.office.targets(team, 60)

    async def plan(self, team: Team, days: Sequence[dt.date], reveal_at: dt.datetime) -> list[str]:
        """One visit for each of `days` (a day may come several times), released; ids of the assignments in that order."""
        people = [team.leader[0], team.member[0]]
        items = [self._item(team, people, day, reveal_at, turn) for turn, day in enumerate(days)]
        ids: list[str] = []
        for start in range(0, len(items), PLANNED_AT_ONCE):
            made = await self.desk.post("/api/v1/assignments", {"items": items[start : start + PLANNED_AT_ONCE]})
            part = [row["id"] for row in made["items"]]
            await self.desk.post("/api/v1/assignments/release", {"ids": part})
            ids += part
        return ids

    def _item(self, team: Team, people: list[int], day: dt.date, reveal_at: dt.datetime, turn: int) -> Row:
        target = self.rng.choice(self.targets[team.code])
        return {
            "target": target["id"],
            "team": team.id,
            "leader": people[0],
            "crew": people,
            "scheduled_on": day.isoformat(),
            "reveal_at": reveal_at.isoformat(),
            "templates": self.office.codes(target, turn),
        }

    async def approve(self, share: float) -> int:
        """Approve so many of what lies submitted; how many that were."""
        rows = [row for row in await self.office.submitted() if self.rng.random() < share]
        for row in rows:
            await self.office.approve(row["id"])
        return len(rows)
