"""The random draw: sealed before, drawn once before a witness, told afterwards, checked by anybody."""

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backend.core import clock
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.inspections.models import Assignment, Draw, DrawLibrary, DrawnTarget, DrawOutcome, DrawSeal
from backend.inspections.models.draw_lifecycle import DRAW_MOVES, DrawState, draw_after
from backend.inspections.rules.draw_lists import digest
from backend.inspections.selectors import draws as selectors
from backend.inspections.selectors.draw_audit import audited
from backend.inspections.services import assignments, draw_confirmation, draws, plan_steps, plans, recusals
from backend.inspections.services.assignments import NewAssignment
from backend.journal import grants
from backend.journal.models import AuditLine, FeedRow
from backend.journal.writing import write
from backend.registry.services.conflicts import Declaration, decide, record
from tests.fixtures.draws import DrawDesk


def verify(which: object) -> str:
    out = io.StringIO()
    call_command("draw", "verify", str(which), stdout=out)
    return out.getvalue()


def published(draw: Draw, path: Path, **changed: Any) -> Path:
    from backend.core import codec

    path.write_bytes(codec.dumps(selectors.record(draw) | changed))
    return path


def test_sealed_tells_hashes_and_no_seed(drawing: DrawDesk) -> None:
    drawing.settled()
    draw = drawing.sealed()
    told = selectors.record(draw)
    assert (draw.state, told["seed"], told["salt"], told["result"]) == ("sealed", None, None, [])
    assert (draw.target_count, draw.inspector_count) == (5, 6)
    line = AuditLine.objects.get(verb="draw.sealed", object_id=str(draw.pk))
    assert line.detail == {"commitment": draw.commitment, "hashes": draw.hashes}


def test_the_same_libraries_sealed_twice_have_different_commitments_and_names(drawing: DrawDesk) -> None:
    drawing.settled()
    first, second = drawing.sealed(), drawing.sealed()
    assert first.commitment != second.commitment
    names = [{line["id"] for line in draw.library.targets} for draw in (first, second)]
    assert names[0] & names[1] == set()
    weights = [sorted(line["weight"] for line in draw.library.targets) for draw in (first, second)]
    assert weights[0] == weights[1]


def test_drawn_once_with_operator_and_witness(drawing: DrawDesk) -> None:
    drawing.settled()
    draw = drawing.drawn()
    assert draw.state == "drawn"
    assert draw.operator_id != draw.witness_id
    assert draw.witness_name
    rows = list(draw.drawn.order_by("position"))
    assert [row.position for row in rows] == [1, 2, 3, 4, 5]
    assert len({row.target_id for row in rows}) == 5
    with pytest.raises(Conflict, match="bad_state"):
        drawing.drawn(draw)


def test_the_operator_and_people_of_units_are_no_witnesses(drawing: DrawDesk) -> None:
    drawing.settled()
    draw, office = drawing.sealed(), drawing.office()
    liaison = drawing.places.liaison(drawing.places.school())
    for witness in (office.person, liaison.pk, 987_654_321):
        with pytest.raises(Invalid, match="bad_witness"):
            draws.run(actor=office, draw_id=draw.pk, witness=witness)


def test_the_seed_is_told_only_after_the_draw(drawing: DrawDesk) -> None:
    drawing.settled()
    draw, office = drawing.sealed(), drawing.office()
    with pytest.raises(Conflict, match="bad_state"):
        draws.reveal(actor=office, draw_id=draw.pk)
    drawn = drawing.drawn(draw)
    assert selectors.record(drawn)["seed"] is None
    told = draws.reveal(actor=office, draw_id=draw.pk)
    assert selectors.record(told)["seed"] == draw.seal.seed
    assert draws.reveal(actor=office, draw_id=draw.pk).revealed_at == told.revealed_at


def test_what_was_sealed_or_drawn_is_never_changed(drawing: DrawDesk) -> None:
    drawing.settled()
    draw = drawing.drawn()
    for row in (DrawSeal.objects.get(), DrawLibrary.objects.get(), DrawOutcome.objects.get()):
        assert row.pk == draw.pk
        with pytest.raises(TypeError, match="never changed"):
            row.save()
        with pytest.raises(TypeError, match="never removed"):
            row.delete()


def test_verified_from_the_database_and_from_the_published_record(drawing: DrawDesk, tmp_path: Path) -> None:
    drawing.settled()
    draw = drawing.drawn()
    assert "重新抽取，结果完全相同" in verify(draw.pk)
    file = published(draw, tmp_path / "record.json")
    assert "种子尚未公布" in verify(file)
    draws.reveal(actor=drawing.office(), draw_id=draw.pk)
    assert "重新抽取，结果完全相同" in verify(published(selectors.get(drawing.office(), draw.pk), file))


def test_a_record_with_one_thing_changed_is_caught(drawing: DrawDesk, tmp_path: Path) -> None:
    drawing.settled()
    draw = draws.reveal(actor=drawing.office(), draw_id=drawing.drawn().pk)
    whole = json.loads(published(draw, tmp_path / "record.json").read_bytes())
    swapped = [whole["result"][1] | {"position": 1}, whole["result"][0] | {"position": 2}, *whole["result"][2:]]
    heavier = [whole["targets"][0] | {"weight": 99}, *whole["targets"][1:]]
    for changed in (
        {"seed": "0" * 64},
        {"salt": "0" * 32},
        {"contribution": "别的话"},
        {"result": swapped},
        {"result": swapped, "result_hash": digest(swapped)},
        {"targets": heavier},
        {"inspectors": whole["inspectors"][1:]},
        {"parameters": whole["parameters"] | {"count": 4}},
        {"algorithm": "other"},
    ):
        with pytest.raises(CommandError, match="核验不一致"):
            verify(published(draw, tmp_path / "changed.json", **changed))


def test_a_row_changed_behind_our_back_is_caught_and_not_sent_out(drawing: DrawDesk) -> None:
    drawing.settled()
    draw = drawing.drawn()
    row = draw.drawn.order_by("position")[0]
    other = drawing.places.school()
    with write(actor=drawing.office()):
        DrawnTarget.objects.filter(pk=row.pk).update(target=other)
    assert [one.code for one in audited(draw) if not one.agrees] == ["rows"]
    with pytest.raises(Conflict, match="draw_altered"):
        draw_confirmation.confirm(actor=drawing.office(), draw_id=draw.pk)
    with write(actor=drawing.office()):
        DrawnTarget.objects.filter(pk=row.pk).update(target=row.target)
        Draw.objects.filter(pk=draw.pk).update(commitment="0" * 64)
    draw.refresh_from_db()
    assert [one.code for one in audited(draw) if not one.agrees] == ["commitment", "audit"]


def test_confirmed_it_becomes_assignments_that_only_the_leader_learns_of_in_time(drawing: DrawDesk) -> None:
    drawing.settled()
    draw = drawing.drawn()
    made = draw_confirmation.confirm(actor=drawing.office(), draw_id=draw.pk, reveal_hours=3)
    assert [row.target_id for row in made] == list(draw.drawn.order_by("position").values_list("target_id", flat=True))
    assert {row.assignment_id for row in draw.drawn.all()} == {row.pk for row in made}
    for row in made:
        assert row.reveal_at == clock.midnight(row.scheduled_on) + dt.timedelta(hours=5, minutes=30)
        assert grants.readers(row.scope) == set()
        assert row.kind == ("routine" if row.target.kind == "school" else "administrative_check")
    assert not FeedRow.objects.filter(kind__in=["assignment", "draw"]).exists()
    later = [row for row in made if row.scheduled_on > clock.today()]
    for row in assignments.release_many(actor=drawing.office(), assignment_ids=[row.pk for row in later]):
        assert row.leader_id not in grants.readers(row.scope)
        with clock.fixed(row.reveal_at):
            assert row.leader_id in grants.readers(row.scope)
            assert set(row.present().values_list("user_id", flat=True)) & grants.readers(row.scope) == {row.leader_id}
    with pytest.raises(Conflict, match="bad_state"):
        draw_confirmation.confirm(actor=drawing.office(), draw_id=draw.pk)


def test_drawn_anew_with_a_reason_and_both_stay(drawing: DrawDesk) -> None:
    drawing.settled()
    draw, office = drawing.drawn(), drawing.office()
    again = draws.redraw(actor=office, draw_id=draw.pk, reason="见证人临时有事")
    draw.refresh_from_db()
    assert (draw.state, again.state, again.replaces_id, again.reason) == (
        "replaced",
        "sealed",
        draw.pk,
        "见证人临时有事",
    )
    assert again.target_count == 5
    assert DrawOutcome.objects.filter(draw=draw).exists()
    told = draws.reveal(actor=office, draw_id=draw.pk)
    assert all(one.agrees for one in audited(told))
    with pytest.raises(Conflict, match="bad_state"):
        draws.redraw(actor=office, draw_id=draw.pk, reason="再抽")
    confirmed = draw_confirmation.confirm(actor=office, draw_id=drawing.drawn(again).pk)
    assert len(confirmed) == 5
    with pytest.raises(Conflict, match="bad_state"):
        draws.redraw(actor=office, draw_id=again.pk, reason="再抽")


def test_a_draw_for_a_plan_draws_its_scope_on_its_working_days_by_the_teams_in_charge(drawing: DrawDesk) -> None:
    with clock.fixed(dt.datetime(2026, 11, 2, 9, tzinfo=clock.CHINA)):
        drawing.fieldwork.county()
        office, leader = drawing.office(), drawing.cast.actor(drawing.witness())
        teams = [drawing.team(), drawing.team()]
        held = [(drawing.places.school(team=team), team) for team in teams]
        outside = drawing.places.school(team=teams[0])
        plan = plans.create(
            actor=office, month="2026-11", holidays=["2026-11-03"], ends_on=dt.date(2026, 11, 9), reveal_hours=3
        )
        plans.except_target(
            actor=office, plan_id=plan.pk, target_id=outside.pk, included=False, cause="on_holiday", reason="放假"
        )
        with pytest.raises(Conflict, match="plan_not_approved"):
            drawing.sealed(plan=plan.pk)
        plan_steps.submit(actor=office, plan_id=plan.pk)
        plan_steps.approve(actor=leader, plan_id=plan.pk)
        with pytest.raises(Invalid, match="bad_draw"):
            drawing.sealed(plan=plan.pk, days=[dt.date(2026, 11, 10)])
        draw = drawing.drawn(plan=plan.pk, month=None, days=[], in_charge=True)
        assert draw.parameters["days"] == [f"2026-11-{day:02d}" for day in (4, 5, 6, 9)]
        assert {(row.target, row.team) for row in draw.drawn.all()} == set(held)
        with pytest.raises(Invalid, match="reveal_too_early") as early:
            draw_confirmation.confirm(actor=office, draw_id=draw.pk, reveal_hours=3.5)
        assert early.value.detail == "按计划，最多提前3小时告知组长。"
        made = draw_confirmation.confirm(actor=office, draw_id=draw.pk)
        assert {row.plan_id for row in made} == {plan.pk}
        assert {row.reveal_at - clock.midnight(row.scheduled_on) for row in made} == {dt.timedelta(hours=5, minutes=30)}


def test_within_a_month_nothing_is_drawn_twice(drawing: DrawDesk) -> None:
    drawing.settled()
    draw_confirmation.confirm(actor=drawing.office(), draw_id=drawing.drawn(count=2).pk)
    third = drawing.drawn(count=2)
    assert third.target_count == 3
    assert drawing.sealed().target_count == 1


def test_what_was_planned_since_the_sealing_stops_the_draw(drawing: DrawDesk) -> None:
    drawing.settled()
    first, second = drawing.sealed(), drawing.sealed()
    drawing.drawn(first)
    with pytest.raises(Conflict, match="library_stale"):
        drawing.drawn(second)
    assert not DrawOutcome.objects.filter(draw=second).exists()


def test_rules_that_cannot_be_met_are_named_with_their_targets(drawing: DrawDesk) -> None:
    drawing.fieldwork.county()
    drawing.team(officers=1)
    school, institution = drawing.places.school(), drawing.institution()
    with pytest.raises(Conflict) as refused:
        drawing.sealed()
    (obstacle,) = refused.value.extra["obstacles"]
    assert (refused.value.code, obstacle["rule"]) == ("draw_impossible", "officers")
    assert obstacle["targets"] == [{"id": str(institution.pk), "name": institution.name}]
    assert institution.name in refused.value.detail
    assert drawing.sealed(target_kinds=["school"]).target_count == 1
    assert school.is_active
    with pytest.raises(Conflict, match="draw_impossible") as refused:
        drawing.sealed(target_kinds=["school"], count=7)
    assert [one["rule"] for one in refused.value.extra["obstacles"]] == ["count"]
    assert not DrawSeal.objects.exclude(draw__target_count=1).exists()


def test_a_draw_that_finds_no_crew_is_kept_and_says_for_which_target(drawing: DrawDesk) -> None:
    drawing.fieldwork.county()
    drawing.team(officers=3, members=3)
    drawing.team(officers=0, members=2)
    institution, office = drawing.institution(), drawing.office()
    drawing.places.school()
    draw = drawing.sealed(days=[clock.today()], per_day=1, crew_min=2, crew_max=2)
    outcomes: dict[str, Conflict | None] = {}
    for _ in range(24):
        fault = refusal(drawing, draw)
        draw.refresh_from_db()
        outcomes[draw.state] = fault
        if len(outcomes) == 2:
            break
        draw = draws.redraw(actor=office, draw_id=draw.pk, reason="再试一次")
    assert set(outcomes) == {"drawn", "impossible"}
    told = outcomes["impossible"]
    assert told is not None
    assert told.code == "draw_impossible"
    assert told.extra["obstacles"][0]["targets"] == [{"id": str(institution.pk), "name": institution.name}]
    failed = Draw.objects.filter(obstacles__0__rule="no_crew_left")[0]
    assert all(one.agrees for one in audited(failed))


def refusal(drawing: DrawDesk, draw: Draw) -> Conflict | None:
    try:
        drawing.drawn(draw)
    except Conflict as fault:
        return fault
    return None


def test_a_conflict_keeps_out_of_the_crew_declared_or_decided_until_rejected(drawing: DrawDesk) -> None:
    drawing.fieldwork.county()
    team = drawing.team(members=3)
    school, office = drawing.places.school(), drawing.office()
    tied = drawing.places.people(team)[1]
    declaration = Declaration(school.pk, "own_employer")
    conflict = record(actor=office, user_id=tied.pk, declaration=declaration)
    for _ in range(4):
        draw = drawing.drawn(crew_min=2, crew_max=3)
        assert tied.pk not in draw.drawn.get().crew
        draws.redraw(actor=office, draw_id=draw.pk, reason="测试")
    decide(actor=office, conflict_id=conflict.pk, state="decided", reason="属实")
    assert drawing.drawn(crew_max=3).drawn.get().crew.count(tied.pk) == 0
    draws.redraw(actor=office, draw_id=Draw.objects.get(state="drawn").pk, reason="测试")
    decide(actor=office, conflict_id=conflict.pk, state="rejected", reason="不实")
    assert tied.pk in drawing.drawn(crew_min=3, crew_max=3).drawn.get().crew


def test_who_stayed_away_on_the_spot_is_not_drawn_for_that_unit_again_until_the_office_rejects_it(
    drawing: DrawDesk,
) -> None:
    drawing.fieldwork.county()
    team, school, office = drawing.team(members=3), drawing.places.school(), drawing.office()
    leader, tied, _ = drawing.places.people(team)
    day, now = clock.today(), clock.now()
    new = NewAssignment(school.pk, team.pk, leader.pk, [tied.pk], day, ("TY",), kind="tip_check", reveal_at=now)
    sent = assignments.release(actor=office, assignment_id=assignments.assign(actor=office, new=new).pk)
    assignments.depart(actor=drawing.cast.actor(leader), assignment_id=sent.pk)
    recusals.declare(actor=drawing.cast.actor(tied), assignment_id=sent.pk, kind="other", reason="亲戚在此任教")
    draw = drawing.drawn(crew_min=2, crew_max=3)
    assert tied.pk not in draw.drawn.get().crew
    conflict = record(actor=office, user_id=tied.pk, declaration=Declaration(school.pk, "other"))
    decide(actor=office, conflict_id=conflict.pk, state="rejected", reason="不属应当回避的情形")
    again = draws.redraw(actor=office, draw_id=draw.pk, reason="回避已作决定")
    assert again.library.inspectors != draw.library.inspectors
    assert [line["conflicts"] for line in again.library.inspectors] == [[], [], []]


def test_only_the_office_draws_and_only_leadership_reads_beside_it(drawing: DrawDesk) -> None:
    drawing.settled()
    draw = drawing.sealed()
    leader = drawing.cast.actor(drawing.places.people(drawing.places.team())[0])
    leadership = drawing.cast.actor(drawing.witness())
    assert selectors.get(leadership, draw.pk) == draw
    with pytest.raises(NotFound):
        selectors.get(leader, draw.pk)
    for actor in (leader, leadership):
        for call in (
            lambda actor: draws.seal(actor=actor, request=drawing.request()),
            lambda actor: draws.run(actor=actor, draw_id=draw.pk, witness=1),
            lambda actor: draws.reveal(actor=actor, draw_id=draw.pk),
            lambda actor: draws.redraw(actor=actor, draw_id=draw.pk, reason="x"),
            lambda actor: draw_confirmation.confirm(actor=actor, draw_id=draw.pk),
        ):
            with pytest.raises(Forbidden):
                call(actor)


def test_every_state_is_reached_and_only_by_its_verbs() -> None:
    reached = {DrawState.SEALED.value} | {str(after) for moves in DRAW_MOVES.values() for after in moves.values()}
    assert reached == set(DrawState.values)
    for verb, moves in DRAW_MOVES.items():
        for state in DrawState.values:
            if state in moves:
                assert draw_after(verb, state) == moves[state]
            else:
                with pytest.raises(Conflict, match="bad_state"):
                    draw_after(verb, state)


def test_results_of_institutions_are_shown_once_the_visit_is_approved(drawing: DrawDesk) -> None:
    drawing.settled(schools=1, institutions=2)
    office, month = drawing.office(), f"{clock.today():%Y-%m}"
    made = draw_confirmation.confirm(actor=office, draw_id=drawing.drawn(days=[clock.today()]).pk)
    assert selectors.publicity(office, month) == []
    one = next(row for row in made if row.target.kind == "institution")
    Assignment.objects.get(pk=one.pk)
