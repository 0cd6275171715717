"""Escalation: each step at its instant, once, with its paper and its messages (workflow.md section 9)."""

import datetime as dt
from collections.abc import Callable

import pytest

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from backend.journal.models import AuditLine, Outbox
from backend.media.services import blobs
from backend.notices.models import EscalationPaper, InboxEntry, PaperCode, Reminder
from backend.notices.rules.escalation_lifecycle import MOVES, PAPER_LABELS, TITLES, PaperState, paper_state_after
from backend.notices.rules.ladder import Rung, instant_of
from backend.notices.selectors import notices
from backend.notices.services import (
    drafts,
    escalation_printing,
    escalations,
    inbox,
    issuing,
    ladder,
    replies,
    reviewing,
)
from backend.notices.tasks import escalate
from backend.registry.rules.workdays import shipped
from tests.fixtures.rectification import World, fresh


def told(kind: str) -> list[int]:
    return sorted(Outbox.objects.filter(kind=kind).values_list("recipient_id", flat=True))


def said() -> list[str]:
    return list(Reminder.objects.order_by("pk").values_list("step", flat=True))


def papers() -> list[tuple[str, str, str]]:
    return list(EscalationPaper.objects.order_by("pk").values_list("kind", "state", "number"))


# The walk of one neglected notice


def test_a_neglected_notice_climbs_step_by_step_each_once_with_its_paper(world: World, hand: clock.Hand) -> None:
    notice = world.acknowledged(["moderate"])
    taken = {}
    for day in ("11-18", "11-19", "11-23", "11-24", "11-25", "11-26", "12-01", "12-02", "12-14", "12-31", "01-04"):
        date = dt.date.fromisoformat(f"{2027 if day[0] == '0' else 2026}-{day}")
        hand.set(dt.datetime.combine(date, dt.time(0, 29), dt.UTC))
        early = escalate()
        hand.move(minutes=1)
        taken[day] = (early, escalate(), escalate())
    assert {day: counts for day, counts in taken.items() if any(counts)} == dict.fromkeys(
        ("11-19", "11-24", "11-26", "12-02", "12-14", "01-04"), (0, 1, 0)
    )
    assert said() == ["提醒", "催办", "督办", "约谈", "通报", "问责"]
    assert papers() == [
        ("reminder", "issued", "云督催〔2026〕1号"),
        ("supervised_order", "drafted", ""),
        ("admonition_talk", "drafted", ""),
        ("circular", "proposed", "云督通建〔2026〕1号"),
        ("accountability", "proposed", "云督问建〔2027〕1号"),
    ]
    for paper in EscalationPaper.objects.exclude(pdf_sha256=""):
        assert (blobs.read(paper.pdf_sha256)[:5], paper.pdf_warnings) == (b"%PDF-", [])
        code = PaperCode.objects.get(subject_kind="escalation_paper", subject_id=str(paper.pk))
        assert (code.sha256, code.issued_at is not None) == (paper.pdf_sha256, True)
    office, leader, unit = world.office.person, world.leader.person, world.unit.person
    assert (told("notice.reminder"), told("notice.overdue")) == ([unit], [unit])
    assert told("notice.escalation") == sorted([office, leader] * 5)
    assert told("notice.proposal") == [leader, leader]
    inbox.deliver_waiting()
    bodies = InboxEntry.objects.filter(user_id=unit, kind__in=("notice.reminder", "notice.overdue")).order_by("seq")
    assert list(bodies.values_list("body", flat=True)) == [
        f"{notice.number}的整改期限为2026年11月23日，请按期提交整改报告。",
        f"{notice.number}已超过整改期限，请立即提交整改报告。",
    ]
    last = InboxEntry.objects.filter(user_id=office, kind="notice.escalation").order_by("seq")[1]
    cause = "整改期限2026年11月23日已过3个工作日，仍未报送整改情况"
    assert last.body == f"{world.target.name}办理{notice.number}：{cause}，应予督办。"


def test_after_an_outage_every_step_that_was_missed_is_taken_in_order(world: World, hand: clock.Hand) -> None:
    world.acknowledged(["serious"])
    hand.move(days=14)
    assert escalate() == 3
    assert said() == ["催办", "督办", "约谈"]


def test_nobody_climbs_for_what_is_reported_or_not_issued(world: World, hand: clock.Hand) -> None:
    world.reported(["serious"])
    world.reviewed(["serious"])
    hand.move(days=10)
    assert escalate() == 0


def test_a_new_deadline_is_climbed_anew(world: World, hand: clock.Hand) -> None:
    notice = world.acknowledged(["serious"])
    hand.move(days=4)
    escalate()
    world.report(notice)
    world.decide(notice, "returned")
    hand.move(days=4)
    assert escalate() == 1
    assert said() == ["催办", "催办"]


def test_the_clock_stands_still_while_a_wish_for_more_time_waits(world: World, hand: clock.Hand) -> None:
    notice = world.acknowledged(["serious"])
    replies.request_extension(actor=world.unit, notice_id=notice.pk, days=1, reason="设备未到货。")
    assert fresh(notice).due_on is None
    hand.move(days=9)
    assert (escalate(), fresh(notice).is_overdue(clock.today())) == (0, False)
    reviewing.answer_extension(actor=world.office, notice_id=notice.pk, grant=False, answer="不同意。")
    assert fresh(notice).due_on == dt.date(2026, 11, 30)  # the 19th, nine days later a Saturday
    hand.move(days=6)
    assert (escalate(), said()) == (1, ["催办"])


def test_the_clock_stands_still_while_a_defence_waits(world: World, hand: clock.Hand) -> None:
    notice = world.acknowledged(["serious"])
    replies.object_to(actor=world.unit, notice_id=notice.pk, text="情况不属实。")
    hand.move(days=9)
    assert escalate() == 0
    reviewing.answer_defence(actor=world.office, notice_id=notice.pk, accept=False, answer="维持。")
    assert fresh(notice).due_on == dt.date(2026, 11, 30)


def test_a_wish_does_not_stop_the_clock_of_a_veto_and_two_rests_do_not_add_up(world: World, hand: clock.Hand) -> None:
    notice = world.acknowledged(["veto", "moderate"])
    replies.request_extension(actor=world.unit, notice_id=notice.pk, days=2, reason="设备未到货。")
    assert fresh(notice).due_on == dt.date(2026, 11, 17)
    hand.move(days=1)
    replies.object_to(actor=world.unit, notice_id=notice.pk, text="情况不属实。")
    hand.move(days=2)
    reviewing.answer_defence(actor=world.office, notice_id=notice.pk, accept=False, answer="维持。")
    hand.move(days=1)
    reviewing.answer_extension(actor=world.office, notice_id=notice.pk, grant=True)
    dues = list(notice.findings.order_by("number").values_list("due_on", flat=True))
    assert dues == [dt.date(2026, 11, 19), dt.date(2026, 11, 30)]  # 17 + 2; 23 + 2 + 4 is a Sunday


def test_a_report_during_the_rest_is_on_time_and_ends_the_wish(world: World, hand: clock.Hand) -> None:
    notice = world.acknowledged(["serious"])
    replies.request_extension(actor=world.unit, notice_id=notice.pk, days=1, reason="设备未到货。")
    hand.move(days=7)
    world.report(notice)
    part = notice.findings.get().reports.get()
    assert (part.due_on, clock.today()) == (dt.date(2026, 11, 26), dt.date(2026, 11, 23))
    notice = fresh(notice)
    assert (notice.state, notice.extension.granted) == ("report_submitted", False)
    world.decide(notice, "returned")
    assert fresh(notice).due_on == dt.date(2026, 11, 26)


def test_two_returns_and_a_veto_call_for_a_talk_once(world: World) -> None:
    notice = world.reported()
    world.decide(notice, "returned")
    assert said() == []
    for _ in range(2):
        world.report(notice)
        world.decide(notice, "returned")
    assert said() == ["约谈"]
    assert EscalationPaper.objects.get().cause == "整改报告已2次被退回"
    world.issued(["veto"])
    assert list(EscalationPaper.objects.order_by("pk").values_list("cause", flat=True))[1:] == [
        "所列问题经认定属于一票否决"
    ]


# The papers by their table


def neglected(world: World, hand: clock.Hand, kind: Rung) -> EscalationPaper:
    """A paper of `kind` about a notice whose deadline passed long ago."""
    world.acknowledged(["serious"])
    hand.set(instant_of(kind, dt.date(2026, 11, 19), shipped()))
    ladder.climb()
    return EscalationPaper.objects.get(kind=kind)


def summoned(world: World, paper: EscalationPaper, hand: clock.Hand) -> EscalationPaper:
    at = clock.now() + dt.timedelta(hours=2)
    found = escalations.summon(actor=world.office, paper_id=paper.pk, held_at=at, place="督导办会议室")
    hand.move(hours=3)
    return found


def recorded(world: World, paper: EscalationPaper) -> EscalationPaper:
    return escalation_printing.record(
        actor=world.office,
        paper_id=paper.pk,
        host="督导办主任",
        present=["校长", "分管副校长"],
        points=["说明逾期原因。", "明确整改时限。"],
        promise="一周内整改到位。",
    )


def decided(world: World, paper: EscalationPaper, adopt: bool) -> EscalationPaper:
    return escalations.decide(actor=world.leader, paper_id=paper.pk, adopt=adopt, reason="再给一次机会。")


def reach(world: World, hand: clock.Hand, kind: Rung, state: str) -> EscalationPaper:
    """Walk a paper of `kind` to `state` by services alone."""
    paper = neglected(world, hand, kind)
    if state == "dropped":
        return escalations.drop(actor=world.office, paper_id=paper.pk, reason="误拟")
    if state != "drafted" and kind in escalation_printing.BY_THE_SYSTEM:
        escalation_printing.print_waiting()
    if kind is Rung.SUPERVISED_ORDER and state == "issued":
        escalation_printing.sign(actor=world.leader, paper_id=paper.pk)
    if kind is Rung.ADMONITION_TALK and state in ("summoned", "issued"):
        summoned(world, paper, hand)
        if state == "issued":
            recorded(world, paper)
    if state in ("adopted", "declined"):
        decided(world, paper, state == "adopted")
    paper.refresh_from_db()
    return paper


def states_of(kind: str) -> list[str]:
    """Every state that the table leads to from the draft."""
    found, edge = {PaperState.DRAFTED}, {PaperState.DRAFTED}
    while edge:
        edge = {m.target for m in MOVES.values() if kind in m.kinds and m.sources & edge} - found
        found |= edge
    return sorted(found)


PLACES = [(kind, state) for kind in TITLES for state in states_of(kind)]


@pytest.mark.once
def test_every_state_of_a_paper_is_reached_by_some_kind() -> None:
    assert {state for _, state in PLACES} == set(PaperState) == set(PAPER_LABELS)
    assert {kind for kind, _ in PLACES} == set(Rung) - {Rung.ADVANCE}


@pytest.mark.parametrize(("kind", "state"), PLACES)
def test_a_paper_walks_to_every_state_by_the_table_and_nowhere_else(
    kind: str, state: str, world: World, hand: clock.Hand
) -> None:
    paper = reach(world, hand, Rung(kind), state)
    at = "drafted"
    for row in paper.transitions.order_by("pk"):
        assert (row.before, row.after) == (at, paper_state_after(row.action, kind, at))
        at = row.after
    assert (paper.state, at) == (state, state)
    attempts: dict[str, Callable[[], object]] = {
        "sign": lambda: escalation_printing.sign(actor=world.leader, paper_id=paper.pk),
        "summon": lambda: summoned(world, paper, hand),
        "record": lambda: recorded(world, paper),
        "adopt": lambda: decided(world, paper, True),
        "decline": lambda: decided(world, paper, False),
        "drop": lambda: escalations.drop(actor=world.office, paper_id=paper.pk, reason="误拟"),
    }
    refused = [name for name in attempts if kind not in MOVES[name].kinds or state not in MOVES[name].sources]
    for name in refused:
        with pytest.raises(Conflict) as caught:
            attempts[name]()
        assert (name, caught.value.code, fresh_state(paper)) == (name, "bad_state", state)
    lines = AuditLine.objects.filter(verb="notice.refused").order_by("pk")
    assert [line.detail["action"] for line in lines] == [f"escalation.{name}" for name in refused]


def fresh_state(paper: EscalationPaper) -> str:
    return EscalationPaper.objects.get(pk=paper.pk).state


def test_an_order_is_signed_with_its_new_date_and_told(world: World, hand: clock.Hand) -> None:
    paper = neglected(world, hand, Rung.SUPERVISED_ORDER)
    assert paper.deadline == dt.date(2026, 11, 27)  # the last working day before the talk
    with pytest.raises(Forbidden, match="may_not_sign"):
        escalation_printing.sign(actor=world.office, paper_id=paper.pk)
    with pytest.raises(Invalid, match="deadline_past"):
        escalations.amend(actor=world.office, paper_id=paper.pk, deadline=clock.today())
    with pytest.raises(Invalid, match="not_of_this_paper"):
        escalations.amend(actor=world.office, paper_id=paper.pk, promise="…")
    escalations.amend(actor=world.office, paper_id=paper.pk, deadline=dt.date(2026, 12, 4), demands=["立即整改。"])
    assert escalation_printing.proof(actor=world.office, paper_id=paper.pk).startswith(b"%PDF-")
    paper = escalation_printing.sign(actor=world.leader, paper_id=paper.pk)
    assert (paper.number, paper.state, paper.signed_by) == ("云督办〔2026〕1号", "issued", world.leader.name)
    assert told("notice.supervised") == [world.unit.user_id]
    assert notices.may_read_blob(world.unit, paper.pdf_sha256)
    assert fresh(paper.notice).due_on == dt.date(2026, 11, 19)


def test_an_order_about_what_was_reported_meanwhile_is_not_signed(world: World, hand: clock.Hand) -> None:
    paper = neglected(world, hand, Rung.SUPERVISED_ORDER)
    world.report(paper.notice)
    with pytest.raises(Conflict) as caught:
        escalation_printing.sign(actor=world.leader, paper_id=paper.pk)
    assert caught.value.detail == "通知书当前为“已报整改”，不能签发督办通知。"


def test_an_urging_that_the_report_overtook_is_not_sent(world: World, hand: clock.Hand) -> None:
    paper = neglected(world, hand, Rung.REMINDER)
    world.report(paper.notice)
    assert (escalation_printing.print_waiting(), fresh_state(paper), told("notice.overdue")) == (0, "dropped", [])


def test_proposals_exist_for_no_unit(world: World, hand: clock.Hand) -> None:
    paper = reach(world, hand, Rung.CIRCULAR, "proposed")
    assert notices.may_read_blob(world.leader, paper.pdf_sha256)
    assert not notices.may_read_blob(world.unit, paper.pdf_sha256)
    assert not Outbox.objects.filter(kind__startswith="notice.proposal", recipient_id=world.liaison.pk).exists()


def test_the_office_proposes_out_of_turn_but_not_twice_and_not_what_runs_by_itself(world: World) -> None:
    notice = world.closed()
    propose = escalations.propose
    paper = propose(actor=world.office, notice_id=notice.pk, kind="accountability", reason="报告所附材料系伪造")
    with pytest.raises(Conflict, match="escalation_open"):
        propose(actor=world.office, notice_id=notice.pk, kind="accountability", reason="再次提出")
    with pytest.raises(Invalid, match="not_by_hand"):
        propose(actor=world.office, notice_id=notice.pk, kind="reminder", reason="催一催")
    for actor in (world.unit, world.leader, world.cast.actor(world.person(Role.INSPECTOR))):
        with pytest.raises((Forbidden, NotFound)):
            propose(actor=actor, notice_id=notice.pk, kind="circular", reason="拒不整改")
    assert (escalation_printing.print_waiting(), fresh_state(paper)) == (1, "proposed")
    assert said() == ["问责"]


def test_a_withdrawn_notice_ends_its_papers_and_voids_their_codes(world: World, hand: clock.Hand) -> None:
    issued = reach(world, hand, Rung.REMINDER, "issued")
    hand.move(days=4)
    ladder.climb()
    drafts.withdraw(actor=world.office, notice_id=issued.notice_id, reason="事实有误")
    assert [state for _, state, _ in papers()] == ["issued", "dropped"]
    assert PaperCode.objects.filter(issued_at__isnull=False).count() == 2
    assert not PaperCode.objects.filter(withdrawn_at__isnull=True).exists()


def test_a_crash_between_number_and_paper_costs_no_number(world: World, hand: clock.Hand) -> None:
    paper = neglected(world, hand, Rung.SUPERVISED_ORDER)
    escalation_printing._begin(world.leader, paper.pk, "sign")
    assert escalation_printing.sign(actor=world.leader, paper_id=paper.pk).number == "云督办〔2026〕1号"


# Refusals stay on record


def test_what_is_out_of_place_is_refused_and_stays_on_record(world: World, hand: clock.Hand) -> None:
    notice, other = world.acknowledged(), world.acknowledged()
    stranger = world.cast.actor(world.places.liaison(world.places.school(county=world.county)))
    foreign = world.photo(other.findings.get())
    before = AuditLine.objects.filter(verb="notice.refused").count()

    def with_foreign_evidence() -> object:
        from backend.notices.services import reports

        return reports.submit_report(
            actor=world.unit, notice_id=notice.pk, parts=[world.part(notice.findings.get(), [foreign])]
        )

    attempts: list[tuple[str, Callable[[], object]]] = [
        ("not_found", lambda: replies.acknowledge(actor=stranger, notice_id=notice.pk)),
        ("not_found", with_foreign_evidence),
        ("bad_state", lambda: replies.acknowledge(actor=world.unit, notice_id=notice.pk)),
        ("forbidden", lambda: reviewing.decide(actor=world.leader, notice_id=notice.pk, verdicts=[])),
        (
            "extension_too_long",
            lambda: replies.request_extension(actor=world.unit, notice_id=notice.pk, days=60, reason="久"),
        ),
        ("may_not_sign", lambda: issuing.issue(actor=world.office, notice_id=notice.pk)),
    ]
    for code, attempt in attempts:
        with pytest.raises(Problem) as caught:
            attempt()
        assert (caught.value.code, caught.value.detail[-1]) == (code, "。")
    lines = AuditLine.objects.filter(verb="notice.refused", object_id=str(notice.pk)).order_by("pk")
    assert [line.detail["code"] for line in lines[before:]] == [code for code, _ in attempts]
    assert fresh(notice).state == "acknowledged"
