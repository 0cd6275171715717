"""What goes out with a plan, to whom and when: crews that may go, and leaders not before their hour."""

import datetime as dt

import pytest

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Invalid
from backend.inspections.services import plan_steps
from backend.registry.models import Target, Team, Track
from backend.registry.services import conflicts
from backend.registry.services.conflicts import Declaration
from tests.fixtures.visits import Fieldwork
from tests.inspections.test_plans import NOON, actors, approved, for_plan, november, schools

__all__ = ["actors", "november", "schools"]


def test_a_release_holds_back_every_crew_that_may_not_go_and_says_by_which_rule(
    actors: dict[str, Actor], schools: list[Target], fieldwork: Fieldwork
) -> None:
    plan = approved(actors)
    team, office = Team.objects.get(track=Track.DEPARTMENT), actors["author"]
    made = {
        kind: for_plan(plan, school, team, fieldwork, kind=kind)
        for kind, school in zip(("routine", "special", "tip_check"), schools, strict=False)
    }
    tied = fieldwork.places.people(team)[1]
    conflicts.record(actor=office, user_id=tied.pk, declaration=Declaration(schools[0].pk, "own_employer"))
    out = plan_steps.release(actor=office, plan_id=plan.pk)
    held = {one.assignment: (one.code, one.text) for one in out.held_back}
    assert {row: code for row, (code, _) in held.items()} == {
        made["routine"]: "crew_conflict",
        made["special"]: "too_few_inspectors",
    }
    assert held[made["routine"]][1] == f"“{schools[0].name}”：{tied.name}与检查对象存在利害关系，当日应当回避。"
    assert out.released == [made["tip_check"].pk]


def test_no_leader_learns_a_target_earlier_than_the_plan_says(
    actors: dict[str, Actor], schools: list[Target], fieldwork: Fieldwork
) -> None:
    plan, team = approved(actors, reveal_hours=4), Team.objects.get(track=Track.DEPARTMENT)
    earliest = dt.datetime(2026, 11, 3, 4, 30, tzinfo=clock.CHINA)
    assert for_plan(plan, schools[0], team, fieldwork).reveal_at == earliest
    with pytest.raises(Invalid) as early:
        for_plan(plan, schools[1], team, fieldwork, reveal_at=earliest - dt.timedelta(minutes=1))
    assert (early.value.extra["path"], early.value.detail) == (
        "items.0.reveal_at",
        "按计划，组长最早在检查当日8:30前4小时得知检查对象。",
    )
    assert for_plan(plan, schools[1], team, fieldwork, reveal_at=NOON).reveal_at == NOON
