"""The ledger of an issue, read from steps that never change: what happens after the cut-off is for the next issue."""

import datetime as dt
from typing import Any

from backend.bulletins.services import compiling
from backend.core import clock
from backend.core.actor import Actor
from backend.inspections.models import FindingState
from tests.bulletins.records import MARCH, NEXT, Records, at


def ledger(maker: Actor, start: dt.date = MARCH) -> dict[str, Any]:
    return dict(compiling.compile(actor=maker, period_start=start).facts)


def values(facts: dict[str, Any], key: str = "rectification") -> dict[str, Any]:
    names = ("new", "closed", "late", "open_in_time", "reopened")
    return {name: facts["figures"][f"{key}.{name}"]["value"] for name in names}


def test_states_are_those_of_the_cut_off(records: Records, maker: Actor, hand: clock.Hand) -> None:
    district = records.district()
    target = records.target(records.team(), district=district)
    first, second = records.visit(target, at(2)), records.visit(target, at(2))
    late = records.finding(first)
    records.notice(first, at(3), dt.date(2026, 3, 10), late)
    timely, closed, afterwards = (records.finding(second) for _ in range(3))
    records.notice(second, at(3), dt.date(2026, 3, 20), timely, closed, afterwards)
    records.move(closed, FindingState.CLOSED, at(9))
    records.move(afterwards, FindingState.CLOSED, at(16, 1))
    hand.set(at(20))
    facts = ledger(maker)
    assert values(facts) == {"new": 4, "closed": 1, "late": 1, "open_in_time": 2, "reopened": 0}
    assert values(facts, f"district.{district.code}") == values(facts)
    assert facts["figures"]["rectification.closed"]["records"] == [str(closed.pk)]
    assert [(row["finding"], row["days_late"], row["step"]) for row in facts["late"]] == [(str(late.pk), 6, "督办")]
    assert facts["figures"]["notices.issued"]["value"] == 2


def test_what_was_closed_afterwards_is_in_the_next_issue(records: Records, maker: Actor, hand: clock.Hand) -> None:
    visit = records.visit(records.target(records.team()), at(2))
    finding = records.finding(visit)
    records.notice(visit, at(3), dt.date(2026, 3, 20), finding)
    records.move(finding, FindingState.CLOSED, at(17))
    hand.set(at(1, month=4))
    assert values(ledger(maker))["closed"] == 0
    assert values(ledger(maker, NEXT)) == {"new": 0, "closed": 1, "late": 0, "open_in_time": 0, "reopened": 0}
    hand.set(at(16, month=4))
    assert values(ledger(maker, dt.date(2026, 4, 1)))["closed"] == 0


def test_closed_on_time_is_a_share_of_what_was_closed(records: Records, maker: Actor) -> None:
    visit = records.visit(records.target(records.team()), at(2))
    early, overdue = records.finding(visit), records.finding(visit)
    records.notice(visit, at(3), dt.date(2026, 3, 8), early, overdue)
    records.move(early, FindingState.CLOSED, at(8))
    records.move(overdue, FindingState.CLOSED, at(9))
    figures = ledger(maker)["figures"]
    assert figures["rectification.on_time"]["records"] == [str(early.pk)]
    assert figures["rectification.on_time.rate"]["value"] == 50.0


def test_a_relapse_is_open_again_and_counted(records: Records, maker: Actor) -> None:
    visit = records.visit(records.target(records.team()), at(2))
    finding = records.finding(visit)
    records.notice(visit, at(3), dt.date(2026, 3, 20), finding)
    records.move(finding, FindingState.CLOSED, at(5))
    records.move(finding, FindingState.RECTIFYING, at(9))
    facts = ledger(maker)
    assert values(facts) == {"new": 1, "closed": 0, "late": 0, "open_in_time": 1, "reopened": 1}
    assert facts["figures"]["rectification.on_time.rate"]["value"] is None


def test_the_last_day_of_a_term_is_over_at_the_end_of_the_period(records: Records, maker: Actor) -> None:
    for day in (15, 16):
        visit = records.visit(records.target(records.team()), at(2))
        records.notice(visit, at(3), dt.date(2026, 3, day), records.finding(visit))
    assert [row["days_late"] for row in ledger(maker)["late"]] == [1]


def test_what_waits_for_the_office_is_not_late(records: Records, maker: Actor) -> None:
    visit = records.visit(records.target(records.team()), at(2))
    finding = records.finding(visit)
    records.notice(visit, at(3), dt.date(2026, 3, 5), finding)
    records.move(finding, FindingState.REPORTED, at(4))
    assert values(ledger(maker)) == {"new": 1, "closed": 0, "late": 0, "open_in_time": 1, "reopened": 0}
