"""One team's days: two phones, their visits, their way home."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.faults.decks import Decks
from tests.faults.fieldwork import Fieldwork, Made
from tests.faults.phone import Phone

INBOX_READ = 0.5


@dataclass
class Crew:
    """`leader` and `member` each carry a phone. Of three visits one is done together, each begun by both phones
    without a word between them; the next by the leader alone, the next by the member. Every second one done together
    ends in a quarrel: both answer the same page."""

    leader: Phone
    member: Phone
    rng: random.Random
    decks: Decks
    made: Made = field(default_factory=Made)
    signed: dict[str, Fieldwork] = field(default_factory=dict)
    """Assignments to the work whose content was signed last."""

    count: int = 0

    @property
    def phones(self) -> tuple[Phone, Phone]:
        return self.leader, self.member

    async def sign_in(self) -> None:
        for phone in self.phones:
            await phone.account.sign_in()
            await phone.sync()

    async def day(self, tasks: Sequence[str]) -> None:
        """Set out, work without a signal, come home over the line as it is."""
        await self._set_out(tasks)
        shared = list(self._work(tasks))
        pushed = asyncio.Event()
        await asyncio.gather(self._member_home(pushed), self._leader_home(pushed, shared))

    async def _set_out(self, tasks: Sequence[str]) -> None:
        """The member may see where to only after the leader departed."""
        for task in tasks:
            self.leader.do("assignment.accept", task)
            self.leader.do("assignment.depart", task)
        for phone in self.phones:
            self._read_inbox(phone)
        await self.leader.push()
        await asyncio.gather(*(phone.sync() for phone in self.phones))

    def _read_inbox(self, phone: Phone) -> None:
        unread = {key: one for key, one in phone.store.every("inbox").items() if not one["read"]}
        if unread and self.rng.random() < INBOX_READ:
            newest = max(unread, key=lambda key: int(unread[key]["seq"]))
            phone.do("inbox.read", newest, {"upto": unread[newest]["seq"]})

    def _work(self, tasks: Sequence[str]) -> Iterator[Fieldwork]:
        """Yields the leader's part of what was done together: it is submitted when both have handed in."""
        for task in tasks:
            turn, self.count = self.count % 3, self.count + 1
            if turn == 0:
                yield self._together(task, quarrel=self.count % 2 == 0)
            else:
                self._alone(task, self.leader if turn == 1 else self.member)

    def _alone(self, task: str, phone: Phone) -> None:
        work = self.signed[task] = self._begin(task, phone)
        work.fill([str(code) for code, _ in work.assignment["templates"]])
        work.close()
        work.submit()

    def _together(self, task: str, *, quarrel: bool) -> Fieldwork:
        first, second = self._begin(task, self.leader), self._begin(task, self.member)
        codes = [str(code) for code, _ in first.assignment["templates"]]
        first.fill(codes[::2])
        second.fill(codes[1::2])
        if quarrel:
            second.contradict(*first.assignment["templates"][0])
        first.close()
        self.signed[task] = first
        return first

    def _begin(self, task: str, phone: Phone) -> Fieldwork:
        assignment = phone.store.get("assignment", task)
        assert assignment is not None, f"{phone.name} did not receive task {task}"
        work = Fieldwork(phone, task, assignment, self.rng, self.decks, self.made)
        work.begin()
        return work

    async def _member_home(self, pushed: asyncio.Event) -> None:
        try:
            await self.member.push()
        finally:
            pushed.set()
        await self.member.sync()

    async def _leader_home(self, pushed: asyncio.Event, shared: Sequence[Fieldwork]) -> None:
        await self.leader.sync()
        if not shared:
            return
        await pushed.wait()
        await self.leader.pull()
        for work in shared:
            work.settle()
            work.submit()
        await self.leader.sync()
