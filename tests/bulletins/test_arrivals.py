"""What counts is when the server received it: late arrivals are in the next issue, and nothing is in two."""

from backend.bulletins.models import Bulletin
from backend.bulletins.services import compiling
from backend.core import clock
from backend.core.actor import Actor
from tests.bulletins.records import MARCH, NEXT, Records, at


def counted(maker: Actor, key: str) -> tuple[list[str], list[str]]:
    """The records behind a figure in both halves of March."""
    issues = [compiling.compile(actor=maker, period_start=start) for start in (MARCH, NEXT)]
    first, second = (Bulletin.objects.get(pk=issue.pk).facts["figures"][key]["records"] for issue in issues)
    return first, second


def test_a_visit_received_after_the_cut_off_is_in_the_next_issue(
    records: Records, maker: Actor, hand: clock.Hand
) -> None:
    hand.set(at(1, month=4))
    target = records.target(records.team())
    in_time = records.visit(target, at(15, 23))
    late = records.visit(target, at(16, 0))
    assert counted(maker, "visits") == ([str(in_time.pk)], [str(late.pk)])


def test_a_visit_returned_and_submitted_again_is_counted_once(records: Records, maker: Actor, hand: clock.Hand) -> None:
    hand.set(at(1, month=4))
    visit = records.visit(records.target(records.team()), at(14))
    finding = records.finding(visit, recorded_at=at(13))
    records.round(visit, at(18), number=2)
    assert counted(maker, "visits") == ([str(visit.pk)], [])
    assert counted(maker, "findings") == ([str(finding.pk)], [])


def test_a_finding_added_to_an_earlier_visit_is_in_the_issue_it_arrived_in(
    records: Records, maker: Actor, hand: clock.Hand
) -> None:
    hand.set(at(1, month=4))
    visit = records.visit(records.target(records.team()), at(14))
    at_once, added = records.finding(visit, recorded_at=at(14)), records.finding(visit, recorded_at=at(17))
    assert counted(maker, "findings") == ([str(at_once.pk)], [str(added.pk)])


def test_a_finding_waits_for_its_visit(records: Records, maker: Actor, hand: clock.Hand) -> None:
    """Recorded before the cut-off in a visit that was submitted after it."""
    hand.set(at(1, month=4))
    visit = records.visit(records.target(records.team()), at(17))
    finding = records.finding(visit, recorded_at=at(15))
    assert counted(maker, "findings") == ([], [str(finding.pk)])


def test_answers_are_those_submitted_before_the_cut_off(records: Records, maker: Actor, hand: clock.Hand) -> None:
    hand.set(at(1, month=4))
    visit = records.visit(records.target(records.team()), at(14), answers={"ZY-07#5": 78})
    records.round(visit, at(15), {"ZY-07#5": 70}, number=2)
    records.round(visit, at(18), {"ZY-07#5": 20}, number=3)
    facts = compiling.compile(actor=maker, period_start=MARCH).facts
    assert facts["figures"]["homework.grade.5"]["value"] == 70


def test_the_same_window_says_the_same_later(records: Records, maker: Actor, hand: clock.Hand) -> None:
    """Compiled again after more has arrived: a new version with the same figures."""
    visit = records.visit(records.target(records.team()), at(14), answers={"ZY-07#5": 78})
    records.finding(visit, "serious")
    first = compiling.compile(actor=maker, period_start=MARCH)
    hand.move(days=3)
    records.visit(visit.target, at(17))
    records.round(visit, at(18), {"ZY-07#5": 20}, number=2)
    again = compiling.compile(actor=maker, period_start=MARCH)
    assert (again.pk, again.version) == (first.pk, 2)
    assert again.snapshot_hash == first.snapshot_hash
