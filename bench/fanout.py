"""Telling five hundred open sockets, beside the same server sending the same bytes without Channels; and how long it
takes from the signature under a notice to the school's open socket while they are all connected.

`python -m bench.fanout` prints the lines, on SQLite with one process and on PostgreSQL with Redis. What is compared:

- Ours: what a write does after its commit, `switchboard.send`. Control: the same process keeps as many sockets in a set
  and sends each the same text by the server's own ASGI send, nothing else.
- With Redis also an event of another process. That one is a second server of the product, which holds no socket: ours
  is the same `switchboard.send` there; the control publishes there the text to the same Redis, and the process with the
  sockets has subscribed to it by the Redis client alone. Both ways cross two processes and one Redis.

A figure is the time from the beginning of the event to its arrival at one client, over all clients and rounds, beside
the computing time of the process that holds the sockets. All ways take turns in one run. The pauses between rounds are
drawn at random, because that process looks after its sockets every two seconds (`sync/looking.py`): with even pauses
one way would always meet that look and another never.
"""

import asyncio
import functools
import json
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import django
import httpx
import msgspec
import redis.asyncio

from bench.ears import Ear, ear
from bench.figures import percentile
from bench.stand import Stand, open_county, postgresql, sqlite
from bench.table import Line

SOCKETS, ROUNDS, NOTICES = 500, 60, 11
MOST_RATIO, MOST_SECONDS = 1.5, 1.0
GAPS = (0.5, 0.9)
"""Seconds between two rounds: a poke is told at most once in one second, and ours and the control take turns."""


class Guest(msgspec.Struct):
    """What a client needs to connect, and whom a notice is sent to."""

    tokens: list[str]
    school: str
    signer: str
    notices: list[str]
    county: int


# -- in a process on the stand: people, notices


def prepare() -> Guest:
    """Five hundred sockets of people who read the county's scope, and notices that wait for a signature."""
    from backend.accounts.models import County, User
    from backend.accounts.roles import PHONE_ROLES, Role
    from backend.accounts.selectors.people import actor_of, with_role
    from backend.registry.models import Target
    from backend.registry.selectors import targets

    open_county()
    county = County.objects.get()
    readers = sorted(with_role(county.pk, PHONE_ROLES))
    tokens = [_token(User.objects.get(pk=user)) for user in readers]
    office, leader = (min(with_role(county.pk, [role])) for role in (Role.OFFICE, Role.LEADERSHIP))
    school = next(row for row in Target.objects.filter(county_id=county.pk, kind="school") if targets.contacts(row))
    liaison = User.objects.get(pk=min(targets.contacts(school)))
    notices = [_notice(actor_of(User.objects.get(pk=office)), school, at) for at in range(NOTICES)]
    return Guest(
        tokens=[tokens[at % len(tokens)] for at in range(SOCKETS)],
        school=_token(liaison),
        signer=_token(User.objects.get(pk=leader)),
        notices=notices,
        county=county.pk,
    )


def _token(user: Any) -> str:
    from backend.accounts.services import sessions
    from backend.core.ids import uuid7

    return sessions.sign_in(user=user, device_id=uuid7(), name="bench", platform="bench").access


def _notice(office: Any, school: Any, number: int) -> str:
    """A reviewed notice about one finding of an approved visit."""
    from backend.core import clock
    from backend.core.actor import system
    from backend.inspections.models import Assignment, Finding, Visit
    from backend.journal.writing import write
    from backend.notices.services import drafts

    now = clock.now()
    trip = {"county_id": school.county_id, "target": school, "track": "department", "kind": "routine"}
    with write(actor=system(school.county_id)):
        leader = school.team.memberships.get(is_leader=True).user_id
        assignment = Assignment.objects.create(
            **trip,
            team=school.team,
            plan_month=f"{now:%Y-%m}",
            scheduled_on=now.date(),
            leader_id=leader,
            reveal_at=now,
        )
        visit = Visit.objects.create(
            **trip,
            assignment=assignment,
            plan_month=f"{now:%Y-%m}",
            mode="open",
            state="approved",
            started_at=now,
        )
        Finding.objects.create(
            county_id=school.county_id,
            visit=visit,
            target=school,
            number=1,
            template_code="ZY",
            item_code="ZY-01",
            text=f"第{number}次抽查，作业公示栏未更新。",
            base_severity="moderate",
            severity="moderate",
            legal_basis=[{"document": "P001", "name": "演示政策文件", "article": "第四条"}],
            due_days=7,
            state="confirmed",
            recorded_at=now,
        )
    notice = drafts.draft_from_visit(actor=office, visit_id=visit.pk)
    return str(drafts.review(actor=office, notice_id=notice.pk).pk)


# -- in the server: `uvicorn bench.fanout:application`

_bare: set[Any] = set()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The product, with the control's sockets and a bell for both beside it."""
    from backend.asgi import application as product

    if scope.get("path") == "/bench/bare":
        await _keep(receive, send)
    elif scope.get("path") == "/bench/ring":
        await _ring(scope, send)
    elif scope.get("path") == "/bench/spent":
        await _answer(send, str(time.process_time()))
    else:
        await product(scope, receive, send)


async def _keep(receive: Any, send: Any) -> None:
    await receive()
    await _subscribe()
    await send({"type": "websocket.accept"})
    _bare.add(send)
    while (await receive())["type"] != "websocket.disconnect":
        pass
    _bare.discard(send)


async def _ring(scope: Any, send: Any) -> None:
    """Tell everybody, and answer when that began."""
    [(how, name)] = parse_qsl(scope["query_string"].decode())
    began = time.monotonic()
    await WAYS[how](name)
    await _answer(send, str(began))


async def _answer(send: Any, text: str) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": text.encode()})


async def _ours(name: str) -> None:
    """As after a commit in this process; in one without sockets that is an event of another process."""
    from backend.sync import live, switchboard

    await switchboard.send([(live.group_of(name), {"type": "poke", "scope": name})])


async def _bare_here(name: str) -> None:
    text = json.dumps({"type": "poke", "scopes": [name]}, separators=(",", ":"))
    for each in tuple(_bare):
        await each({"type": "websocket.send", "text": text})


async def _bare_across(name: str) -> None:
    """To whoever has subscribed, without Channels."""
    await _redis().publish("bench", name)


@functools.cache
def _redis() -> Any:
    return redis.asyncio.from_url(os.environ["DUDAO_REDIS"])


async def _subscribe() -> None:
    """The process that holds the control's sockets hears what others publish."""
    if "DUDAO_REDIS" in os.environ and not _hearing:
        _hearing.append(_redis().pubsub())
        await _hearing[0].subscribe("bench")
        _hearing.append(asyncio.create_task(_hear(_hearing[0])))


async def _hear(hearing: Any) -> None:
    async for message in hearing.listen():
        if message["type"] == "message":
            await _bare_here(message["data"].decode())


WAYS = {"ours": _ours, "bare": _bare_here, "ours_across": _ours, "bare_across": _bare_across}
"""Ours and the control take turns; what is called across is rung in the other process."""
_hearing: list[Any] = []


# -- the clients, in a process of their own


async def clients(port: int, elsewhere: int, guest: Guest) -> dict[str, Any]:
    """Seconds of every arrival and of the server's computing for a round, of ours and of the control's; and from a
    signature (request, answer) to the school. `elsewhere`: the port of the other process, 0 for none."""
    ours = [await ear(port, "/ws/v1/live", token) for token in guest.tokens]
    bare = [await ear(port, "/bench/bare") for _ in range(SOCKETS)]
    school = await ear(port, "/ws/v1/live", guest.school)
    ways = [how for how in WAYS if elsewhere or "across" not in how]
    arrivals, computing = (defaultdict[str, list[float]](list) for _ in range(2))
    async with _http(port) as http, _http(elsewhere) as other:
        await asyncio.sleep(max(GAPS))
        for at in range(ROUNDS + 1):
            for how in ways:
                bell = Bell(http, other if "across" in how else http, how, guest.county)
                found, spent = await _round(bell, ours if how.startswith("ours") else bare)
                if at:  # the first one warms up
                    arrivals[how] += found
                    computing[how].append(spent)
        signed = [await _signed(http, guest, notice, school) for notice in guest.notices]
    waited = {"issue": [whole for whole, _ in signed], "after": [after for _, after in signed]}
    return {"arrivals": arrivals, "computing": computing} | waited


def _http(port: int) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60.0)


class Bell(NamedTuple):
    """How everybody is told: the server that holds the sockets, the one where it happens, the way, of which county."""

    holding: httpx.AsyncClient
    ringing: httpx.AsyncClient
    how: str
    county: int

    async def spent(self) -> float:
        return float((await self.holding.get("/bench/spent")).text)

    async def ring(self) -> float:
        return float((await self.ringing.get("/bench/ring", params={self.how: f"county:{self.county}"})).text)


async def _round(bell: Bell, ears: list[Ear]) -> tuple[list[float], float]:
    before = [len(each.heard) for each in ears]
    spent = await bell.spent()
    began = await bell.ring()
    async with asyncio.timeout(30.0):
        for each, count in zip(ears, before, strict=True):
            await each.more_than(count)
    spent = await bell.spent() - spent
    await asyncio.sleep(random.uniform(*GAPS))
    return [each.heard[count][0] - began for each, count in zip(ears, before, strict=True)], spent


async def _signed(http: httpx.AsyncClient, guest: Guest, notice: str, school: Ear) -> tuple[float, float]:
    """From the request to sign until the school's socket hears of its inbox: and from the answer to that request."""
    told, began = len(school.heard), time.monotonic()
    answer = await http.post(f"/api/v1/notices/{notice}/issue", headers={"Authorization": f"Bearer {guest.signer}"})
    answered = time.monotonic()
    answer.raise_for_status()
    async with asyncio.timeout(30.0):
        while not (news := [at for at, text in school.heard[told:] if b'"inbox"' in text]):
            await school.more_than(len(school.heard))
    return news[0] - began, max(news[0] - answered, 0.0)


# -- both together


def lines() -> Iterator[Line]:
    """Of both set-ups, for the table of ratios."""
    for begin in (sqlite, postgresql):
        with tempfile.TemporaryDirectory(prefix="dudao-bench-") as folder, begin(Path(folder)) as stand:
            stand.workers = 1  # the control's sockets and ours must live in one process
            stand.environment["DUDAO_WORKERS"] = "1"
            yield from _lines(stand)


def _lines(stand: Stand) -> Iterator[Line]:
    guest, out = stand.folder / "guest.json", stand.folder / "arrivals.json"
    stand.run("bench.fanout", "prepare", str(guest))
    with ExitStack() as servers:
        servers.enter_context(stand.serving(duties=True, application="bench.fanout:application"))
        port, elsewhere = stand.port, 0
        if "DUDAO_REDIS" in stand.environment:
            servers.enter_context(stand.serving(application="bench.fanout:application"))
            elsewhere = stand.port
        stand.run("bench.fanout", "clients", str(port), str(elsewhere), str(guest), str(out))
    found = msgspec.json.decode(out.read_bytes())
    layer = "Redis" if "DUDAO_REDIS" in stand.environment else "in memory"
    for way, what in (("", f"an event of this process, {layer}"), ("_across", "an event of another process, Redis")):
        if f"ours{way}" in found["arrivals"]:
            yield _compared(found, way, f"fan-out to {SOCKETS} sockets, {what}")
    whole, after = max(found["issue"][1:]), max(found["after"][1:])  # the first one loads the fonts
    told = (
        f"slowest of {NOTICES - 1}: {after:.2f} s from the answer that it is issued ({whole:.2f} s from the request, "
    )
    told += "in which the paper is made)"
    what = f"issue to the school's open socket, {SOCKETS} others open, {stand.engine}, {layer}"
    yield Line(what, told, f"< {MOST_SECONDS:.0f} s", after < MOST_SECONDS)


def _compared(found: dict[str, Any], way: str, what: str) -> Line:
    ours, bare = (percentile([1000 * each for each in found["arrivals"][how + way]], 95) for how in ("ours", "bare"))
    spent = [1000 * median(found["computing"][how + way]) for how in ("ours", "bare")]
    told = f"p95 {ours:.1f} ms, without Channels {bare:.1f} ms, ratio {ours / bare:.2f}; "
    told += f"computing of a round {spent[0]:.1f} and {spent[1]:.1f} ms, ratio {spent[0] / spent[1]:.2f}"
    return Line(what, told, f"≤ {MOST_RATIO}", ours <= MOST_RATIO * bare)


def main() -> None:
    what = sys.argv[1] if len(sys.argv) > 1 else ""
    if what == "prepare":
        django.setup()
        Path(sys.argv[2]).write_bytes(msgspec.json.encode(prepare()))
    elif what == "clients":
        guest = msgspec.json.decode(Path(sys.argv[4]).read_bytes(), type=Guest)
        found = asyncio.run(clients(int(sys.argv[2]), int(sys.argv[3]), guest))
        Path(sys.argv[5]).write_bytes(msgspec.json.encode(found))
    else:
        sys.stdout.write(f"load {os.getloadavg()[0]:.1f}\n")
        for line in lines():
            sys.stdout.write(f"{' | '.join(line.cells())}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
