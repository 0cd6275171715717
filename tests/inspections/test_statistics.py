"""Figures for bulletins: by received time, with their records, and the same when compiled again."""

import datetime as dt

import pytest

from backend.core import clock
from backend.core.actor import Actor
from backend.inspections.selectors import coverage, statistics
from backend.inspections.selectors.statistics import Window
from backend.inspections.services import answers, reviews, visits
from backend.inspections.services.answers import NewAnswer
from backend.registry.models import Track
from tests.fixtures.visits import Fieldwork

DAY = dt.datetime(2026, 12, 3, 2, tzinfo=dt.UTC)


def window(cut_off: dt.datetime | None = None) -> Window:
    """The first half of December 2026 in China."""
    first = clock.midnight(dt.date(2026, 12, 1))
    until = clock.midnight(dt.date(2026, 12, 16))
    return Window(first, until, cut_off or until)


def test_visits_findings_and_photos_are_counted_by_team_with_their_records(fieldwork: Fieldwork) -> None:
    with clock.fixed(DAY):
        visit = fieldwork.filled()
        finding = fieldwork.finding(visit, fieldwork.leader(visit.assignment))
        fieldwork.submitted(visit)
        fieldwork.begun()
        county = visit.county_id
    first, second = statistics.team_figures(county, window())
    assert (first.assigned.count, first.visited.ids, first.targets.ids) == (1, [str(visit.pk)], [str(visit.target_id)])
    assert (first.photos.count, first.findings.ids, first.average_score) == (1, [str(finding.pk)], 99.0)
    assert (second.assigned.count, second.visited.count, second.average_score) == (1, 0, None)
    rows = statistics.findings(county, window())
    assert statistics.findings_by(rows, "template_code")["TY"].as_json() == {"count": 1, "ids": [str(finding.pk)]}
    assert set(statistics.findings_by(rows, "severity")) == {"minor"}
    assert statistics.fixed_on_spot(rows).count == 0


def test_what_was_received_after_the_cut_off_goes_to_the_next_issue(fieldwork: Fieldwork) -> None:
    with clock.fixed(DAY) as hand:
        early = fieldwork.submitted()
        cut_off = hand.move(hours=1)
        hand.move(hours=1)
        fieldwork.submitted()
        county = early.county_id
    assert [row.visit_id for row in statistics.rounds(county, window(cut_off))] == [early.pk]
    assert len(statistics.rounds(county, window())) == 2


def test_a_period_compiled_again_says_the_same_after_a_return_and_a_new_round(
    fieldwork: Fieldwork, office_actor: Actor
) -> None:
    with clock.fixed(DAY) as hand:
        visit = fieldwork.submitted()
        cut_off = hand.move(hours=1)
        before = [(row.pk, row.score) for row in statistics.rounds(visit.county_id, window(cut_off))]
        hand.move(hours=1)
        reviews.return_visit(actor=office_actor, visit_id=visit.pk, reason="补充")
        fieldwork.finding(visit, fieldwork.leader(visit.assignment))
        fieldwork.submitted(visit)
    assert [(row.pk, row.score) for row in statistics.rounds(visit.county_id, window(cut_off))] == before
    assert [row.score for row in statistics.rounds(visit.county_id, window())] == [99]


def test_a_visit_broken_off_after_its_return_is_not_counted(fieldwork: Fieldwork, office_actor: Actor) -> None:
    with clock.fixed(DAY):
        visit = fieldwork.submitted()
        reviews.return_visit(actor=office_actor, visit_id=visit.pk, reason="补充")
        visits.cancel(actor=office_actor, visit_id=visit.pk, reason="重复")
    assert statistics.rounds(visit.county_id, window()) == []
    assert coverage.coverage(visit.county_id, "2026-12").tracks[Track.DEPARTMENT].covered == set()


def test_homework_minutes_by_grade(fieldwork: Fieldwork) -> None:
    with clock.fixed(DAY):
        visit = fieldwork.submitted()
        row = visit.rounds.get()
    row.content["answers"] |= {"ZY-07#3": {"value": 40, "note": ""}, "ZY-07#4": {"value": 55.5, "note": ""}}
    found = statistics.minutes_of([row])
    assert {grade: minutes.mean for grade, minutes in found.items()} == {3: 40.0, 4: 55.5}
    assert found[3].visits.ids == [str(visit.pk)]


def test_coverage_counts_distinct_targets_by_track_and_both(fieldwork: Fieldwork) -> None:
    with clock.fixed(DAY):
        first = fieldwork.submitted()
        fieldwork.submitted(target=first.target, team=first.assignment.team)
        fieldwork.places.school()
        station = fieldwork.places.team(track=Track.STATION)
        fieldwork.submitted(target=first.target, team=station)
        found = coverage.coverage(first.county_id, "2026-12")
    department = found.tracks[Track.DEPARTMENT]
    assert (len(department.scope), department.covered, department.percent) == (2, {first.target_id}, 50.0)
    assert coverage.coverage(first.county_id, "2026-11").tracks[Track.DEPARTMENT].percent == 0.0
    assert coverage.coverage(first.county_id + 1, "2026-12").tracks[Track.DEPARTMENT].percent is None


def test_coverage_by_day_only_rises(fieldwork: Fieldwork) -> None:
    with clock.fixed(DAY) as hand:
        first = fieldwork.submitted()
        hand.move(days=2)
        fieldwork.submitted()
    days = coverage.by_day(first.county_id, dt.date(2026, 12, 2), dt.date(2026, 12, 6), cut_off=window().until)
    assert [len(covered) for _, covered in days] == [0, 1, 1, 2, 2]


@pytest.mark.parametrize("note", ["", "组内已核"])
def test_corrections_within_a_round_do_not_double_a_visit(fieldwork: Fieldwork, note: str) -> None:
    with clock.fixed(DAY):
        visit = fieldwork.filled()
        leader = fieldwork.leader(visit.assignment)
        new = {"TY-01": NewAnswer("yes", note, 1)}
        answers.set_answers(actor=leader, visit_id=visit.pk, answers=new, n=1)
        fieldwork.submitted(visit)
    assert len(statistics.rounds(visit.county_id, window())) == 1
