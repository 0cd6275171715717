"""The laws of sync hold for the code as it is, and each planted mutant breaks one (protocol, Invariants)."""

from collections.abc import Collection
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RULE_MARKER, run_state_machine_as_test

from backend.core.actor import system
from backend.inspections.services import assignments
from backend.journal.writing import write
from tests.fixtures.people import Cast
from tests.fixtures.places import Places
from tests.fixtures.visits import Fieldwork
from tests.laws.machine import LawWorld, SyncLaws
from tests.laws.mutants import MUTANTS

RUNS = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=True,
    report_multiple_bugs=False,
    phases=(Phase.generate,),  # a failure is told as it was found: making it small takes minutes
)
HUNT = settings(RUNS, max_examples=100, stateful_step_count=15)


def crew_of_two(cast: Cast, places: Places, fieldwork: Fieldwork) -> LawWorld:
    """A crew of two, on its way to two schools."""
    team = places.team()
    tasks = []
    for _ in range(2):
        task = fieldwork.released(team=team)
        actor = fieldwork.leader(task)
        assignments.accept(actor=actor, assignment_id=task.pk)
        tasks.append(assignments.depart(actor=actor, assignment_id=task.pk))
    people = places.people(team)
    with write(actor=system(tasks[0].county_id)) as change:
        for person in people:  # the checklists say nothing here and cost most of the time
            change.end_grant(person.pk, f"county:{tasks[0].county_id}")
    return LawWorld(cast, people, tasks)


@pytest.fixture
def world(cast: Cast, places: Places, fieldwork: Fieldwork) -> LawWorld:
    return crew_of_two(cast, places, fieldwork)


def machine(world: LawWorld, focus: Collection[str] = (), **parts: Any) -> type[SyncLaws]:
    """The laws in `world`; with `focus` only those rules are played."""
    left_out = [name for name, part in vars(SyncLaws).items() if hasattr(part, RULE_MARKER) and name not in focus]
    silent = dict.fromkeys(left_out if focus else ())
    return type("Laws", (SyncLaws,), {"world": world, **silent, **parts})


def test_the_laws_hold(world: LawWorld) -> None:
    run_state_machine_as_test(machine(world), settings=RUNS)


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_a_mutant_is_caught(name: str, world: LawWorld) -> None:
    with MUTANTS[name]() as parts, pytest.raises(AssertionError):
        run_state_machine_as_test(machine(world, **parts), settings=HUNT)


def test_the_world_is_what_the_laws_need(world: LawWorld) -> None:
    assert len(world.people) == 2
    assert {task.county_id for task in world.assignments} == {world.people[0].county_id}
    assert system(world.assignments[0].county_id).user_id is None
