"""Random libraries for draws, and what must hold of any result."""

import random
from collections import Counter

import msgspec

from backend.inspections.rules.draw_limits import obstacles
from backend.inspections.rules.draw_lists import Drawn, InspectorLine, Lists, Parameters, TargetLine, Term
from backend.inspections.rules.drawing import Impossible, draw

DAYS = [f"2026-11-{day:02d}" for day in range(2, 12)]
LONG_AGO, NO_END = "2020-01-01", "9999-12-31"


def term(rng: random.Random) -> Term:
    """Mostly the whole time, sometimes ending or beginning in the middle of it."""
    first = LONG_AGO if rng.random() < 0.8 else rng.choice(DAYS)
    return first, NO_END if rng.random() < 0.8 else rng.choice(DAYS)


def library(rng: random.Random, *, most: int = 7) -> Lists:
    """A small county with everything that may be odd: few officers, ended cards, many conflicts, busy people."""
    teams = [f"g-{number}" for number in range(rng.randint(1, 4))]
    ids = [f"t-{number}" for number in range(rng.randint(1, most))]
    days = rng.sample(DAYS, rng.randint(1, 4))
    least = rng.randint(1, 3)
    parameters = Parameters(
        count=rng.randint(1, len(ids)),
        crew_min=least,
        crew_max=rng.randint(least, 4),
        per_day=rng.randint(1, 3),
        mixed=rng.random() < 0.3,
        days=days,
        teams=teams,
    )
    targets = [_target(rng, name, teams) for name in ids]
    people = [f"p-{number}" for number in range(rng.randint(1, 5 * len(teams)))]
    inspectors = [_inspector(rng, name, rng.choice(teams), ids, days) for name in people]
    if rng.random() < 0.3:  # somebody changed teams
        inspectors.append(msgspec.structs.replace(inspectors[0], team=rng.choice(teams), member=term(rng)))
    return Lists(parameters=parameters, targets=targets, inspectors=inspectors)


def _target(rng: random.Random, name: str, teams: list[str]) -> TargetLine:
    parts = [("base", 1), ("veto", 3 * rng.randint(0, 3))]
    return TargetLine(
        id=name,
        kind=rng.choice(["school", "institution"]),
        weight=sum(value for _, value in parts),
        parts=parts,
        officers=rng.choice([0, 0, 2]),
        teams=rng.sample(teams, rng.randint(1, len(teams))) if rng.random() < 0.3 else [],
    )


def _inspector(rng: random.Random, name: str, team: str, targets: list[str], days: list[str]) -> InspectorLine:
    tied = rng.sample(targets, rng.randint(0, len(targets)) if rng.random() < 0.4 else 0)
    return InspectorLine(
        id=name,
        team=team,
        leads=rng.random() < 0.3,
        member=term(rng),
        inspector_cards=[term(rng)] if rng.random() < 0.8 else [],
        enforcement_cards=[term(rng)] if rng.random() < 0.6 else [],
        conflicts=[(target, *term(rng)) for target in tied],
        busy=[(day, rng.randint(0, 2)) for day in days if rng.random() < 0.2],
    )


def broken(lists: Lists, result: list[Drawn]) -> list[str]:
    """The rules that `result` breaks, each looked at from scratch."""
    given, targets = lists.parameters, {target.id: target for target in lists.targets}
    planned: Counter[tuple[str, str]] = Counter()
    for line in lists.inspectors:
        for day, visits in line.busy:
            planned[line.id, day] = max(planned[line.id, day], visits)
    sent = Counter((person, one.day) for one in result for person in one.crew)
    rules = {
        "targets": len({one.target for one in result}) == len(result) == given.count,
        "per_day": all(planned[key] + visits <= given.per_day for key, visits in sent.items()),
        "positions": [one.position for one in result] == list(range(1, given.count + 1)),
    }
    lines = [name for one in result for name in _broken_by(lists, one, targets[one.target])]
    return [name for name, kept in rules.items() if not kept] + lines


def _broken_by(lists: Lists, one: Drawn, target: TargetLine) -> list[str]:
    given = lists.parameters
    lines = {person: [line for line in lists.inspectors if line.id == person] for person in one.crew}
    allowed = target.teams or given.teams
    rules = {
        "recusal": not any(_ties(line, one) for known in lines.values() for line in known),
        "cards": all(any(_able(line, one.day) and line.team in allowed for line in known) for known in lines.values()),
        "officers": sum(_officer(known, one.day) for known in lines.values()) >= target.officers,
        "size": max(given.crew_min, target.officers) <= len(one.crew) <= max(given.crew_max, target.officers),
        "once": len(set(one.crew)) == len(one.crew),
        "day": one.day in given.days,
        "leader": one.leader in one.crew and one.team in allowed,
        "one team": given.mixed or all(any(line.team == one.team for line in known) for known in lines.values()),
    }
    return [name for name, kept in rules.items() if not kept]


def _ties(line: InspectorLine, one: Drawn) -> bool:
    return any(target == one.target and first <= one.day <= last for target, first, last in line.conflicts)


def _able(line: InspectorLine, day: str) -> bool:
    return _good([line.member], day) and _good([*line.inspector_cards, *line.enforcement_cards], day)


def _officer(known: list[InspectorLine], day: str) -> bool:
    return any(_good(line.enforcement_cards, day) for line in known)


def _good(terms: list[Term], day: str) -> bool:
    return any(first <= day <= last for first, last in terms)


def outcome(lists: Lists, seed: str, contribution: str = "") -> tuple[list[Drawn], dict[str, list[str]]]:
    """The result, or why there is none."""
    try:
        return draw(lists, seed, contribution), {}
    except Impossible as fault:
        return [], {fault.rule: fault.targets}


def check(rng: random.Random) -> str:
    """One random library drawn from: the rules hold, and nothing is impossible without a word. What came of it."""
    lists, seed = library(rng), rng.randbytes(32).hex()
    hindered = obstacles(lists)
    if hindered and hindered[0].room is None:
        if hindered[0].rule == "count":
            return "hindered"
        assert {target for one in hindered for target in one.targets} <= {target.id for target in lists.targets}
        everything = msgspec.structs.replace(
            lists, parameters=msgspec.structs.replace(lists.parameters, count=len(lists.targets))
        )
        assert outcome(everything, seed)[0] == []
        return "hindered"
    result, why = outcome(lists, seed)
    assert bool(result) != bool(why)
    assert (broken(lists, result) if result else []) == []
    assert not (result and hindered), "more visits than there are people for"
    assert {target for one in hindered for target in one.targets} <= {target.id for target in lists.targets}
    return "drawn" if result else "impossible"
