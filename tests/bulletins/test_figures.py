"""Every figure equals what the test counts by itself over the raw rows, and names the records it was counted from."""

from collections.abc import Iterable
from typing import Any

from backend.bulletins.services import compiling
from backend.core import clock
from backend.core.actor import Actor
from backend.registry.models import InstitutionClass, TargetKind
from tests.bulletins.records import MARCH, Records, at

START, END = at(1, 0), at(16, 0)


def same(figure: dict[str, Any], rows: Iterable[Any]) -> bool:
    """The figure counts exactly these rows."""
    ids = sorted({str(row.pk) for row in rows})
    return bool(figure["records"] == ids and figure["value"] == len(ids))


def test_the_course_of_coverage_ends_at_the_rate(records: Records, maker: Actor) -> None:
    team = records.team()
    targets = [records.target(team) for _ in range(4)]
    for target, day in zip(targets, (3, 3, 9), strict=False):
        records.visit(target, at(day))
    facts = compiling.compile(actor=maker, period_start=MARCH).facts
    days = facts["coverage_by_day"]
    assert [day["day"][-2:] for day in days] == [f"{day:02d}" for day in range(1, 16)]
    assert days[-1]["actual"] == facts["figures"]["coverage.rate"]["value"]
    shares = [day["actual"] for day in days]
    assert shares == sorted(shares)
    assert days[-1]["target"] == facts["figures"]["coverage.target"]["value"] == round(100 * 15 / 31, 1)


def test_institutions_and_accounts_equal_a_recount(records: Records, maker: Actor) -> None:
    team = records.team()
    kinds: dict[str, Any] = {"kind": TargetKind.INSTITUTION, "institution_class": InstitutionClass.SUBJECT}
    low = records.target(team, **kinds, escrow_balance=9_999, minimum_balance=10_000)
    records.target(team, **kinds, escrow_balance=10_000, minimum_balance=10_000)
    unknown = records.target(team, kind=TargetKind.INSTITUTION, institution_class=InstitutionClass.NON_SUBJECT)
    for target in (low, low, unknown):
        records.visit(target, at(4))
    figures = compiling.compile(actor=maker, period_start=MARCH).facts["figures"]
    assert same(figures["institutions"], [low, unknown])
    assert same(figures["institutions.class.subject"], [low])
    assert same(figures["accounts.low"], [low])
    assert figures["accounts.known"]["value"] == 2
    assert figures["accounts.low.non_subject"]["value"] is None


def test_changes_are_against_the_period_before(records: Records, maker: Actor, hand: clock.Hand) -> None:
    target = records.target(records.team())
    for day in (3, 4, 18):
        records.visit(target, at(day))
    first = compiling.compile(actor=maker, period_start=MARCH)
    assert first.facts["previous"] is None
    hand.set(at(1, 9, month=4))
    second = compiling.compile(actor=maker, period_start=at(16).date())
    assert second.facts["previous"] == {"start": "2026-03-01", "snapshot_hash": first.snapshot_hash}
    visits = second.facts["figures"]["visits"]
    assert (visits["value"], visits["previous"]) == (1, 2)
    assert "本期收到督查记录1次，较上期减少1次。" in second.texts["inspection"][0]


def test_an_issue_compiled_before_its_period_ended_is_nothing_to_compare_with(
    records: Records, maker: Actor, hand: clock.Hand
) -> None:
    records.visit(records.target(records.team()), at(3))
    hand.set(at(10))
    compiling.compile(actor=maker, period_start=MARCH)
    hand.set(at(1, 9, month=4))
    second = compiling.compile(actor=maker, period_start=at(16).date())
    assert second.facts["previous"] is None
    assert second.facts["figures"]["visits"]["previous"] is None


def test_the_cut_off_is_the_end_of_the_period_or_now(records: Records, maker: Actor, hand: clock.Hand) -> None:
    assert compiling.compile(actor=maker, period_start=MARCH).cut_off == END
    hand.set(at(20))
    assert compiling.compile(actor=maker, period_start=at(16).date()).cut_off == at(20)
