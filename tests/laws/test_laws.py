"""The laws of sync hold for the code as it is, and each planted mutant breaks one (protocol, Invariants)."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.laws.machine import SyncLaws
from tests.laws.mutants import MUTANTS
from tests.laws.world import LawWorld, open_world

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
HUNT = settings(RUNS, max_examples=60, stateful_step_count=30)

LAWS = [f"I{number}" for number in range(1, 16)]


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database itself, without a transaction around each test: here transactions begin, end and die."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module")
def world(db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LawWorld]:
    with open_world(tmp_path_factory.mktemp("laws")) as found:
        yield found


def machine(world: LawWorld, **parts: Any) -> type[SyncLaws]:
    """The laws in `world`."""
    return type("Laws", (SyncLaws,), {"world": world, **parts})


def test_the_laws_hold(world: LawWorld) -> None:
    run_state_machine_as_test(machine(world), settings=RUNS)


def test_a_first_page_from_yet_another_life_takes_nothing_off_the_screen(world: LawWorld) -> None:
    """Restored twice while a phone begins anew: its next page comes without a 409, because it has no cursor."""
    life = machine(world)()
    life.begin()
    try:
        life.revoke(visit=0)
        life.answer(place=1, visit=0, key="TY-01", value="yes")
        life.push(place=1, fault="none", order="as made", most=1)
        life.back_up()
        life.restore()
        life.ask(place=1, limit=1)
        life.restore()
        life.pull(place=1, limit=2000, twice=True)
        life.always()
    finally:
        life.teardown()


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_a_mutant_is_caught(name: str, world: LawWorld, record_property: Callable[[str, object], None]) -> None:
    found = MUTANTS[name]
    assert found.focus <= set(SyncLaws.acts()), "a focus names nothing that happens"
    laws = machine(world, focus=found.focus, **found.parts)
    with found.plant(), pytest.raises(AssertionError, match=found.laws):
        run_state_machine_as_test(laws, settings=HUNT)
    record_property("lives", laws.lives)


def test_every_law_has_its_mutant() -> None:
    named = " ".join(found.laws for found in MUTANTS.values())
    assert [law for law in LAWS if not re.search(rf"{law}\b", named)] == []
