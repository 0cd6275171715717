"""The day, part by part. Everything goes through the public API of one server."""

import asyncio
import datetime as dt
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from bench.bulletin import Issue, compile_draft, period_start, publish
from bench.clocks import CHINA, Clock
from bench.crew import Crew
from bench.line import BadLine, Weather
from bench.live import Listener
from bench.office import Office
from bench.phone import Phone
from bench.photos import Place
from bench.session import Session
from bench.show import Board
from bench.unit import Unit

T = TypeVar("T")
Row = dict[str, Any]

AT_ONCE = 6
"""Things that the office or the units do at the same time."""

SIGN_INS_AT_ONCE = 4
TIMEOUT = 120.0
RETURNED_EVERY = 5
"""Of the notices: one report in so many is sent back once and reported again."""

SKEW_SECONDS = 90.0
"""How far a phone's clock is off at most; one phone in eight is off by more than two minutes instead."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be played. `real_time`: a server that was given keeps its own clock, so the day has no evening."""

    seed: int
    teams: int
    visits: int
    fail_rate: float
    weather: Weather
    password: str
    out: Path
    start: dt.datetime
    real_time: bool

    @property
    def day(self) -> dt.date:
        return self.start.astimezone(CHINA).date()

    def rng(self, name: str) -> random.Random:
        """Chance of its own for everybody; on a server that was given each day brings other devices and ids."""
        moment = self.start.isoformat() if self.real_time else ""
        return random.Random(f"{self.seed}/{moment}/{name}")


@dataclass
class Day:
    """Everybody who takes part, and what came of it."""

    plan: Plan
    url: str
    board: Board
    lines: list[BadLine] = field(default_factory=list)
    office: Office = field(init=False)
    crews: list[Crew] = field(default_factory=list)
    targets: dict[str, Row] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    visits: dict[str, Row] = field(default_factory=dict)
    notices: dict[str, Row] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    returned: int = 0
    issue: Issue | None = None
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.office = Office(self.account("office1"), self.account("lead1"), self.plan.rng("office"))

    @property
    def phones(self) -> list[Phone]:
        return [phone for crew in self.crews for phone in crew.phones]

    def account(self, username: str) -> Session:
        """An account on a good line."""
        line = BadLine(httpx.AsyncHTTPTransport(), self.plan.rng(f"line {username}"))
        self.lines.append(line)
        http = httpx.AsyncClient(base_url=self.url, transport=line, timeout=TIMEOUT)
        return Session(http, username, self.plan.password, self.plan.rng(username))

    def phone(self, username: str) -> Phone:
        """A phone with a line and a clock of its own."""
        plan = self.plan
        rng = plan.rng(f"phone {username}")
        line = BadLine(httpx.AsyncHTTPTransport(), plan.rng(f"line {username}"))
        self.lines.append(line)
        http = httpx.AsyncClient(base_url=self.url, transport=line, timeout=TIMEOUT)
        far = rng.random() < 0.125
        skew = dt.timedelta(seconds=rng.uniform(-2 * SKEW_SECONDS, 3 * SKEW_SECONDS) if far else rng.uniform(-90, 90))
        clock = Clock(plan.start, skew, pace=0.0 if plan.real_time else min(1.0, 4 / plan.visits))
        session = Session(http, username, plan.password, plan.rng(username), device_name=f"{username} 的手机")
        return Phone(session, line, clock, rng)

    def turn_to(self, instant: dt.datetime) -> None:
        """The played time goes on, for everybody's clocks."""
        for clock in [*(phone.clock for phone in self.phones), *(unit.clock for unit in self.units.values())]:
            clock.move_to(instant)

    async def morning(self) -> None:
        """The office plans and releases; the teams sign in, receive, accept and depart."""
        office, plan = self.office, self.plan
        await office.desk.sign_in()
        await office.director.sign_in()
        count = await office.publish_catalogue()
        self.board.say(f"已启用清单 {count} 份")
        teams = await office.teams(plan.teams)
        with self.board.bar("安排并下达任务", len(teams) * plan.visits) as bar:
            for turn, team in enumerate(teams):
                targets = await office.targets(team, plan.visits)
                jobs = await office.plan(team, targets, plan.day.isoformat(), turn)
                self.targets |= {row["id"]: row for row in targets}
                phones = self.phone(team.leader[1]), self.phone(team.member[1])
                self.crews.append(Crew(team, *phones, jobs, plan.rng(f"field {team.code}"), plan.fail_rate))
                bar.step(len(jobs))
        with self.board.bar("手机登录、下载、出发", len(self.phones)) as bar:
            await each(self.crews, Crew.sign_in, lambda _: bar.step(2), at_once=SIGN_INS_AT_ONCE)

    async def out(self) -> None:
        """No signal: checklists, photos, findings, signatures, some submissions."""

        async def one(crew: Crew) -> None:
            for place in range(len(crew.jobs)):
                await asyncio.to_thread(crew.go_out, place)
                bar.step()

        with self.board.bar("离线检查", sum(len(crew.jobs) for crew in self.crews)) as bar:
            await each(self.crews, one, at_once=2)

    async def attend(self) -> None:
        """The units of today's targets sign in and listen, before anybody has handed anything in."""
        with self.board.bar("单位账号上线监听", len(self.targets)) as bar:
            for row in self.targets.values():
                session = self.account(row["code"].lower())
                where = row["location"]
                place = Place(where["lng"], where["lat"]) if where else None
                clock = Clock(self.plan.start, pace=0.0 if self.plan.real_time else 1.0)
                rng = self.plan.rng(f"unit {row['code']}")
                self.units[row["id"]] = Unit(session, Listener(session, self.url), clock, rng, place)
            await each(self.units.values(), Unit.attend, lambda _: bar.step(), at_once=SIGN_INS_AT_ONCE)

    async def evening(self) -> None:
        """Everybody comes back over the bad line."""
        waiting = sum(len(phone.outbox.waiting) for phone in self.phones)
        files = sum(len(phone.pictures) for phone in self.phones)
        shared = sum(len(crew.together) for crew in self.crews)
        with self.board.bar("上传操作", waiting + shared) as ops, self.board.bar("上传照片与签名", files) as sent:
            bars = {"operations": ops, "files": sent}
            for phone in self.phones:
                phone.tell = lambda what, count: bars[what].step(count)
            await each(self.crews, lambda crew: crew.come_home(self.plan.weather), at_once=len(self.crews))
        for phone in self.phones:
            self.faults += phone.troubles()

    async def approve(self) -> None:
        """The office reads and approves what was submitted today."""
        ours = {job for crew in self.crews for job in crew.jobs}
        found = [row for row in await self.office.submitted() if row["assignment"] in ours]
        if len(found) != len(ours):
            self.faults.append(f"应有 {len(ours)} 次到访已提交，服务器上有 {len(found)} 次")

        async def one(row: Row) -> None:
            self.visits[row["id"]] = await self.office.approve(row["id"])
            bar.step()

        with self.board.bar("审核到访", len(found)) as bar:
            await each(found, one)

    async def notify(self) -> None:
        """Notices: drafted, reviewed, signed; heard live, acknowledged."""
        wanted = [row for row in self.visits.values() if any(one["state"] == "confirmed" for one in row["findings"])]
        drafts: list[Row] = []

        async def draft(visit: Row) -> None:
            drafts.append(await self.office.prepare(visit["id"]))
            bar.step()

        with self.board.bar("起草、审核通知书", len(wanted)) as bar:
            await each(wanted, draft)
        for told in await asyncio.gather(*(unit.sees_nothing() for unit in self.units.values())):
            self.faults += [f"泄密：{line}" for line in told]

        async def issue(draft: Row) -> None:
            unit = self.units[draft["target"]]
            notice = await self.office.issue(draft["id"])
            self.latencies.append(await unit.hear(time.monotonic()))
            self.notices[notice["id"]] = await unit.acknowledge(notice["id"])
            bar.step()

        with self.board.bar("签发、实时送达、签收", len(drafts)) as bar:
            await each(sorted(drafts, key=lambda row: str(row["id"])), issue)

    async def rectify(self) -> None:
        """Units report with photos, reviewers judge and close; some reports go back once."""

        async def one(place_and_notice: tuple[int, Row]) -> None:
            place, notice = place_and_notice
            unit = self.units[notice["target"]]
            notice = await unit.report(notice, notice["items"])
            if place % RETURNED_EVERY == RETURNED_EVERY - 1:
                back = notice["items"][0]
                await self.office.judge(notice["id"], back["id"])
                self.returned += 1
                notice = await unit.report(notice, [back])
            self.notices[notice["id"]] = await self.office.judge(notice["id"], None)
            bar.step()

        with self.board.bar("整改报告、复查、销号", len(self.notices)) as bar:
            await each(enumerate(list(self.notices.values())), one)

    async def compile(self) -> None:
        """The bulletin of the half-month that the day closes; only its draft when the period still runs."""
        start = period_start(self.plan.day)
        with self.board.bar("汇编、审核、签发、印发", 1) as bar:
            if self.plan.real_time:
                self.issue = await compile_draft(self.office, start)
            else:
                self.issue = await publish(self.office, start, self.plan.out)
            bar.step()

    async def leave(self) -> None:
        """Close sockets and connections."""
        await asyncio.gather(*(unit.listener.close() for unit in self.units.values()))
        sessions = [self.office.desk, self.office.director]
        sessions += [phone.session for phone in self.phones] + [unit.session for unit in self.units.values()]
        await asyncio.gather(*(session.http.aclose() for session in sessions))

    def answer_types(self) -> Counter[str]:
        """How many answers of each type were given."""
        return sum((Counter(crew.tally.types) for crew in self.crews), Counter[str]())


async def each(
    things: Iterable[T],
    do: Callable[[T], Awaitable[None]],
    done: Callable[[T], None] = lambda _: None,
    *,
    at_once: int = AT_ONCE,
) -> None:
    """Do something with each, some at once; the first failure ends it."""
    gate = asyncio.Semaphore(at_once)

    async def one(thing: T) -> None:
        async with gate:
            await do(thing)
            done(thing)

    async with asyncio.TaskGroup() as group:
        for thing in things:
            group.create_task(one(thing))
