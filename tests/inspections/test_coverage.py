"""Coverage against an independent count, its gaps, its forecast, and the burden on schools."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.accounts.models import County, User
from backend.core import clock
from backend.core.actor import Actor, system
from backend.inspections.models import Visit, VisitRound, VisitState
from backend.inspections.selectors import burden, coverage, gaps, pace
from backend.inspections.services import assignments, plan_steps, plans, reviews, submissions, visits
from backend.journal.writing import write
from backend.registry.models import AreaStation, Target, TargetKind, Team, TeamInCharge, Track
from backend.registry.services import responsibility, targets
from backend.registry.services.responsibility import NewTerm
from tests.bulletins.records import Records
from tests.fixtures.draws import DrawDesk
from tests.fixtures.people import Cast
from tests.fixtures.places import Places
from tests.fixtures.visits import Fieldwork

MONTH = "2026-11"
BEFORE = dt.datetime(2026, 10, 28, 2, tzinfo=dt.UTC)


def noon(day: int, month: int = 11) -> dt.datetime:
    return dt.datetime(2026, month, day, 4, tzinfo=dt.UTC)


@pytest.fixture
def hand() -> Iterator["clock.Hand"]:
    with clock.fixed(BEFORE) as hand:
        yield hand


@pytest.fixture
def records(cast: Cast, places: Places, county: County, hand: "clock.Hand") -> Records:
    return Records(cast, places, county)


class Played:
    """Four targets, two teams and a crew of a station, and the random month that is played on them."""

    def __init__(self, records: Records) -> None:
        self.records, self.actor = records, records.actor
        self.station: AreaStation = records.station()
        self.crew = records.team(Track.STATION, self.station)
        self.teams = [records.team(), records.team()]
        self.targets = [
            records.target(self.teams[0], station=self.station),
            records.target(self.teams[0], stage="junior"),
            records.target(self.teams[1], kind=TargetKind.INSTITUTION, institution_class="non_subject"),
            records.target(None, station=self.station),
        ]

    def play(self, act: tuple[str, int, int, bool]) -> None:
        kind, which, day, flag = act
        target = Target.objects.get(pk=self.targets[which].pk)
        with clock.fixed(noon(day)):
            if kind == "visit":
                team = self.crew if flag else (target.team or self.teams[0])
                self.records.visit(target, noon(day), team=team, valid=day % 5 != 0)
            elif kind == "cancelled":
                self.records.visit(target, noon(day), team=self.teams[0], state=VisitState.CANCELLED)
            elif kind == "close":
                status, verb = ("已合并", targets.close_target) if flag else ("", targets.reopen_target)
                verb(actor=self.actor, target_id=target.pk, **({"status": status} if flag else {}))
            elif target.is_active:
                self.move(target, self.teams[int(flag)])

    def move(self, target: Target, team: Team) -> None:
        held = TeamInCharge.objects.filter(target=target, track=team.track, starts_on__gte=clock.today())
        if not held.exists():
            responsibility.assign(actor=self.actor, term=NewTerm(target.pk, team.pk, reason="调整"))


def brute_force(county: Played, at: dt.datetime) -> dict[tuple[Any, str], tuple[Any, bool]]:
    """Day by day over the raw rows: by target and track the team it counts for, and whether it is covered."""
    last = min(clock.local_date(at), dt.date(2026, 11, 30))
    found = {}
    for target in Target.objects.exclude(kind="suspected_site"):
        for track in ["department"] + (["station"] if target.kind == "school" and target.station_id else []):
            days = []
            for visit in Visit.objects.filter(target=target, track=track).exclude(state="cancelled"):
                rounds = [row for row in VisitRound.objects.filter(visit=visit) if row.submitted_at <= at]
                if rounds and max(rounds, key=lambda row: row.round).counts_for_coverage:
                    days.append(clock.local_date(max(rounds, key=lambda row: row.round).submitted_at))
            days = sorted(day for day in days if day.month == 11)
            if not days and target.closed_on is not None and target.closed_on <= last:
                continue
            day = days[0] if days else last
            teams = [
                term.team_id
                for term in TeamInCharge.objects.filter(target=target, track=track)
                if term.starts_on <= day and (term.ends_on is None or day < term.ends_on)
            ]
            found[target.pk, track] = (teams[0] if teams else None, bool(days))
    return found


DAYS = (2, 5, 8, 12, 20, 29)
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["visit", "visit", "cancelled", "close", "move"]),
        st.integers(0, 3),
        st.sampled_from(DAYS),
        st.booleans(),
    ),
    min_size=3,
    max_size=14,
)
"""Few days and targets, so that things meet; cut-offs lie on them and after the month."""


def test_coverage_equals_a_count_by_hand(records: Records, hand: "clock.Hand") -> None:
    county = Played(records)

    @settings(max_examples=25, deadline=None)
    @given(acts=ACTS, at=st.sampled_from((*DAYS, 31, 33)))
    def equals(acts: list[tuple[str, int, int, bool]], at: int) -> None:
        cut_off = noon(1) + dt.timedelta(days=at - 1)
        with transaction.atomic():
            for act in sorted(acts, key=lambda act: act[2]):
                county.play(act)
            hand.set(max(cut_off, noon(30)))
            found = coverage.coverage(records.county.pk, MONTH, cut_off=cut_off)
            expected = brute_force(county, cut_off)
            assert {cell.key: (cell.team, cell.is_covered) for cell in found.cells} == expected
            agrees(found, expected)
            transaction.set_rollback(True)

    equals()


def agrees(found: coverage.Coverage, expected: dict[tuple[Any, str], tuple[Any, bool]]) -> None:
    """Every share is the same count, grouped another way."""
    for track in ("department", "station"):
        keys = {key for key in expected if key[1] == track}
        share = found.tracks[track]
        assert share.scope == {target for target, _ in keys}
        assert share.covered == {key[0] for key in keys if expected[key][1]}
    for one in found.teams:
        assert one.share.scope == {key[0] for key, (team, _) in expected.items() if team == one.team.pk}
    twice = {target for target, track in expected if track == "station"} & {t for t, k in expected if k == "department"}
    assert found.both.scope == twice
    assert found.both.covered == {
        target for target in twice if expected[target, "station"][1] and expected[target, "department"][1]
    }
    sizes = [sum(len(share.scope) for share in found.by(name).values()) for name in (district, type_)]
    assert sizes == [len(expected)] * 2


def district(cell: coverage.Cell) -> str:
    return str(cell.target.district_id or "")


def type_(cell: coverage.Cell) -> str:
    return cell.target.type_code


def test_a_target_that_changed_teams_counts_where_it_was_visited_or_else_at_the_months_end(
    records: Records, hand: "clock.Hand"
) -> None:
    one, other = records.team(), records.team()
    visited, unvisited = records.target(one), records.target(one)
    hand.set(noon(5))
    records.visit(visited, noon(5), team=one)
    hand.set(noon(15))
    for target in (visited, unvisited):
        responsibility.assign(actor=records.actor, term=NewTerm(target.pk, other.pk, reason="调整"))
    hand.set(noon(30))
    shares = {row.team.pk: row.share for row in coverage.coverage(records.county.pk, MONTH).teams}
    assert (shares[one.pk].scope, shares[one.pk].covered) == ({visited.pk}, {visited.pk})
    assert (shares[other.pk].scope, shares[other.pk].covered) == ({unvisited.pk}, set())


@pytest.fixture
def actors(cast: Cast, fieldwork: Fieldwork, hand: "clock.Hand") -> dict[str, Actor]:
    fieldwork.county()
    return {"author": cast.actor(cast.person("office")), "leader": cast.actor(cast.person("leadership"))}


def approved(actors: dict[str, Actor], **fields: Any) -> Any:
    plan = plans.create(actor=actors["author"], **({"month": MONTH} | fields))
    plan_steps.submit(actor=actors["author"], plan_id=plan.pk)
    return plan_steps.approve(actor=actors["leader"], plan_id=plan.pk)


def test_an_approved_plan_decides_what_is_in_scope(
    actors: dict[str, Actor], records: Records, hand: "clock.Hand"
) -> None:
    team = records.team()
    rows = [records.target(team) for _ in range(4)]
    plan = plans.create(actor=actors["author"], month=MONTH)
    plans.except_target(
        actor=actors["author"], plan_id=plan.pk, target_id=rows[0].pk, included=False, cause="on_holiday"
    )
    hand.set(noon(2))
    whole = coverage.coverage(records.county.pk, MONTH)
    plan_steps.submit(actor=actors["author"], plan_id=plan.pk)
    plan_steps.approve(actor=actors["leader"], plan_id=plan.pk)
    records.target(team)
    hand.set(noon(10))
    records.visit(rows[1], noon(9), team=team)
    for row in rows[1:3]:
        plans.except_target(actor=actors["author"], plan_id=plan.pk, target_id=row.pk, included=False, cause="closed")
    found = coverage.coverage(records.county.pk, MONTH)
    assert (len(whole.cells), found.plan) == (4, plan)
    assert {cell.target.pk: cell.is_covered for cell in found.cells} == {rows[1].pk: True, rows[3].pk: False}


def test_a_special_campaign_counts_its_own_visits_only(
    actors: dict[str, Actor], fieldwork: Fieldwork, hand: "clock.Hand"
) -> None:
    team = fieldwork.places.team()
    school, other = (fieldwork.places.school(team=team) for _ in range(2))
    plan = approved(actors, kind="special_campaign")
    hand.set(noon(4))
    fieldwork.submitted(target=other, team=team)
    fieldwork.submitted(target=school, team=team, plan=plan.pk)
    found = coverage.of_plan(plan)
    assert {cell.target.pk: cell.is_covered for cell in found.cells} == {school.pk: True, other.pk: False}
    assert [gap.reason for gap in gaps.gaps(found, plan.county_id)] == ["not_assigned"]  # what it did was not for this
    assert coverage.coverage(plan.county_id, MONTH).tracks["department"].covered == {school.pk, other.pk}


def reasons(county_id: int, **filters: Any) -> dict[Any, tuple[str, str | None]]:
    found = coverage.coverage(county_id, MONTH)
    return {
        gap.cell.target.pk: (gap.reason.value, gap.rule.value if gap.rule else None)
        for gap in gaps.gaps(found, county_id, **filters)
    }


def test_every_gap_says_how_far_its_newest_attempt_came(
    actors: dict[str, Actor], fieldwork: Fieldwork, hand: "clock.Hand"
) -> None:
    hand.set(noon(4))
    team = fieldwork.places.team()
    names = ("untouched", "called_off", "assigned", "started", "returned", "far", "absent", "unsigned", "valid")
    school = {name: fieldwork.places.school(team=team) for name in names}
    called_off = fieldwork.released(school["called_off"], team)
    assignments.cancel(actor=actors["author"], assignment_id=called_off.pk, reason="停课")
    fieldwork.released(school["assigned"], team)
    fieldwork.begun(target=school["started"], team=team)
    sent_back = fieldwork.submitted(target=school["returned"], team=team)
    reviews.return_visit(actor=actors["author"], visit_id=sent_back.pk, reason="补充")
    fieldwork.submitted(target=school["valid"], team=team)
    for name, change in (("far", {"check_in": {"inside": False, "reason": ""}}), ("absent", {"check_in": None})):
        _invalid(fieldwork.submitted(target=school[name], team=team), **change)
    _invalid(fieldwork.submitted(target=school["unsigned"], team=team))
    told = reasons(team.county_id)
    assert {name: told.get(school[name].pk) for name in names} == {
        "untouched": ("not_assigned", None),
        "called_off": ("not_assigned", None),
        "assigned": ("assigned", None),
        "started": ("started", None),
        "returned": None,  # its last round received counts until the next one comes
        "far": ("not_valid", "outside_without_reason"),
        "absent": ("not_valid", "not_checked_in"),
        "unsigned": ("not_valid", "not_signed"),
        "valid": None,
    }
    assert set(reasons(team.county_id, reason="not_valid")) == {school[n].pk for n in ("far", "absent", "unsigned")}
    assert reasons(team.county_id, track="station") == {}


def _invalid(visit: Visit, **change: Any) -> None:
    """The visit as it would stand if it had been submitted in that way."""
    with write(actor=system(visit.county_id)):
        Visit.objects.filter(pk=visit.pk).update(counts_for_coverage=False, **change)
        VisitRound.objects.filter(visit=visit).update(counts_for_coverage=False)


def test_what_was_handed_in_after_the_month_counts_in_the_next_one(
    actors: dict[str, Actor], fieldwork: Fieldwork, hand: "clock.Hand"
) -> None:
    hand.set(noon(30))
    visit = fieldwork.filled()
    hand.set(noon(1, 12))
    submissions.submit(actor=fieldwork.leader(visit.assignment), visit_id=visit.pk)
    assert reasons(visit.county_id) == {visit.target_id: ("not_valid", "after_period")}
    assert coverage.coverage(visit.county_id, "2026-12").tracks["department"].covered == {visit.target_id}


def test_the_sentence_of_a_gap_names_day_and_rule(
    actors: dict[str, Actor], fieldwork: Fieldwork, hand: "clock.Hand"
) -> None:
    hand.set(noon(4))
    visit = fieldwork.submitted(target=fieldwork.released().target)
    _invalid(visit)
    found = coverage.coverage(visit.county_id, MONTH)
    assert [gap.text for gap in gaps.gaps(found, visit.county_id)] == ["已提交，不计入覆盖：没有签字，也没有拒签说明。"]


def test_the_forecast_by_team_and_county(records: Records, hand: "clock.Hand", actors: dict[str, Actor]) -> None:
    quick, slow = records.team(), records.team()
    rows = [records.target(quick) for _ in range(8)] + [records.target(slow) for _ in range(6)]
    plan = plans.create(actor=actors["author"], month=MONTH, holidays=["2026-11-27", "2026-11-30"])
    for day, target in zip((2, 6, 9, 10, 11, 12), rows, strict=False):
        hand.set(noon(day))
        records.visit(target, noon(day), team=quick)
    records.visit(rows[8], noon(13), team=slow)
    hand.set(noon(19))  # a Thursday; the last ten working days begin on Friday the 6th
    found = pace.outlook(coverage.coverage(records.county.pk, MONTH), records.county.pk)
    assert plan.holidays == ["2026-11-27", "2026-11-30"]
    assert (found.since, found.until) == (dt.date(2026, 11, 6), dt.date(2026, 11, 19))
    left = 5  # 20, 23, 24, 25, 26
    assert found.county == (7, left, 0.6, 4)
    assert {team.pk: tuple(one) for team, one in found.teams} == {
        quick.pk: (2, left, 0.5, 0),
        slow.pk: (5, left, 0.1, 5),
    }


def test_the_pace_at_the_beginning_of_a_month_is_that_of_the_month_before(records: Records, hand: "clock.Hand") -> None:
    team = records.team()
    rows = [records.target(team) for _ in range(4)]
    for target in rows[:3]:
        records.visit(target, dt.datetime(2026, 10, 29, 4, tzinfo=dt.UTC), team=team)
    hand.set(noon(2))
    found = pace.outlook(coverage.coverage(records.county.pk, MONTH), records.county.pk)
    assert tuple(found.county) == (4, 20, 0.3, 0)
    hand.set(noon(2, 12))
    over = pace.outlook(coverage.coverage(records.county.pk, MONTH), records.county.pk)
    assert (over.county.days_left, over.county.missed) == (0, 4)


def test_a_third_visit_in_a_month_is_warned_of_and_made(
    actors: dict[str, Actor], fieldwork: Fieldwork, hand: "clock.Hand"
) -> None:
    hand.set(noon(4))
    team = fieldwork.places.team()
    school = fieldwork.places.school(team=team)
    fieldwork.submitted(target=school, team=team)
    called_off = fieldwork.planned(school, team)
    assignments.cancel(actor=actors["author"], assignment_id=called_off.pk, reason="重复")
    second = fieldwork.planned(school, team)
    assert burden.warnings(school.county_id, [second]) == []
    tip = fieldwork.planned(school, team, kind="tip_check")
    assert burden.warnings(school.county_id, [tip]) == []
    third = fieldwork.planned(school, team)
    (warned,) = burden.warnings(school.county_id, [third])
    assert (warned.assignment, warned.counted, warned.limit) == (third, 3, 2)
    assert warned.text == f"“{school.name}”2026年11月已安排到访3次，超过每月2次的上限。"
    plans.create(actor=actors["author"], month=MONTH, visit_limit=3)
    assert burden.warnings(school.county_id, [third]) == []


def test_the_yearly_list_counts_by_kind(actors: dict[str, Actor], fieldwork: Fieldwork, hand: "clock.Hand") -> None:
    team = fieldwork.places.team()
    school = fieldwork.places.school(team=team)
    fieldwork.submitted(target=school, team=team)
    hand.set(noon(4))
    for kind in ("routine", "tip_check", "review_visit"):
        fieldwork.planned(school, team, kind=kind)
    begun = fieldwork.begun(target=school, team=team)
    visits.cancel(actor=actors["author"], visit_id=begun.pk, reason="走错")
    found = burden.of_targets(school.county_id, [school.pk], MONTH)[school.pk]
    assert dict(found.month) == {"routine": 1, "tip_check": 1, "review_visit": 1}
    assert dict(found.year) == {"routine": 2, "tip_check": 1, "review_visit": 1}
    assert (found.counted, found.is_over) == (1, False)


def test_the_checks_of_an_institution_are_counted_over_the_year(
    actors: dict[str, Actor], fieldwork: Fieldwork, hand: "clock.Hand"
) -> None:
    """Shown, and no limit of schools is laid on them (workflow.md section 0, fact 2)."""
    drawing = DrawDesk(fieldwork.cast, fieldwork.places, fieldwork)
    team, institution = drawing.team(), drawing.institution()
    for day in (3, 4, 5):
        hand.set(noon(day))
        fieldwork.planned(institution, team, kind="administrative_check")
    office = fieldwork.cast.client(User.objects.get(pk=actors["author"].person))
    path = f"/api/v1/coverage/burden?month={MONTH}"
    (row,) = office.get(f"{path}&kind=institution").json()["items"]
    assert (row["target"]["id"], row["year"], row["over"]) == (str(institution.pk), {"administrative_check": 3}, False)
    assert office.get(path).json()["items"] == []
    assert office.get(f"{path}&kind=suspected_site").status_code == 400
