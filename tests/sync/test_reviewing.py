"""Deciding about held and quarantined operations (protocol, Review)."""

import datetime as dt

import pytest

from backend.accounts.roles import Role
from backend.accounts.services import people
from backend.core import clock
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.ids import uuid7
from backend.inspections.models import Answer, Assignment, CrewMember, Evidence, Visit, VisitAddendum
from backend.inspections.services import recusals
from backend.journal import grants
from backend.journal.models import AuditLine
from backend.sync.models import Operation, Review, Verdict
from backend.sync.services import reviewing
from backend.sync.services.sweeping import sweep
from tests.fixtures.people import Cast
from tests.fixtures.phones import Phone
from tests.fixtures.work_under_review import Desk, given, photo

A_DAY = dt.timedelta(hours=24)


def test_what_was_answered_is_never_rewritten_and_a_resend_hears_the_fate_beside_it(desk: Desk) -> None:
    op = desk.late("answer.set", desk.visit.pk, given(TY_01="no"))
    first = desk.member.push(op)["results"][0]
    reviewing.dismiss(actor=desk.leader, op=desk.op(op), reason="重复填写。")
    again = desk.member.push(op)["results"][0]
    assert again == first | {"fate": "dismissed"}
    assert not VisitAddendum.objects.exists()
    assert Review.objects.count() == 1


def test_nobody_decides_twice(desk: Desk) -> None:
    op = desk.late("answer.set", desk.visit.pk, given(TY_01="no"))
    reviewing.dismiss(actor=desk.leader, op=desk.op(op), reason="重复填写。")
    for decide in (
        lambda: reviewing.accept(actor=desk.office, op=desk.op(op)),
        lambda: reviewing.refile(actor=desk.office, op=desk.op(op), to=str(desk.visit.pk), reason="误"),
        lambda: reviewing.dismiss(actor=desk.leader, op=desk.op(op), reason="再次"),
    ):
        with pytest.raises(Conflict) as refused:
            decide()
        assert refused.value.code == "already_decided"


def test_only_the_crews_leader_and_the_office_may_decide(desk: Desk) -> None:
    op = desk.late("answer.set", desk.visit.pk, given(TY_01="no"))
    other_leader = desk.cast.actor(desk.fieldwork.places.people(desk.fieldwork.places.team())[0])
    for actor in (
        other_leader,
        desk.cast.actor(desk.member.client.user),
        desk.cast.actor(desk.cast.person(Role.LEADERSHIP)),
        desk.cast.actor(desk.cast.person(Role.OFFICE, county=desk.cast.county("linshui", "邻水区"))),
    ):
        with pytest.raises(NotFound):
            reviewing.dismiss(actor=actor, op=desk.op(op), reason="越权")
    reviewing.dismiss(actor=desk.office, op=desk.op(op), reason="重复")


def test_a_start_that_is_vouched_for_brings_what_waited_for_it_and_opens_nothing_to_its_author(desk: Desk) -> None:
    assignment = desk.fieldwork.released()
    visit_id, start, answer = desk.begun_by_stranger(assignment)
    review = reviewing.accept(actor=desk.office, op=desk.op(start), reason="临时顶替。")
    assert (review.detail["status"], review.detail["visit"]) == ("applied", str(visit_id))
    assert Verdict.objects.get(pk=answer["op"]).status == "applied"
    assert Answer.objects.get(visit_id=visit_id).value == "yes"
    author = desk.stranger.client.user.pk
    assert CrewMember.objects.get(assignment=assignment, user_id=author).ended_at is not None
    assert not grants.may_read(author, assignment.scope)
    assert desk.stranger.send("answer.set", visit_id, given(TY_03="yes"))["status"] == "applied"
    assert desk.document(desk.stranger, start)["fate"]["outcome"] == "accepted"
    assert str(visit_id) not in desk.stranger.documents("visit")


def test_a_visit_begun_on_the_wrong_assignment_is_refiled_with_all_that_waited_for_it(desk: Desk) -> None:
    wrong, right = desk.fieldwork.released(), desk.fieldwork.released()
    visit = desk.fieldwork.begun(right)
    other_id, start, answer = desk.begun_by_stranger(wrong)
    review = reviewing.refile(actor=desk.office, op=desk.op(start), to=str(visit.pk), reason="选错学校。")
    assert (review.outcome, review.detail["to"], review.detail["visit"]) == ("refiled", str(visit.pk), str(visit.pk))
    assert Verdict.objects.get(pk=answer["op"]).status == "applied"
    assert Answer.objects.get(visit=visit).value == "yes"
    assert not hasattr(Assignment.objects.get(pk=wrong.pk), "visit")
    assert desk.document(desk.stranger, start)["fate"]["detail"]["to"] == str(visit.pk)
    assert not Visit.objects.filter(pk=other_id).exists()


def test_a_start_may_be_refiled_onto_an_assignment_that_nobody_has_begun(desk: Desk) -> None:
    wrong, right = desk.fieldwork.released(), desk.fieldwork.released()
    visit_id, start, _ = desk.begun_by_stranger(wrong)
    reviewing.refile(actor=desk.office, op=desk.op(start), to=str(right.pk), reason="选错学校。")
    assert Visit.objects.get(pk=visit_id).assignment_id == right.pk


def test_a_leader_refiles_only_onto_what_is_his_and_cannot_tell_others_from_nothing(desk: Desk) -> None:
    op = desk.late("answer.set", desk.visit.pk, given(TY_01="no"))
    others = desk.fieldwork.begun()
    told = []
    for to in (others.pk, uuid7(), "kein Ding", desk.visit.assignment_id):
        with pytest.raises(Invalid) as refused:
            reviewing.refile(actor=desk.leader, op=desk.op(op), to=str(to), reason="误")
        told.append((refused.value.code, refused.value.detail, refused.value.extra))
    assert told == [told[0]] * 4
    assert told[0][0] == "unknown_object"
    assert not Answer.objects.filter(visit=others).exists()


def test_late_evidence_refiled_onto_another_visit_is_work_on_that(desk: Desk) -> None:
    other, evidence_id = desk.fieldwork.begun(), uuid7()
    op = desk.late("evidence.add", evidence_id, photo(desk.visit.pk, evidence_id))
    reviewing.refile(actor=desk.office, op=desk.op(op), to=str(other.pk), reason="拍错学校。")
    row = Evidence.objects.get(pk=evidence_id)
    assert (row.visit_id, row.addendum, row.author_id) == (other.pk, None, desk.member.client.user.pk)


def test_work_of_a_lost_phone_counts_once_somebody_vouches_for_it(desk: Desk, cast: Cast) -> None:
    visit = desk.fieldwork.begun()
    phone = Phone(cast.client(desk.fieldwork.crew(visit.assignment)[1]))
    cast.client(cast.person(Role.OFFICE)).post_json(f"/api/v1/devices/{phone.client.device.pk}/revoke")
    op = phone.op("answer.set", visit.pk, given(TY_01="yes"))
    assert phone.push(op)["results"][0]["code"] == "author_disabled"
    review = reviewing.accept(actor=cast.actor(visit.assignment.leader), op=desk.op(op))
    assert review.detail["status"] == "applied"
    row = Answer.objects.get(visit=visit)
    assert (row.value, row.author_id) == ("yes", phone.client.user.pk)
    assert phone.push(op)["results"][0]["fate"] == "accepted"


def test_work_of_a_closed_account_counts_once_somebody_vouches_for_it(desk: Desk, cast: Cast) -> None:
    visit = desk.fieldwork.begun()
    phone = Phone(cast.client(desk.fieldwork.crew(visit.assignment)[1]))
    people.disable(actor=desk.office, user_id=phone.client.user.pk)
    op = phone.op("answer.set", visit.pk, given(TY_01="yes"))
    assert phone.push(op)["results"][0]["code"] == "author_disabled"
    reviewing.accept(actor=desk.office, op=desk.op(op))
    assert Answer.objects.get(visit=visit).author_id == phone.client.user.pk


def test_nobody_vouches_for_themselves(desk: Desk) -> None:
    visit = desk.fieldwork.begun()
    leader = Phone(desk.cast.client(visit.assignment.leader))
    op = leader.op("visit.submit", visit.pk, {"hash": "0" * 64})
    assert leader.push(op)["results"][0]["code"] == "bad_state"
    actor = desk.cast.actor(visit.assignment.leader)
    for decide in (
        lambda: reviewing.accept(actor=actor, op=desk.op(op)),
        lambda: reviewing.refile(actor=actor, op=desk.op(op), to=str(visit.pk), reason="误"),
    ):
        with pytest.raises(Conflict) as refused:
            decide()
        assert refused.value.code == "own_operation"
    reviewing.dismiss(actor=actor, op=desk.op(op), reason="已重新提交。")


def test_what_still_fails_changes_nothing_and_says_why(desk: Desk) -> None:
    visit = desk.fieldwork.begun()
    phone = Phone(desk.cast.client(visit.assignment.leader))
    op = phone.op("visit.submit", visit.pk, {"hash": "0" * 64})
    phone.push(op)
    before = AuditLine.objects.count()
    with pytest.raises(Conflict) as refused:
        reviewing.accept(actor=desk.office, op=desk.op(op))
    assert refused.value.code == "bad_state"
    assert refused.value.extra["missing"]
    assert (Review.objects.count(), AuditLine.objects.count()) == (0, before)
    assert Visit.objects.get(pk=visit.pk).state == "departed"


def test_what_no_handler_can_read_and_names_no_visit_can_only_be_dismissed(desk: Desk) -> None:
    garbage = {**desk.member.op("answer.set", uuid7()), "kind": "NOT A KIND"}
    unknown = desk.member.op("nonsense.thing", uuid7())
    desk.member.push(garbage, unknown)
    for op in (garbage, unknown):
        with pytest.raises(Conflict) as refused:
            reviewing.accept(actor=desk.office, op=desk.op(op))
        assert refused.value.code == "not_acceptable"
        with pytest.raises(NotFound):
            reviewing.dismiss(actor=desk.leader, op=desk.op(op), reason="无法识别")
        reviewing.dismiss(actor=desk.office, op=desk.op(op), reason="无法识别")
    assert desk.document(desk.member, garbage)["fate"]["outcome"] == "dismissed"


def test_what_names_no_visit_can_be_refiled_onto_one(desk: Desk) -> None:
    unknown = desk.member.op("nonsense.thing", uuid7(), {"any": 1})
    desk.member.push(unknown)
    review = reviewing.refile(actor=desk.office, op=desk.op(unknown), to=str(desk.visit.pk), reason="属于此次到访")
    assert review.detail["status"] == "addendum"
    assert VisitAddendum.objects.get().visit_id == desk.visit.pk


def test_a_held_operation_is_for_people_after_a_day_and_never_before(desk: Desk) -> None:
    op = desk.member.op("answer.set", uuid7(), given(TY_01="yes"))
    with clock.fixed(clock.now()) as hand:
        assert desk.member.push(op)["results"][0]["status"] == "held"
        for moment, code in ((A_DAY - dt.timedelta(seconds=1), "not_open"), (A_DAY, "not_acceptable")):
            hand.set(Operation.objects.get(pk=op["op"]).received_at + moment)
            with pytest.raises(Conflict) as refused:
                reviewing.accept(actor=desk.office, op=desk.op(op))
            assert refused.value.code == code
        reviewing.refile(actor=desk.office, op=desk.op(op), to=str(desk.visit.pk), reason="属于此次到访")
    assert VisitAddendum.objects.get().operation == desk.op(op)


def test_held_for_what_its_author_may_not_see_it_can_be_accepted(desk: Desk) -> None:
    visit = desk.fieldwork.begun()
    with clock.fixed(clock.now()) as hand:
        op = desk.stranger.op("answer.set", visit.pk, given(TY_01="yes"))
        assert desk.stranger.push(op)["results"][0]["status"] == "held"
        hand.move(hours=24)
        reviewing.accept(actor=desk.cast.actor(visit.assignment.leader), op=desk.op(op), reason="借调人员")
        assert Answer.objects.get(visit=visit).author_id == desk.stranger.client.user.pk
        desk.sign_in_again(desk.stranger)
        told = desk.stranger.push(op)["results"][0]
        assert (told["status"], told["fate"]) == ("held", "accepted")
        hand.move(minutes=5)
        sweep()
    assert desk.stranger.send("answer.set", visit.pk, given(TY_03="yes"))["status"] == "held"


def test_a_dismissed_held_operation_has_no_effect_when_its_parent_comes_and_holds_nothing_up(desk: Desk) -> None:
    assignment = desk.fieldwork.released()
    phone = Phone(desk.cast.client(assignment.leader))
    visit_id = uuid7()
    start = phone.op("visit.start", visit_id, {"assignment": str(assignment.pk)})
    early = phone.op("answer.set", visit_id, given(TY_01="yes"))
    with clock.fixed(clock.now()) as hand:
        phone.push(early)
        hand.move(hours=25)
        reviewing.dismiss(actor=desk.office, op=desk.op(early), reason="误填")
        desk.sign_in_again(phone)
        phone.push(start)
        hand.move(minutes=5)
        sweep()
        result = phone.push(early)["results"][0]
    assert (result["status"], result["fate"]) == ("held", "dismissed")
    assert not Answer.objects.filter(visit_id=visit_id).exists()
    submit = phone.send("visit.submit", visit_id, {"hash": "0" * 64, "upto": 2})
    assert (submit["status"], submit["code"]) == ("quarantined", "bad_state")


def test_a_submission_that_waited_for_a_held_operation_is_judged_once_that_is_decided(desk: Desk) -> None:
    visit = desk.fieldwork.begun()
    phone = Phone(desk.cast.client(desk.fieldwork.crew(visit.assignment)[1]))
    lost = uuid7()
    held = phone.op("evidence.add", uuid7(), photo(visit.pk, uuid7(), finding=str(lost)))
    submit = phone.op("visit.submit", visit.pk, {"hash": "0" * 64, "upto": 1})
    with clock.fixed(clock.now()) as hand:
        assert [one["status"] for one in phone.push(held, submit)["results"]] == ["held", "held"]
        hand.move(hours=24)
        reviewing.dismiss(actor=desk.office, op=desk.op(held), reason="照片已丢失")
    assert Verdict.objects.get(pk=submit["op"]).status == "quarantined"


def test_who_declared_recusal_is_not_vouched_for_by_the_leader_but_may_be_by_the_office(desk: Desk) -> None:
    visit = desk.fieldwork.begun()
    member = desk.fieldwork.crew(visit.assignment)[1]
    phone = Phone(desk.cast.client(member))
    recusals.declare(actor=desk.cast.actor(member), assignment_id=visit.assignment_id, kind="other", reason="亲属")
    op = phone.op("answer.set", visit.pk, given(TY_01="yes"))
    assert phone.push(op)["results"][0]["code"] == "late_assignment"
    with pytest.raises(NotFound):
        reviewing.accept(actor=desk.cast.actor(visit.assignment.leader), op=desk.op(op))
    reviewing.accept(actor=desk.office, op=desk.op(op), reason="回避前所记")
    assert Answer.objects.get(visit=visit).author_id == member.pk
