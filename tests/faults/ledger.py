"""When all is over: is everything where it belongs, once? What the phones made is compared with what the server holds.

Every check returns what is not as it must be; nothing when all is well.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from bench.outbox import Entry
from tests.faults import tables as sql
from tests.faults.crew import Crew
from tests.faults.phone import Phone
from tests.faults.store import SummedStore
from tests.faults.tables import Tables

FINE = ("applied", "merged")
ENDED = ("submitted", "approved")
ONCE = ("start", "feedback", "submit")
"""Steps that every visit takes exactly once."""

SHOWN = 20


async def check(crews: list[Crew], tables: Tables) -> list[str]:
    """The first of all faults that can be found."""
    phones = [phone for crew in crews for phone in crew.phones]
    faults = [fault for phone in phones for fault in at_rest(phone)]
    for phone in phones:
        faults += await same_as_anew(phone)
    faults += [*custody(phones, tables), *judged(phones, tables), *revisions(phones, tables)]
    faults += [fault for crew in crews for fault in (*visits(crew, tables), *contents(crew, tables))]
    return faults[:SHOWN]


def at_rest(phone: Phone) -> Iterator[str]:
    """Nothing is left to send, nothing lacks, every operation had the end it must have, the sums agree (I1, I5, I9)."""
    if phone.outbox.waiting:
        yield f"{phone.name}: {len(phone.outbox.waiting)} operations were not sent"
    if (phone.have, phone.missing) != (phone.outbox.top, []):
        yield f"{phone.name} made {phone.outbox.top}, the server has {phone.have} and lacks {phone.missing}"
    if phone.pictures:
        yield f"{phone.name}: {len(phone.pictures)} photos were not verified"
    for scope in phone.store.differing():
        yield f"{phone.name}: the sum of {scope} differs"
    for entry in phone.outbox.done:
        if not _well(entry):
            yield f"{phone.name}: {entry.name} {entry.id} -> {entry.result}"


def _well(entry: Entry) -> bool:
    """Only answers may contradict each other; who is contradicted decides before the visit is submitted."""
    status = (entry.result or {}).get("status")
    return status in FINE or (status == "conflict" and entry.name == "answer.set")


async def same_as_anew(phone: Phone) -> list[str]:
    """What the phone holds after a month of changes is what it would be given today (I4, I6, I7)."""
    anew = Phone(phone.account, phone.clock, phone.rng, SummedStore())
    await anew.pull()
    await phone.pull()
    held, given = phone.store.rows, anew.store.rows
    wrong = [key for key in {*held, *given} if held.get(key) != given.get(key)]
    return [f"{phone.name} holds {held.get(key)} as {key}, the server {given.get(key)}" for key in wrong[:3]]


def custody(phones: list[Phone], tables: Tables) -> list[str]:
    """Every operation is there, byte for byte, once, and nothing else is (I1)."""
    made = (
        (entry.id, phone.account.device, entry.op["n"], entry.freeze().decode())
        for phone in phones
        for entry in phone.outbox.done
    )
    devices = [phone.account.device for phone in phones]
    held = tables.rows(sql.OPERATIONS, devices)
    faults = [f"strayed: {row}" for row in tables.rows(sql.STRAYS, devices)]
    return faults + _differing("custody", made, held)


def judged(phones: list[Phone], tables: Tables) -> list[str]:
    """Every operation has its verdict, and it is the one that its phone knows."""
    known = (
        (entry.id, entry.result["status"], entry.result.get("code") or "")
        for phone in phones
        for entry in phone.outbox.done
        if entry.result
    )
    return _differing("verdict", known, tables.rows(sql.VERDICTS, [phone.account.device for phone in phones]))


def revisions(phones: list[Phone], tables: Tables) -> list[str]:
    """Every value of every answer left exactly one revision (I2)."""
    made = (
        (phone.account.device, entry.op["n"], key)
        for phone in phones
        for entry in phone.outbox.done
        if entry.name == "answer.set"
        for key in entry.op["data"]["answers"]
    )
    return _differing("revision", made, tables.rows(sql.REVISIONS, [phone.account.device for phone in phones]))


def visits(crew: Crew, tables: Tables) -> Iterator[str]:
    """One visit for each assignment, submitted once with the content that its phone signed (I10)."""
    rows = tables.rows(sql.VISITS, crew.signed)
    signed = ((task, work.hash) for task, work in crew.signed.items())
    yield from _differing("signed content", signed, ((task, digest) for _, task, _, digest in rows))
    yield from (f"visit {visit} is {state}" for visit, _, state, _ in rows if state not in ENDED)
    ids = [visit for visit, *_ in rows]
    rounds = ((visit, 1, digest) for visit, _, _, digest in rows)
    yield from _differing("round", rounds, tables.rows(sql.ROUNDS, ids))
    steps = (step for step in tables.rows(sql.STEPS, ids) if step[1] in ONCE)
    yield from _differing("step", ((visit, verb) for visit in ids for verb in ONCE), steps)


def contents(crew: Crew, tables: Tables) -> Iterator[str]:
    """Every finding and every piece of evidence once, findings numbered without a gap, withdrawn ones withdrawn (I2)."""
    ids = [visit for visit, *_ in tables.rows(sql.VISITS, crew.signed)]
    findings = tables.rows(sql.FINDINGS, ids)
    yield from _differing("finding", crew.made.findings, (each for each, *_ in findings))
    withdrawn = (each for each, _, _, state in findings if state == "withdrawn")
    yield from _differing("withdrawn finding", crew.made.withdrawn, withdrawn)
    counts = Counter(visit for _, visit, *_ in findings)
    whole = ((visit, number) for visit, count in counts.items() for number in range(1, count + 1))
    yield from _differing("finding's number", whole, ((visit, number) for _, visit, number, _ in findings))
    evidence = tables.rows(sql.EVIDENCE, ids)
    yield from _differing("evidence", crew.made.evidence, (each for each, _ in evidence))
    sent = (each for phone in crew.phones for each in phone.uploaded)
    yield from _differing("verified evidence", sent, (each for each, state in evidence if state == "verified"))


def _differing(what: str, made: Iterable[Any], held: Iterable[Any]) -> list[str]:
    """What was made and is not held as often, and what is held and was not made as often."""
    there, here = Counter(made), Counter(held)
    lacking = [f"{what} lacks {key}" for key in (there - here).elements()]
    return lacking + [f"{what} is too much: {key}" for key in (here - there).elements()]
