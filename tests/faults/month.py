"""A month of every crew's work through the proxy, and what must be true when it is over."""

import asyncio
import datetime as dt
import math
import random
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx

from bench.clocks import CHINA, Clock
from bench.office import Office
from bench.server import Server
from bench.session import Session
from tests.faults.county import County
from tests.faults.crew import Crew
from tests.faults.decks import Decks
from tests.faults.ledger import check
from tests.faults.phone import Phone
from tests.faults.proxy import FaultProxy
from tests.faults.serving import memory_of
from tests.faults.session import PASSWORD, Account
from tests.faults.tables import Tables
from tests.faults.weather import drawn

TEAMS = 17
WEEKS, DAYS = 4, 4
"""Days on which crews are out: about four visits a day, so that a push brings about twenty operations."""

OPS_OF_A_VISIT = 22
"""On average, those around the visit among them (measured: 23 to 25); a month with fewer operations fails its test."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`seed` decides everything that is drawn. `start`: the first Monday, 8 o'clock."""

    seed: int
    operations: int
    start: dt.datetime
    restarts: bool = True
    """Whether the server is stopped and started at the end of each week, at the next week's time."""

    approved: float = 0.1
    """Of what lies submitted at the end of a week."""

    until: float = math.inf
    """On the monotonic clock: no crew goes out after that."""

    def rng(self, name: str) -> random.Random:
        return random.Random(f"{self.seed}/{name}")

    def visits(self, week: int, team: int) -> int:
        """How many visits a team (from 0) has in a week (from 0): as many as the others, or one more."""
        each, rest = divmod(-(-self.operations // OPS_OF_A_VISIT), TEAMS * WEEKS)
        return each + (week * TEAMS + team < rest)


@dataclass
class Month:
    """Played by `play`; `faults` afterwards says what was done to the requests."""

    plan: Plan
    server: Server
    crews: list[Crew] = field(default_factory=list)
    county: County = field(init=False)
    faults: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    memory: list[int] = field(default_factory=list)
    """Bytes that the server's process held after each day of each crew."""

    @property
    def phones(self) -> list[Phone]:
        return [phone for crew in self.crews for phone in crew.phones]

    @property
    def operations(self) -> int:
        """How many were made."""
        return sum(phone.outbox.top for phone in self.phones)

    def report(self) -> str:
        """What was done, in one line."""
        parts = ", ".join(f"{name} {spent:.1f} s" for name, spent in self.seconds.items())
        done = ", ".join(f"{name} {count}" for name, count in sorted(self.faults.items()))
        return f"seed {self.plan.seed}: {self.operations} operations; {parts}; {done}"

    @property
    def is_over(self) -> bool:
        """Whether its time is up, though perhaps not all of its work is done."""
        return time.monotonic() >= self.plan.until

    async def play(self) -> None:
        """Plan, work week by week over the bad line, and bring everybody home over a good one."""
        try:
            await self._play()
        except BaseException as fault:
            await self._end()
            fault.add_note(f"seed {self.plan.seed}; the server said last:\n{self.server.tail(60)}")
            raise

    async def _play(self) -> None:
        async with FaultProxy(self.server.port, drawn(self.plan.seed)) as proxy, self._http() as http:
            began = time.monotonic()
            await self._prepare(http, proxy)
            began = self._took("prepare", began)
            for week in range(WEEKS):
                if not self.is_over:
                    await self._week(week)
                    await self._turn(week)
            began = self._took("work", began)
            await proxy.clear()
            for _ in range(2):
                await asyncio.gather(*(phone.sync() for phone in self.phones))
            self._took("home", began)
            self.faults = proxy.counts
            for phone in self.phones:
                phone.account.move(self.server.port)

    async def check(self) -> list[str]:
        """What is not as it must be; after `play`, without the proxy. Ends the phones."""
        try:
            faults = await check(self.crews, Tables(self.server))
            return [*faults, self.report(), self.server.tail(100)] if faults else []
        finally:
            await self._end()

    async def _end(self) -> None:
        for phone in self.phones:
            phone.account.close()
        await asyncio.sleep(0)  # closed connections are given back one turn later

    def _took(self, part: str, began: float) -> float:
        now = time.monotonic()
        self.seconds[part] = now - began
        return now

    def _http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.server.url, timeout=60.0)

    async def _prepare(self, http: httpx.AsyncClient, proxy: FaultProxy) -> None:
        rng = self.plan.rng("office")
        desk = Session(http, "office1", PASSWORD, rng)
        self.county = County(Office(desk, desk, rng), rng)
        await self.county.open(TEAMS)
        decks = Decks(self.plan.seed)
        for team in self.county.teams:
            leader, member = [await self._phone(proxy, name) for _, name in (team.leader, team.member)]
            self.crews.append(Crew(leader, member, self.plan.rng(team.code), decks))
        await asyncio.gather(*(crew.sign_in() for crew in self.crews))

    async def _plan_of(self, week: int, place: int) -> list[str]:
        """The office plans a team's week and tells its leader at once; ids of the assignments, day by day in turn."""
        monday = self._monday(week)
        days = [(monday + dt.timedelta(days=turn % DAYS)).date() for turn in range(self.plan.visits(week, place))]
        reveal_at = (monday if self.plan.restarts else self.plan.start) - dt.timedelta(hours=2)
        return await self.county.plan(self.county.teams[place], days, reveal_at)

    def _monday(self, week: int) -> dt.datetime:
        return self.plan.start.astimezone(CHINA) + dt.timedelta(weeks=week)

    async def _phone(self, proxy: FaultProxy, username: str) -> Phone:
        """A phone with a line and a clock of its own; its person is in a hurry or not, its clock is off."""
        rng = self.plan.rng(username)
        line = await proxy.line(username)
        skew = dt.timedelta(seconds=rng.uniform(-300, 300))
        return Phone(Account(line.port, username, rng), Clock(self.plan.start, skew), rng)

    async def _week(self, week: int) -> None:
        async def of(place: int, crew: Crew) -> None:
            tasks = await self._plan_of(week, place)
            for day in range(DAYS):
                today = tasks[day::DAYS]
                if today and time.monotonic() < self.plan.until:
                    await crew.day(today)
                    self.memory.append(memory_of(self.server))

        await asyncio.gather(*(of(*each) for each in enumerate(self.crews)))

    async def _turn(self, week: int) -> None:
        """The office approves some of the week; the next one begins."""
        await self.county.approve(self.plan.approved)
        if not self.plan.restarts or week + 1 == WEEKS:
            return
        monday = self._monday(week + 1)
        await asyncio.to_thread(self.server.restart, monday.isoformat())
        for phone in self.phones:
            phone.clock.move_to(monday)
