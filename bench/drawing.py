"""A random draw: a county's 331 targets, and a city's 10,000 (issue 5).

Ours: everything between the request and the answer that is not the database: limits, draw, hashes of the libraries.
"""

import random
import time
from collections.abc import Iterator

from backend.inspections.rules.draw_limits import obstacles
from backend.inspections.rules.draw_lists import OPEN_END, InspectorLine, Lists, Parameters, TargetLine
from backend.inspections.rules.draw_record import hashes_of
from backend.inspections.rules.drawing import draw
from bench.table import Line

SEED = "5e" * 32
TURNS = 5
SIZES = ((331, 17, 0.2), (10_000, 510, 3.0))
"""Targets, teams of five, and the seconds that a draw of all of them may take."""


def lines() -> Iterator[Line]:
    for targets, teams, limit in SIZES:
        made = library(targets, teams)
        took = sorted(_seconds(made) for _ in range(TURNS))[TURNS // 2]
        figure = f"{took * 1000:.0f} ms" if took < 1 else f"{took:.2f} s"
        must = f"≤ {limit * 1000:.0f} ms" if limit < 1 else f"≤ {limit:.0f} s"
        yield Line(f"Draw of all of {targets:,} targets with crews, limits and hashes", figure, must, took <= limit)


def library(targets: int, teams: int) -> Lists:
    """Two thirds institutions, whose crews need officers; conflicts and cards as in a real county."""
    rng = random.Random(targets)
    always = ("2026-01-01", OPEN_END)
    people = [
        InspectorLine(
            id=f"p-{team}-{place}",
            team=f"g-{team}",
            leads=place == 0,
            member=always,
            inspector_cards=[always],
            enforcement_cards=[always] if place < 4 else [],
            conflicts=[(f"t-{rng.randrange(targets)}", *always)],
            busy=[],
        )
        for team in range(teams)
        for place in range(5)
    ]
    drawn = [
        TargetLine(
            id=f"t-{number}",
            kind="institution" if number % 3 else "school",
            weight=rng.randint(1, 12),
            parts=[],
            officers=2 if number % 3 else 0,
        )
        for number in range(targets)
    ]
    given = Parameters(
        count=targets,
        crew_min=2,
        crew_max=3,
        per_day=2,
        mixed=False,
        days=[f"2026-11-{day:02d}" for day in range(1, 22)],
        teams=[f"g-{team}" for team in range(teams)],
    )
    return Lists(parameters=given, targets=drawn, inspectors=people)


def _seconds(made: Lists) -> float:
    start = time.perf_counter()
    if obstacles(made) or len(draw(made, SEED)) != len(made.targets):
        raise AssertionError("a library in which everything can be drawn")
    hashes_of(made)
    return time.perf_counter() - start
