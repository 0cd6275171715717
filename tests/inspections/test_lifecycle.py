"""The tables of states: everything in them can be reached, and nothing leads out of an end."""

import pytest

from backend.core.errors import Conflict
from backend.inspections.models import AssignmentState, FindingState, VisitState
from backend.inspections.models import lifecycle as tables


def reachable(moves: dict[str, set[str]], start: str) -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        for after in moves.get(waiting.pop(), set()) - seen:
            seen.add(after)
            waiting.append(after)
    return seen


def turned(table: dict[str, dict[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for moves in table.values():
        for before, after in moves.items():
            found.setdefault(str(before), set()).add(str(after))
    return found


def test_every_state_of_a_visit_is_reachable_from_release() -> None:
    assert reachable(turned(tables.VISIT_MOVES), "released") == set(VisitState.values)


def test_every_state_of_an_assignment_is_reachable_from_the_plan() -> None:
    assert reachable(turned(tables.ASSIGNMENT_MOVES), "planned") == set(AssignmentState.values)


def test_every_state_of_a_finding_is_reachable_from_the_record() -> None:
    moves = {str(before): {str(after) for after in after} for before, after in tables.FINDING_MOVES.items()}
    assert reachable(moves, "recorded") == set(FindingState.values)
    assert set(moves) == set(FindingState.values)


def test_ends_are_ends() -> None:
    visits, assignments = turned(tables.VISIT_MOVES), turned(tables.ASSIGNMENT_MOVES)
    assert "cancelled" not in visits
    assert "approved" not in visits
    assert {"done", "cancelled"}.isdisjoint(assignments)
    assert tables.FINDING_MOVES[FindingState.WITHDRAWN] == frozenset()


def test_every_open_visit_can_be_submitted_and_cancelled() -> None:
    at_work = {"departed", "arrived", "in_progress", "feedback_given", "returned"}
    assert set(tables.VISIT_MOVES["submit"]) == at_work
    assert set(tables.VISIT_MOVES["cancel"]) == at_work


@pytest.mark.parametrize("verb", ["work", "check_in", "feedback", "note", "submit", "cancel"])
@pytest.mark.parametrize("state", ["submitted", "approved"])
def test_field_work_on_a_submitted_visit_is_late_lock(verb: str, state: str) -> None:
    with pytest.raises(Conflict) as refused:
        tables.visit_after(verb, state)
    assert refused.value.code == "late_lock"


@pytest.mark.parametrize(("verb", "state"), [("work", "cancelled"), ("approve", "in_progress"), ("return", "approved")])
def test_other_wrong_steps_are_bad_state(verb: str, state: str) -> None:
    with pytest.raises(Conflict) as refused:
        tables.visit_after(verb, state)
    assert refused.value.code == "bad_state"
    assert refused.value.detail.endswith("不允许此操作。")
