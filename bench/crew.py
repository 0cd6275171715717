"""One team's day: two phones, their visits, and the way home over a bad line."""

import asyncio
import random
from dataclasses import dataclass, field

from bench.fieldwork import Fieldwork, Tally
from bench.line import CLEAR, Weather
from bench.office import Team
from bench.phone import Phone

ROUNDS = 20
"""Rounds of push, upload and pull before a phone that is not safe yet counts as stuck."""


@dataclass
class Crew:
    """`leader` and `member` each carry a phone. Of their visits (`jobs`, ids of assignments) one is done together,
    each begun by both phones without a word between them; the next by the leader alone, the next by the member."""

    team: Team
    leader: Phone
    member: Phone
    jobs: list[str]
    rng: random.Random
    fail_rate: float
    tally: Tally = field(default_factory=Tally)
    together: list[Fieldwork] = field(default_factory=list)
    done: list[Fieldwork] = field(default_factory=list)

    @property
    def phones(self) -> tuple[Phone, Phone]:
        return self.leader, self.member

    async def sign_in(self) -> None:
        """Both sign in and receive what there is; the leader accepts and departs, then the member may see where to."""
        for phone in self.phones:
            await phone.session.sign_in()
            await phone.pull()
        for job in self.jobs:
            if self.member.store.get("assignment", job):
                raise AssertionError(f"{self.member.name} 在出发前看到了任务 {job}")
            self.leader.do("assignment.accept", job)
            self.leader.do("assignment.depart", job)
        await self.leader.push()
        for phone in self.phones:
            await phone.pull()

    def go_out(self, place: int) -> None:
        """Do one visit without any signal."""
        job, turn = self.jobs[place], place % 3
        if turn == 0:
            self._together(job)
        else:
            self._alone(job, *(self.phones if turn == 1 else reversed(self.phones)))

    def _together(self, job: str) -> None:
        """The leader has the general page and every other checklist, the member the rest; the leader submits later."""
        first, second = self._work(job, self.leader, self.member), self._work(job, self.member, self.leader)
        codes = [str(code) for code, _ in first.assignment["templates"]]
        first.begin()
        first.fill(codes[::2])
        first.close(signed_by=2)
        second.begin()
        second.fill(codes[1::2])
        self.together.append(first)

    def _alone(self, job: str, phone: Phone, partner: Phone) -> None:
        work = self._work(job, phone, partner)
        work.begin()
        work.fill([str(code) for code, _ in work.assignment["templates"]])
        work.close(signed_by=2)
        work.submit()

    def _work(self, job: str, phone: Phone, partner: Phone) -> Fieldwork:
        assignment = phone.store.get("assignment", job)
        if assignment is None:
            raise AssertionError(f"{phone.name} 没有收到任务 {job}")
        work = Fieldwork(phone, job, assignment, partner.user_id, self.rng, self.fail_rate, self.tally)
        self.done.append(work)
        return work

    async def come_home(self, weather: Weather) -> None:
        """Hand everything in over the bad line; what was done together is submitted once both have handed in."""
        for phone in self.phones:
            phone.at_weather(weather)
        pushed = asyncio.Event()
        await asyncio.gather(self._member_home(pushed), self._leader_home(pushed))
        for phone in self.phones:
            await self.settle(phone)
            phone.at_weather(CLEAR)

    async def _member_home(self, pushed: asyncio.Event) -> None:
        try:
            await self.member.push()
        finally:
            pushed.set()
        await asyncio.gather(self.member.upload(), self.member.pull())

    async def _leader_home(self, pushed: asyncio.Event) -> None:
        await self.leader.push()
        uploads = asyncio.create_task(self.leader.upload())
        await pushed.wait()
        await self.leader.pull()
        for work in self.together:
            work.submit()
        await self.leader.push()
        await uploads

    async def settle(self, phone: Phone) -> None:
        """Push, upload and pull until the phone may forget its copies."""
        for _ in range(ROUNDS):
            await phone.push()
            await phone.upload()
            await phone.pull()
            phone.follow()
            if not phone.pictures:
                return
            await phone.session.pause()
