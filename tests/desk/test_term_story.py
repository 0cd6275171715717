"""The demonstration term as it is planned: its figures, half-month by half-month."""

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Mapping
from functools import cache

import pytest

from backend.desk.rules import mending, story
from backend.desk.rules.faults import Faults
from backend.desk.rules.mending import PlannedNotice
from backend.desk.rules.story import PlannedVisit, Unit, drawn
from backend.desk.rules.term import HALVES, HOLIDAY, HOMEWORK_MEANS, LAST_DAY, TEXTS, TYPICAL, Half
from backend.inspections.catalogue import load_catalogue, load_wordings
from backend.inspections.rules.applicability import default_grades
from backend.inspections.rules.checklist import TargetType
from backend.inspections.rules.grading import LEVELS, can_fix_on_spot
from backend.registry.demo import county as lists
from backend.registry.rules.sheets import CLASSES, CLOSED_STATUSES, STAGES

TEMPLATES = {template.code: template for template in load_catalogue()}
NUMBERED = list(enumerate(HALVES))


def units() -> list[Unit]:
    """The lists of the demonstration county, closed institutions left out."""
    schools = [_school(row) for row in _rows("schools")]
    return schools + [_institution(row) for row in _rows("institutions") if row["status"] not in CLOSED_STATUSES]


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(lists.table(name).decode())))


def _school(row: dict[str, str]) -> Unit:
    kind = TargetType(STAGES[row["stage"]])
    station = lists.station_of_district(lists.DISTRICTS.index(row["district"].removesuffix("学区")) + 1)
    grades = tuple(sorted(default_grades(kind)))
    return Unit(row["code"], kind, grades, lists.team_code(int(row["team"])), lists.station_code(station))


def _institution(row: dict[str, str]) -> Unit:
    below = int(row["escrow_balance_yuan"]) < int(row["minimum_balance_yuan"])
    return Unit(row["code"], TargetType(CLASSES[row["class"]]), (), lists.team_code(int(row["team"])), "", below)


@cache
def term(seed: str = "1") -> tuple[list[PlannedVisit], list[PlannedNotice]]:
    rng = drawn("term", seed)
    planned = story.visits(units(), rng)
    Faults(TEMPLATES, rng).plan(planned)
    return planned, mending.notices(planned, lambda each: LEVELS[each.severity].default_days, rng)


@pytest.mark.parametrize(("number", "half"), NUMBERED)
def test_visits_and_findings_are_those_of_the_table(number: int, half: Half) -> None:
    grades = {severity.value: count for severity, count in half.grades().items()}
    wanted = {"visits": half.visits, "findings": half.findings, "on_spot": half.on_spot, **grades}
    assert story.tally(story.of_half(term()[0], number)) == wanted


@pytest.mark.parametrize(("number", "half"), NUMBERED)
def test_coverage_of_the_month_to_date_is_that_of_the_table(number: int, half: Half) -> None:
    month = [visit for visit in term()[0] if visit.day.month == half.start.month and visit.day <= half.end]
    covered = {visit.unit.code for visit in month if visit.unit}
    assert round(100 * len(covered) / len(units())) == half.coverage


@pytest.mark.parametrize(("number", "half"), NUMBERED)
def test_everybody_arrives_within_the_half_month_and_no_school_is_visited_in_the_holiday(
    number: int, half: Half
) -> None:
    planned = story.of_half(term()[0], number)
    assert all(half.start <= visit.arrives.date() <= half.end and visit.leaves < visit.arrives for visit in planned)
    assert not [v for v in planned if v.unit and v.unit.is_school and HOLIDAY[0] <= v.day <= HOLIDAY[1]]


@pytest.mark.parametrize(("number", "half"), NUMBERED)
def test_reports_come_in_time_as_often_as_the_table_says(number: int, half: Half) -> None:
    closed = [n for n in term()[1] if n.decided_on and half.start <= n.decided_on <= half.end]
    late = [part.late for notice in closed for part in notice.parts]
    assert (round(100 * (1 - sum(late) / len(late))) if late else None) == half.on_time


@pytest.mark.parametrize(("number", "half"), NUMBERED)
def test_mean_minutes_of_homework_are_those_of_the_term(number: int, half: Half) -> None:
    planned = story.of_half(term()[0], number)
    for grade, mean in HOMEWORK_MEANS.items():
        minutes = [visit.minutes[grade] for visit in planned if grade in visit.minutes]
        assert sum(minutes) == mean * len(minutes) > 0


def test_homework_is_over_the_limit_only_where_it_was_found() -> None:
    over = {
        visit.number
        for visit in term()[0]
        if any(minutes > (60 if grade <= 6 else 90) for grade, minutes in visit.minutes.items())
    }
    found = {visit.number for visit in term()[0] if any(one.item in ("ZY-07", "ZY-08") for one in visit.findings)}
    assert over == found
    assert len(found) == sum(half.over_limit for half in HALVES)


def test_typical_items_come_by_frequency_and_no_item_fails_twice_at_a_unit() -> None:
    found = Counter(one.item for visit in term()[0] for one in visit.findings)
    assert {code: found[code] for code in TYPICAL} == TYPICAL
    places = Counter((visit.place, one.item) for visit in term()[0] for one in visit.findings)
    assert set(places.values()) == {1}


def test_every_finding_has_its_words() -> None:
    found = {each.item for seed in ("1", "2", "3") for visit in term(seed)[0] for each in visit.findings}
    assert found - load_wordings().keys() - TEXTS.keys() == set()


def test_only_lighter_findings_are_put_right_on_the_spot() -> None:
    fixed = [one for visit in term()[0] for one in visit.findings if one.on_spot]
    assert all(can_fix_on_spot(one.severity) for one in fixed)


def test_nothing_of_a_notice_happens_before_what_it_rests_on() -> None:
    for notice in term()[1]:
        assert notice.visit.day < notice.approved_on < notice.issued_on
        assert all(part.reported_on > notice.issued_on for part in notice.parts)
        assert notice.decided_on is None or notice.last_report < notice.decided_on <= LAST_DAY


def test_the_same_seed_tells_the_same_story_and_another_seed_another_one() -> None:
    assert term.__wrapped__("1") == term()
    for other in ("2", "3", "4"):
        assert term(other)[0] != term()[0]
        assert _tallies(other) == _tallies("1")


def _tallies(seed: str) -> list[Mapping[str, int]]:
    return [story.tally(story.of_half(term(seed)[0], number)) for number, _ in NUMBERED]


def test_a_site_is_met_in_the_holiday() -> None:
    sites = [visit for visit in term()[0] if visit.unit is None]
    assert [HOLIDAY[0] <= visit.day <= HOLIDAY[1] for visit in sites] == [True, True]
    assert dt.date(2026, 10, 1) < sites[0].day
