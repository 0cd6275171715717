"""From the confirmed finding to the close-out, through services."""

import datetime as dt

import pytest

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.inspections.models import Finding, VisitKind, VisitState
from backend.inspections.services import findings
from backend.journal.models import AuditLine, Outbox
from backend.media.services import blobs
from backend.notices.models import InboxEntry, NoticeTransition, RectificationNotice
from backend.notices.services import drafts, inbox, issuing, replies, reports, reviewing, signing
from backend.notices.services.reviewing import Verdict
from tests.fixtures.rectification import World, fresh


def states(notice: RectificationNotice) -> list[str]:
    return list(Finding.objects.filter(visit=notice.visit_id).order_by("number").values_list("state", flat=True))


def steps(notice: RectificationNotice) -> list[str]:
    return list(NoticeTransition.objects.filter(notice=notice).order_by("pk").values_list("action", flat=True))


def told(kind: str) -> set[int]:
    return set(Outbox.objects.filter(kind=kind).values_list("recipient_id", flat=True))


def test_the_whole_way_from_draft_to_close_out(world: World, hand: clock.Hand) -> None:
    notice = world.draft(["minor", "serious"])
    assert states(notice) == ["in_notice", "in_notice"]
    drafts.review(actor=world.office, notice_id=notice.pk)
    notice = issuing.issue(actor=world.leader, notice_id=notice.pk)
    assert (notice.number, notice.state) == ("云督整〔2026〕1号", "delivered")
    assert notice.due_on == dt.date(2026, 11, 19)
    replies.acknowledge(actor=world.unit, notice_id=notice.pk)
    world.report(notice)
    assert states(notice) == ["reported", "reported"]
    world.decide(notice, "closed", "closed")
    notice = reviewing.close(actor=world.office, notice_id=notice.pk)
    assert (notice.state, notice.close_number, notice.due_on) == ("closed", "云督销〔2026〕1号", None)
    assert states(notice) == ["closed", "closed"]
    assert steps(notice) == [
        "review", "issue", "deliver", "acknowledge", "start", "report", "take_up", "close",
    ]  # fmt: skip


def test_the_paper_is_kept_under_its_hash(world: World) -> None:
    notice = world.issued()
    assert blobs.read(notice.pdf_sha256).startswith(b"%PDF-")
    assert notice.pdf_warnings == []


def test_only_an_approved_visit_gets_a_notice(world: World) -> None:
    visit = world.visit(state=VisitState.SUBMITTED)
    with pytest.raises(Conflict) as caught:
        drafts.draft_from_visit(actor=world.office, visit_id=visit.pk)
    assert caught.value.code == "visit_not_approved"


def test_a_visit_has_one_notice_until_it_is_withdrawn(world: World) -> None:
    notice = world.draft()
    with pytest.raises(Conflict) as caught:
        drafts.draft_from_visit(actor=world.office, visit_id=notice.visit_id)
    assert caught.value.code == "notice_exists"
    drafts.withdraw(actor=world.office, notice_id=notice.pk, reason="表述有误")
    assert states(notice) == ["confirmed"]
    assert drafts.draft_from_visit(actor=world.office, visit_id=notice.visit_id).state == "draft"


def test_a_visit_without_confirmed_findings_gets_none(world: World) -> None:
    with pytest.raises(Conflict) as caught:
        drafts.draft_from_visit(actor=world.office, visit_id=world.visit([]).pk)
    assert caught.value.code == "nothing_to_rectify"


def test_a_notice_after_a_tip_does_not_say_so_on_its_paper(world: World) -> None:
    notice = world.draft(kind=VisitKind.TIP_CHECK)
    assert (notice.mode, notice.subject) == ("未事先通知", "“双减”政策落实情况")


def test_an_inspector_may_not_draft(world: World) -> None:
    with pytest.raises(Forbidden):
        drafts.draft_from_visit(actor=world.cast.actor(world.person(Role.INSPECTOR)), visit_id=world.visit().pk)


def test_the_office_signs_only_with_the_right_that_leadership_gave(world: World) -> None:
    notice = world.reviewed()
    with pytest.raises(Forbidden) as caught:
        issuing.issue(actor=world.office, notice_id=notice.pk)
    assert caught.value.code == "may_not_sign"
    signing.allow_signing(actor=world.leader, user_id=world.person(Role.OFFICE).pk, allowed=True)
    assert issuing.issue(actor=world.office, notice_id=notice.pk).state == "delivered"


def test_only_leadership_gives_the_right_to_sign(world: World) -> None:
    with pytest.raises(Forbidden):
        signing.allow_signing(actor=world.office, user_id=world.person(Role.OFFICE).pk, allowed=True)
    with pytest.raises(Invalid):
        signing.allow_signing(actor=world.leader, user_id=world.person(Role.INSPECTOR).pk, allowed=True)


def test_deadlines_follow_the_severity_from_the_day_of_service(world: World, hand: clock.Hand) -> None:
    notice = world.issued(["minor", "moderate", "serious", "veto"])
    dues = notice.findings.order_by("number").values_list("due_on", flat=True)
    assert [due and (due - clock.today()).days for due in dues] == [15, 7, 3, 1]


def test_a_unit_without_contacts_is_served_by_hand_and_its_terms_run_from_then(world: World, hand: clock.Hand) -> None:
    lonely = world.places.school(county=world.county)
    notice = world.issued(target=lonely)
    assert (notice.state, notice.due_on) == ("issued", dt.date(2026, 12, 1))
    hand.move(days=2)
    notice = issuing.deliver(actor=world.office, notice_id=notice.pk, way="直接送达", received_by="值班人员")
    assert (notice.state, notice.due_on) == ("delivered", dt.date(2026, 12, 3))


def test_who_is_told_when(world: World) -> None:
    office, leader, unit = world.office.user_id, world.leader.user_id, world.unit.user_id
    notice = world.issued()
    assert told("notice.issued") == {unit}
    assert told("notice.reviewed") == {leader}
    replies.acknowledge(actor=world.unit, notice_id=notice.pk)
    assert told("notice.acknowledged") == {office, leader}
    world.report(notice)
    assert told("notice.reported") == {office, leader}
    world.decide(notice, "returned")
    assert told("notice.returned") == {unit}
    world.report(notice)
    world.decide(notice, "closed")
    reviewing.close(actor=world.office, notice_id=notice.pk)
    assert told("notice.closed") == {unit}


def test_the_unit_reads_number_and_nothing_of_the_visit_in_its_inbox(world: World) -> None:
    notice = world.issued()
    inbox.deliver_waiting()
    entry = InboxEntry.objects.get(user_id=world.liaison.pk)
    assert (entry.title, entry.body) == ("收到整改通知书", f"{notice.number}，请在 1 个工作日内签收，并按期整改。")
    assert (entry.subject_kind, entry.subject_id) == ("notice", str(notice.pk))


def test_a_report_needs_its_evidence_verified(world: World) -> None:
    notice = world.acknowledged()
    item = notice.findings.get()
    waiting = world.photo(item, verified=False)
    with pytest.raises(Conflict) as caught:
        reports.submit_report(actor=world.unit, notice_id=notice.pk, parts=[world.part(item, [waiting])])
    assert caught.value.code == "evidence_not_verified"
    assert fresh(notice).state == "rectifying"


def test_a_serious_finding_needs_a_photo_of_afterwards(world: World) -> None:
    notice = world.acknowledged(["serious"])
    item = notice.findings.get()
    before = world.photo(item, kind="before")
    with pytest.raises(Conflict) as caught:
        reports.submit_report(actor=world.unit, notice_id=notice.pk, parts=[world.part(item, [before])])
    assert caught.value.code == "photo_missing"


def test_evidence_of_another_finding_or_notice_is_not_there(world: World) -> None:
    notice = world.acknowledged(["minor", "minor"])
    first, second = notice.findings.order_by("number")
    proof = world.photo(first)
    with pytest.raises(NotFound):
        reports.submit_report(actor=world.unit, notice_id=notice.pk, parts=[world.part(second, [proof])])


def test_a_report_in_parts_goes_to_review_with_the_last(world: World) -> None:
    notice = world.acknowledged(["serious", "minor"])
    first, second = notice.findings.order_by("number")
    world.report(notice, [first])
    assert (fresh(notice).state, fresh(notice).due_on) == ("rectifying", second.due_on)
    world.report(notice, [second])
    assert fresh(notice).state == "report_submitted"
    assert fresh(notice).round == 1


def test_a_finished_date_in_the_future_is_refused(world: World) -> None:
    notice = world.acknowledged()
    part = world.part(notice.findings.get())
    later = reports.Part(
        **{name: getattr(part, name) for name in part.__slots__} | {"finished_on": dt.date(2099, 1, 1)}
    )
    with pytest.raises(Invalid) as caught:
        reports.submit_report(actor=world.unit, notice_id=notice.pk, parts=[later])
    assert caught.value.code == "finished_later"


def test_a_returned_finding_gets_a_new_term_and_a_second_round(world: World, hand: clock.Hand) -> None:
    notice = world.reported(["minor", "moderate"])
    hand.move(days=3)
    notice = world.decide(notice, "closed", "returned")
    assert (notice.state, notice.due_on) == ("returned", dt.date(2026, 11, 26))
    assert states(notice) == ["closed", "returned"]
    world.report(notice, list(notice.findings.filter(number=2)))
    notice = fresh(notice)
    assert (notice.state, notice.round) == ("report_submitted", 2)
    notice = reviewing.decide(
        actor=world.office, notice_id=notice.pk, verdicts=[Verdict(notice.findings.get(number=2).pk, "closed")]
    )
    assert reviewing.close(actor=world.office, notice_id=notice.pk).state == "closed"


def test_a_return_needs_a_reason(world: World) -> None:
    notice = world.reported()
    with pytest.raises(Invalid) as caught:
        reviewing.decide(
            actor=world.office, notice_id=notice.pk, verdicts=[Verdict(notice.findings.get().pk, "returned", " ")]
        )
    assert caught.value.code == "reason_missing"
    assert states(notice) == ["reported"]


def test_the_reviewer_is_not_the_author_of_the_report(world: World) -> None:
    notice = world.reported()
    author = world.person(Role.OFFICE)
    with_both = world.cast.actor(author)
    report = notice.reports.get()
    from backend.core.actor import system
    from backend.journal.writing import write

    with write(actor=system(world.county.pk)):
        report.author_id = author.pk
        report.save()
    with pytest.raises(Forbidden) as caught:
        reviewing.decide(actor=with_both, notice_id=notice.pk, verdicts=[Verdict(notice.findings.get().pk, "closed")])
    assert caught.value.code == "reviewer_is_author"
    assert AuditLine.objects.filter(verb="notice.refused", detail__code="reviewer_is_author").count() == 1


def test_what_a_review_visit_decided_is_taken_over(world: World) -> None:
    notice = world.reported(["minor", "minor"])
    first, second = notice.findings.order_by("number")
    inspector = world.cast.actor(world.person(Role.INSPECTOR))
    findings.advance(actor=inspector, finding_id=first.finding_id, to="closed")
    findings.advance(actor=inspector, finding_id=second.finding_id, to="returned", reason="现场未整改")
    notice = reviewing.decide(actor=world.office, notice_id=notice.pk, verdicts=[])
    assert notice.state == "returned"
    part = second.reports.get()
    assert (part.decision, part.decision_reason, part.decided_by) == ("returned", "现场未整改", inspector.user_id)


def test_what_was_returned_on_the_spot_can_be_reported_again_while_others_are_open(world: World) -> None:
    notice = world.acknowledged(["minor", "minor"])
    first = notice.findings.get(number=1)
    world.report(notice, [first])
    inspector = world.cast.actor(world.person(Role.INSPECTOR))
    findings.advance(actor=inspector, finding_id=first.finding_id, to="returned", reason="现场未整改")
    world.report(notice)
    assert fresh(notice).state == "report_submitted"
    said = first.reports.order_by("pk").values_list("decision", "decision_reason")
    assert list(said) == [("returned", "现场未整改"), ("", "")]


def test_a_notice_whose_last_open_finding_was_referred_goes_to_review(world: World) -> None:
    notice = world.acknowledged(["minor", "minor"])
    first, second = notice.findings.order_by("number")
    world.report(notice, [first])
    findings.advance(actor=world.office, finding_id=second.finding_id, to="referred", reason="移送市场监管部门")
    world.decide(notice, "closed")
    assert steps(notice)[-1] == "conclude"
    assert reviewing.close(actor=world.office, notice_id=notice.pk).state == "closed"


def test_a_relapse_names_its_findings(world: World) -> None:
    notice = world.closed()
    with pytest.raises(Invalid) as caught:
        reviewing.reopen(actor=world.office, notice_id=notice.pk, item_ids=[], reason="反弹")
    assert caught.value.code == "nothing_chosen"
    assert fresh(notice).state == "closed"


def test_a_notice_closes_only_when_every_finding_is_settled(world: World) -> None:
    notice = world.reported(["minor", "minor"])
    first = notice.findings.get(number=1)
    reviewing.decide(actor=world.office, notice_id=notice.pk, verdicts=[Verdict(first.pk, "closed")])
    with pytest.raises(Conflict) as caught:
        reviewing.close(actor=world.office, notice_id=notice.pk)
    assert caught.value.code == "not_settled"
    assert fresh(notice).state == "under_review"


def test_a_relapse_opens_the_finding_under_its_old_number(world: World) -> None:
    notice = world.closed()
    item = notice.findings.get()
    notice = reviewing.reopen(actor=world.office, notice_id=notice.pk, item_ids=[item.pk], reason="回头看发现反弹")
    assert (notice.state, notice.reopened, states(notice)) == ("rectifying", 1, ["rectifying"])
    assert Finding.objects.get(pk=item.finding_id).reopened == 1
    world.report(notice)
    world.decide(notice, "closed")
    assert reviewing.close(actor=world.office, notice_id=notice.pk).close_number == "云督销〔2026〕2号"


def test_a_defence_rests_the_deadlines_and_upholding_moves_them(world: World, hand: clock.Hand) -> None:
    notice = world.acknowledged(["moderate"])
    due = notice.due_on
    assert due is not None
    notice = replies.object_to(actor=world.unit, notice_id=notice.pk, text="当日系统故障。")
    assert (notice.state, notice.due_on) == ("defence_pending", None)
    hand.move(days=3)
    notice = reviewing.answer_defence(actor=world.office, notice_id=notice.pk, accept=False, answer="事实清楚。")
    assert (notice.state, notice.due_on) == ("acknowledged", due + dt.timedelta(days=3))
    with pytest.raises(Conflict) as caught:
        replies.object_to(actor=world.unit, notice_id=notice.pk, text="再次申辩。")
    assert caught.value.code == "defence_given"


def test_an_accepted_defence_withdraws_the_notice(world: World) -> None:
    notice = world.acknowledged()
    replies.object_to(actor=world.unit, notice_id=notice.pk, text="当日系统故障。")
    notice = reviewing.answer_defence(actor=world.office, notice_id=notice.pk, accept=True, answer="情况属实。")
    assert (notice.state, states(notice)) == ("withdrawn", ["confirmed"])


def test_a_defence_after_five_days_is_too_late(world: World, hand: clock.Hand) -> None:
    notice = world.acknowledged()
    hand.move(days=8)
    with pytest.raises(Conflict) as caught:
        replies.object_to(actor=world.unit, notice_id=notice.pk, text="有异议。")
    assert caught.value.code == "defence_too_late"


def test_an_extension_is_asked_once_granted_within_half_of_the_term_and_never_for_a_veto(
    world: World, hand: clock.Hand
) -> None:
    notice = world.acknowledged(["minor", "moderate", "veto"])
    with pytest.raises(Invalid) as too_long:
        replies.request_extension(actor=world.unit, notice_id=notice.pk, days=8, reason="施工周期较长。")
    assert too_long.value.extra["most"] == 7
    replies.request_extension(actor=world.unit, notice_id=notice.pk, days=5, reason="施工周期较长。")
    reviewing.answer_extension(actor=world.office, notice_id=notice.pk, grant=True)
    dues = notice.findings.order_by("number").values_list("due_on", flat=True)
    # the sixth of December is a Sunday
    assert [due and (due - clock.today()).days for due in dues] == [15 + 6, 7 + 3, 1]
    with pytest.raises(Conflict) as again:
        replies.request_extension(actor=world.unit, notice_id=notice.pk, days=1, reason="再申请。")
    assert again.value.code == "extension_asked"


def test_no_extension_after_the_deadline_or_for_a_veto_alone(world: World, hand: clock.Hand) -> None:
    veto = world.acknowledged(["veto"])
    with pytest.raises(Conflict) as caught:
        replies.request_extension(actor=world.unit, notice_id=veto.pk, days=1, reason="来不及。")
    assert caught.value.code == "not_extendable"
    late = world.acknowledged(["serious"])
    hand.move(days=4)
    with pytest.raises(Conflict) as caught:
        replies.request_extension(actor=world.unit, notice_id=late.pk, days=1, reason="来不及。")
    assert caught.value.code == "deadline_passed"


def test_overdue_is_derived_and_rests_while_the_office_reviews(world: World, hand: clock.Hand) -> None:
    notice = world.acknowledged(["serious"])
    hand.move(days=3)
    assert not fresh(notice).is_overdue(clock.today())
    hand.move(days=1)
    assert fresh(notice).is_overdue(clock.today())
    world.report(notice)
    assert not fresh(notice).is_overdue(clock.today())


def test_a_notice_with_a_report_cannot_be_withdrawn(world: World) -> None:
    notice = world.acknowledged(["minor", "minor"])
    world.report(notice, list(notice.findings.filter(number=1)))
    with pytest.raises(Conflict) as caught:
        drafts.withdraw(actor=world.office, notice_id=notice.pk, reason="误发")
    assert caught.value.code == "report_received"
    assert fresh(notice).state == "rectifying"


def test_an_issued_finding_enters_the_history_of_its_target(world: World) -> None:
    notice = world.issued()
    assert Finding.objects.get(visit=notice.visit_id).publication == "target"


def test_a_contact_who_came_after_the_issue_finds_and_acknowledges_it(world: World) -> None:
    lonely = world.places.school(county=world.county)
    notice = world.issued(target=lonely)
    newcomer = world.cast.actor(world.places.liaison(lonely))
    notice = replies.acknowledge(actor=newcomer, notice_id=notice.pk)
    assert (notice.state, notice.delivery_way) == ("acknowledged", "系统签收")
    assert steps(notice) == ["review", "issue", "deliver", "acknowledge"]
