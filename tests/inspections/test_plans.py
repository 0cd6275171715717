"""Plans: who makes, approves and releases them, and what they are about."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor, system
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.core.ids import uuid7
from backend.inspections.models import (
    Assignment,
    ChecklistTemplate,
    InspectionPlan,
    PlanKind,
    PlanTarget,
    TemplateStatus,
)
from backend.inspections.models.plan_lifecycle import PLAN_MOVES, PlanState
from backend.inspections.selectors import plans as selectors
from backend.inspections.services import assignments, monthly, plan_steps, plans
from backend.inspections.services.assignments import NewAssignment
from backend.inspections.tasks import open_plans
from backend.journal.models import FeedRow, Outbox
from backend.journal.writing import write
from backend.registry.models import BEGINNING, AreaStation, Target, TargetKind, Team, Track
from backend.registry.services import responsibility, targets
from tests.fixtures.people import Cast
from tests.fixtures.visits import Fieldwork

NOON = dt.datetime(2026, 11, 3, 4, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with clock.fixed(NOON):
        yield


@pytest.fixture
def actors(cast: Cast, fieldwork: Fieldwork) -> dict[str, Actor]:
    """Two of the office, one of leadership, one of a team."""
    fieldwork.county()
    people = {"author": Role.OFFICE, "colleague": Role.OFFICE, "leader": Role.LEADERSHIP, "inspector": Role.INSPECTOR}
    return {name: cast.actor(cast.person(role)) for name, role in people.items()}


@pytest.fixture
def schools(fieldwork: Fieldwork) -> list[Target]:
    """Three schools of one team, the first of a station with a crew; and an institution."""
    team, crew = fieldwork.places.team(), fieldwork.places.team(track=Track.STATION)
    rows = [fieldwork.places.school(team=team) for _ in range(4)]
    with write(actor=system(team.county_id)) as change:
        crew.station = AreaStation.objects.create(county_id=team.county_id, code="S1", name="第一片区督导站")
        crew.save()
        rows[0].station = crew.station
        rows[3].kind, rows[3].stage, rows[3].institution_class = TargetKind.INSTITUTION, "", "non_subject"
        for row in rows:
            row.save()
        responsibility.follow(change, rows, since=BEGINNING)
    return rows


def drafted(actors: dict[str, Actor], **fields: Any) -> InspectionPlan:
    return plans.create(actor=actors["author"], **({"month": "2026-11"} | fields))


def approved(actors: dict[str, Actor], plan: InspectionPlan | None = None, **fields: Any) -> InspectionPlan:
    plan = plan or drafted(actors, **fields)
    plan_steps.submit(actor=actors["author"], plan_id=plan.pk)
    return plan_steps.approve(actor=actors["leader"], plan_id=plan.pk)


def for_plan(plan: InspectionPlan, target: Target, team: Team, fieldwork: Fieldwork, **more: Any) -> Assignment:
    people = [person.pk for person in fieldwork.places.people(team)]
    new = NewAssignment(target.pk, team.pk, people[0], people, clock.today(), ("TY",), plan=plan.pk, **more)
    return assignments.assign(actor=system(plan.county_id), new=new)


def test_a_plan_goes_its_way_and_its_crews_learn_of_their_assignments_only(
    actors: dict[str, Actor], schools: list[Target], fieldwork: Fieldwork
) -> None:
    plan = approved(actors)
    team = Team.objects.get(track=Track.DEPARTMENT)
    first, second = (for_plan(plan, school, team, fieldwork, reveal_at=clock.now()) for school in schools[:2])
    targets.close_target(actor=actors["author"], target_id=schools[1].pk, status="已停办")
    out = plan_steps.release(actor=actors["author"], plan_id=plan.pk)
    assert (out.released, [(one.assignment, one.code) for one in out.held_back]) == (
        [first.pk],
        [(second, "left_scope")],
    )
    assert set(FeedRow.objects.filter(kind="assignment").values_list("object_id", flat=True)) == {str(first.pk)}
    with pytest.raises(Invalid, match="reason_missing"):
        plan_steps.close(actor=actors["author"], plan_id=plan.pk)
    closed = plan_steps.close(actor=actors["author"], plan_id=plan.pk, reason="全县停课")
    assert Assignment.objects.get(pk=second.pk).state == "cancelled"
    steps = [(row.verb, row.before, row.after, row.actor_name, row.reason) for row in closed.transitions.order_by("pk")]
    author, leader = actors["author"].name, actors["leader"].name
    assert steps == [
        ("create", "", "draft", author, ""),
        ("submit", "draft", "submitted", author, ""),
        ("approve", "submitted", "approved", leader, ""),
        ("release", "approved", "released", author, ""),
        ("close", "released", "closed", author, "全县停课"),
    ]


VERBS = {
    "change": lambda who, plan, extra: plans.change_plan(actor=who["author"], plan_id=plan.pk, visit_limit=extra),
    "include": lambda who, plan, extra: _except(who, plan, included=True),
    "exclude": lambda who, plan, extra: _except(who, plan, included=False),
    "submit": lambda who, plan, extra: plan_steps.submit(actor=who["author"], plan_id=plan.pk),
    "return": lambda who, plan, extra: plan_steps.return_plan(actor=who["leader"], plan_id=plan.pk, reason="补充"),
    "approve": lambda who, plan, extra: plan_steps.approve(actor=who["leader"], plan_id=plan.pk),
    "release": lambda who, plan, extra: plan_steps.release(actor=who["author"], plan_id=plan.pk),
    "close": lambda who, plan, extra: plan_steps.close(actor=who["author"], plan_id=plan.pk, reason="完成"),
}
"""By verb of the table the service that takes it."""

WAYS = {
    "draft": (),
    "submitted": ("submit",),
    "approved": ("submit", "approve"),
    "released": ("submit", "approve", "release"),
    "closed": ("submit", "approve", "release", "close"),
}


def _except(who: dict[str, Actor], plan: InspectionPlan, *, included: bool) -> None:
    target = Target.objects.filter(kind=TargetKind.SCHOOL).order_by("code")[1]
    cause = "added" if included else "on_holiday"
    plans.except_target(
        actor=who["author"], plan_id=plan.pk, target_id=target.pk, included=included, cause=cause, reason="依申请"
    )


def test_every_verb_of_the_table_has_a_service_and_every_state_a_way() -> None:
    assert (set(VERBS), set(WAYS)) == (set(PLAN_MOVES), set(PlanState.values))


@pytest.mark.parametrize("state", WAYS)
def test_from_each_state_lead_the_verbs_of_the_table_and_no_others(
    actors: dict[str, Actor], schools: list[Target], state: str
) -> None:
    plan = drafted(actors)
    for verb in WAYS[state]:
        VERBS[verb](actors, plan, 0)
    for number, (verb, moves) in enumerate(sorted(PLAN_MOVES.items())):
        before = InspectionPlan.objects.values().get(pk=plan.pk)
        assert before["state"] == state
        with transaction.atomic():
            if state in moves:
                VERBS[verb](actors, plan, number)
                assert InspectionPlan.objects.get(pk=plan.pk).state == moves[state]
            else:
                with pytest.raises(Conflict, match="bad_state"):
                    VERBS[verb](actors, plan, number)
                assert InspectionPlan.objects.values().get(pk=plan.pk) == before
            transaction.set_rollback(True)


def test_the_scope_is_frozen_when_it_is_approved(actors: dict[str, Actor], schools: list[Target]) -> None:
    plan = approved(actors)
    lines = {(line.target.pk, line.track) for line in selectors.scope(plan)}
    both = {(schools[0].pk, "department"), (schools[0].pk, "station")}
    assert lines == both | {(row.pk, "department") for row in schools[1:]}
    assert (plan.scope_version, len(plan.scope_hash), plan.targets.count()) == (1, 64, 5)
    targets.create_target(actor=actors["author"], kind="school", code="NEW1", name="新建学校", stage="primary")
    targets.close_target(actor=actors["author"], target_id=schools[1].pk, status="已停办")
    assert {(line.target.pk, line.track) for line in selectors.scope(plan)} == lines - {(schools[1].pk, "department")}
    assert plan.targets.count() == 5
    with pytest.raises(TypeError):
        plan.targets.all()[0].save()


def test_a_plan_that_was_returned_is_frozen_anew_and_the_old_scope_stays_on_record(
    actors: dict[str, Actor], schools: list[Target]
) -> None:
    plan = approved(actors, scope_rule={"kinds": ["school"], "types": [], "districts": [], "teams": []})
    plan_steps.return_plan(actor=actors["leader"], plan_id=plan.pk, reason="加上机构")
    assert InspectionPlan.objects.get(pk=plan.pk).approved_at is None
    plans.change_plan(actor=actors["author"], plan_id=plan.pk, scope_rule=selectors_whole())
    again = approved(actors, plan)
    counts = [PlanTarget.objects.filter(plan=plan, version=version).count() for version in (1, 2)]
    assert (again.scope_version, counts) == (2, [4, 5])
    assert again.scope_hash != plan.scope_hash


def selectors_whole() -> dict[str, list[str]]:
    return {"kinds": [], "types": [], "districts": [], "teams": []}


def test_a_unit_that_drops_out_of_an_approved_plan_leaves_from_its_day(
    actors: dict[str, Actor], schools: list[Target]
) -> None:
    plan = approved(actors)
    row = plans.except_target(
        actor=actors["author"],
        plan_id=plan.pk,
        target_id=schools[1].pk,
        included=False,
        cause="on_holiday",
        since=dt.date(2026, 11, 20),
    )
    inside = [
        schools[1].pk in {line.target.pk for line in selectors.scope(plan, dt.date(2026, 11, day))} for day in (19, 20)
    ]
    assert (row.since, inside) == (dt.date(2026, 11, 20), [True, False])
    with pytest.raises(Conflict, match="excepted"):
        _except(actors, plan, included=False)


def test_nobody_approves_a_plan_that_they_worked_on(actors: dict[str, Actor], schools: list[Target]) -> None:
    plan = drafted(actors)
    plans.change_plan(actor=actors["colleague"], plan_id=plan.pk, themes=["作业管理"])
    plan_steps.submit(actor=actors["author"], plan_id=plan.pk)
    for who in ("author", "colleague"):
        with pytest.raises(Forbidden, match="own_plan"):
            plan_steps.approve(actor=actors[who], plan_id=plan.pk)
    for actor in (actors["inspector"], system(plan.county_id)):
        with pytest.raises(Forbidden):
            plan_steps.approve(actor=actor, plan_id=plan.pk)
    assert plan_steps.approve(actor=actors["leader"], plan_id=plan.pk).state == "approved"


@pytest.mark.parametrize("month", ["2026-02", "2026-07", "2026-08"])
def test_a_vacation_month_begins_with_the_institutions(
    actors: dict[str, Actor], schools: list[Target], month: str
) -> None:
    plan = drafted(actors, month=month)
    assert [line.target for line in selectors.resolved(plan)] == [schools[3]]
    assert "假期违规补课" in plan.themes


def test_a_make_up_plan_takes_what_its_plan_has_not_covered(
    actors: dict[str, Actor], schools: list[Target], fieldwork: Fieldwork
) -> None:
    plan = approved(actors)
    fieldwork.submitted(target=schools[0], team=Team.objects.get(track=Track.DEPARTMENT))
    make_up = drafted(actors, kind=PlanKind.MAKE_UP, makes_up_id=plan.pk)
    assert {line.key for line in selectors.resolved(make_up)} == {
        (schools[0].pk, "station"),
        *((row.pk, "department") for row in schools[1:]),
    }


def refusal(call: Any, *args: Any, **kwargs: Any) -> tuple[str, str]:
    with pytest.raises((Conflict, Invalid)) as refused:
        call(*args, **kwargs)
    return refused.value.code, refused.value.detail


def test_contradictory_plans_are_refused_by_rule(actors: dict[str, Actor], schools: list[Target]) -> None:
    plan = drafted(actors)
    author = actors["author"]

    def says(**fields: Any) -> tuple[str, str]:
        return refusal(plans.change_plan, actor=author, plan_id=plan.pk, **fields)

    assert refusal(plans.create, actor=author, month="2026-11") == (
        "plan_exists",
        "2026-11已有月度计划，请在原计划上修改。",
    )
    assert says(ends_on=dt.date(2026, 12, 1))[0] == "plan_dates"
    assert says(starts_on=dt.date(2026, 11, 20), ends_on=dt.date(2026, 11, 10))[0] == "plan_dates"
    assert says(holidays=["2026-10-01"]) == ("plan_dates", "2026-10-01不在计划期限之内。")
    assert says(holidays=["2026-11-07"], working_weekends=["2026-11-07"])[0] == "plan_dates"
    assert says(templates=[{"track": "", "type": "", "codes": ["ZZ"]}]) == (
        "unknown_template",
        "没有已启用的清单：ZZ。",
    )
    assert says(scope_rule=selectors_whole() | {"districts": [str(uuid7())]})[0] == "unknown_place"
    assert says(makes_up_id=plan.pk)[0] == "makes_up"
    assert refusal(plans.create, actor=author, month="2026-11", kind=PlanKind.MAKE_UP)[0] == "makes_up"
    with pytest.raises(NotFound):
        plans.change_plan(actor=author, plan_id=plan.pk, makes_up_id=uuid7())


def test_a_checklist_that_was_retired_stops_a_plan_by_name(actors: dict[str, Actor], schools: list[Target]) -> None:
    plan = drafted(actors, templates=[{"track": "", "type": "", "codes": ["TY", "ZY"]}])
    with write(actor=actors["author"]):
        ChecklistTemplate.objects.filter(code="ZY").update(status=TemplateStatus.RETIRED)
    told = refusal(plan_steps.submit, actor=actors["author"], plan_id=plan.pk)
    assert told == ("template_retired", "清单ZY已停用，请改选在用的清单。")


def test_an_empty_scope_and_one_that_overlaps_are_refused(actors: dict[str, Actor], schools: list[Target]) -> None:
    nothing = selectors_whole() | {"types": ["junior"]}
    plan = drafted(actors, scope_rule=nothing)
    assert refusal(plan_steps.submit, actor=actors["author"], plan_id=plan.pk)[0] == "scope_empty"
    approved(actors, kind=PlanKind.SPECIAL_CAMPAIGN, title="读物专项")
    other = drafted(actors, kind=PlanKind.SPECIAL_CAMPAIGN, scope_rule=selectors_whole() | {"kinds": ["institution"]})
    with pytest.raises(Conflict) as refused:
        plan_steps.submit(actor=actors["author"], plan_id=other.pk)
    assert (refused.value.code, refused.value.extra["targets"]) == ("scope_overlaps", [str(schools[3].pk)])
    assert "读物专项" in refused.value.detail
    assert schools[3].name in refused.value.detail


def test_exceptions_that_say_nothing_are_refused(
    actors: dict[str, Actor], schools: list[Target], cast: Cast, fieldwork: Fieldwork
) -> None:
    plan = drafted(actors, scope_rule=selectors_whole() | {"kinds": ["institution"]})
    foreign = fieldwork.places.school(county=cast.county("linshui", "邻水区"))

    def says(target: Target, *, included: bool, cause: str = "closed", **more: Any) -> str:
        given = {"target_id": target.pk, "included": included, "cause": cause} | more
        return refusal(plans.except_target, actor=actors["author"], plan_id=plan.pk, **given)[0]

    assert says(schools[0], included=False) == "not_in_scope"
    assert says(schools[0], included=True, cause="added") == "reason_missing"
    assert says(schools[3], included=False, since=dt.date(2026, 12, 1)) == "plan_dates"
    targets.close_target(actor=actors["author"], target_id=schools[1].pk, status="已停办")
    assert says(schools[1], included=True) == "target_closed"
    with pytest.raises(NotFound):
        plans.except_target(
            actor=actors["author"], plan_id=plan.pk, target_id=foreign.pk, included=True, cause="merged"
        )
    plans.except_target(actor=actors["author"], plan_id=plan.pk, target_id=schools[0].pk, included=True, cause="merged")
    assert {line.target.pk for line in selectors.resolved(plan)} == {schools[0].pk, schools[3].pk}
    plans.withdraw_exception(actor=actors["author"], plan_id=plan.pk, target_id=schools[0].pk)
    assert {line.target.pk for line in selectors.resolved(plan)} == {schools[3].pk}


def test_assignments_of_a_plan_keep_to_its_scope_days_and_checklists(
    actors: dict[str, Actor], schools: list[Target], fieldwork: Fieldwork
) -> None:
    team = Team.objects.get(track=Track.DEPARTMENT)
    plan = drafted(
        actors,
        scope_rule=selectors_whole() | {"types": ["primary"]},
        templates=[{"track": "department", "type": "primary", "codes": ["TY", "KH"]}],
        starts_on=dt.date(2026, 11, 3),
        ends_on=dt.date(2026, 11, 20),
    )

    def says(target: Target, **more: Any) -> str:
        return str(refusal(for_plan, plan, target, team, fieldwork, **more)[1])

    assert says(schools[0]) == "计划当前为“草拟”，批准之后才能安排任务。"
    approved(actors, plan)
    assert says(schools[3]) == f"“{schools[3].name}”不在计划范围内。"
    people = [person.pk for person in fieldwork.places.people(team)]
    late = NewAssignment(schools[0].pk, team.pk, people[0], people, dt.date(2026, 11, 21), plan=plan.pk)
    assert refusal(assignments.assign, actor=system(plan.county_id), new=late)[1] == "安排日期不在计划期限之内。"
    sent = assignments.assign(
        actor=system(plan.county_id),
        new=NewAssignment(schools[0].pk, team.pk, people[0], people, dt.date(2026, 11, 20), plan=plan.pk),
    )
    assert (sent.plan_id, [code for code, _ in sent.templates]) == (plan.pk, ["TY", "KH"])


def test_the_product_opens_the_plan_of_the_next_month_on_the_25th_once(
    actors: dict[str, Actor], schools: list[Target], cast: Cast
) -> None:
    cast.county("linshui", "邻水区")  # nothing to visit there
    opened = []
    for day in (24, 25, 25, 26):
        with clock.fixed(dt.datetime(2026, 11, day, 4, tzinfo=dt.UTC)):
            opened.append(open_plans())
    assert opened == [0, 1, 0, 0]
    plan = InspectionPlan.objects.get()
    assert (plan.month, plan.state, plan.title, plan.created_by) == ("2026-12", "draft", "2026年12月督查计划", None)
    told = set(Outbox.objects.filter(kind="plan.opened").values_list("recipient_id", flat=True))
    assert {actors["author"].user_id, actors["colleague"].user_id} <= told
    with clock.fixed(dt.datetime(2027, 1, 5, 4, tzinfo=dt.UTC)):
        assert monthly.due(plan.county_id) == ["2027-01"]


def test_a_plan_that_is_opened_twice_at_once_is_opened_once(actors: dict[str, Actor], schools: list[Target]) -> None:
    county = actors["author"].county_id
    assert [monthly.open_month(county, "2026-12") for _ in range(2)] == [1, 0]
    assert InspectionPlan.objects.filter(month="2026-12").count() == 1


def test_no_plan_is_a_document_of_a_phone(actors: dict[str, Actor], schools: list[Target]) -> None:
    plan = approved(actors)
    plan_steps.release(actor=actors["author"], plan_id=plan.pk)
    rows = FeedRow.objects.exclude(document=None)
    assert not [row for row in rows if str(plan.pk) in (row.document or "") or plan.title in (row.document or "")]
