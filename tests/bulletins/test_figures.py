"""Every figure equals what the test counts by itself over the raw rows, and names the records it was counted from."""

import random
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from backend.bulletins.models import Bulletin
from backend.bulletins.services import compiling
from backend.core import clock
from backend.core.actor import Actor
from backend.inspections.models import FindingState, VisitState
from backend.registry.models import InstitutionClass, Stage, Target, TargetKind, Team, Track
from tests.bulletins.records import MARCH, Records, at

START, END = at(1, 0), at(16, 0)
ANSWERS: dict[str, Callable[[random.Random], Any]] = {
    "ZY-06": lambda chance: chance.choice(["yes", "no", "na"]),
    "ZY-07#3": lambda chance: chance.randint(40, 70),
    "ZY-07#5": lambda chance: chance.randint(40, 70) + 0.5,
    "ZY-08#8": lambda chance: chance.randint(70, 100),
    "KH-01": lambda chance: chance.choice([3, 5, 6]),
    "KH-02": lambda chance: chance.choice([1.5, 2, 3]),
    "KH-08": lambda chance: chance.randint(100, 200),
    "KH-09": lambda chance: chance.randint(50, 100),
}


@pytest.fixture(params=[3, 11])
def chance(request: pytest.FixtureRequest) -> random.Random:
    return random.Random(request.param)


@pytest.fixture
def busy(records: Records, chance: random.Random) -> Records:
    """A month around the period: visits before, in and after it, cancelled and returned ones, findings of all kinds."""
    station = records.station()
    teams = [records.team(), records.team(), records.team(Track.STATION, station)]
    schools = [records.target(teams[n % 2], station=station, stage=Stage.NINE_YEAR) for n in range(6)]
    classes = [InstitutionClass.SUBJECT, InstitutionClass.NON_SUBJECT]
    schools += [records.target(teams[0], TargetKind.INSTITUTION, institution_class=kind) for kind in classes]
    for _ in range(30):
        target = chance.choice(schools)
        team = teams[2] if target.stage and chance.random() < 0.3 else target.team
        given = {key: draw(chance) for key, draw in ANSWERS.items() if target.stage and chance.random() < 0.8}
        received = at(chance.randint(1, 24), chance.randint(8, 20), month=chance.choice([2, 3, 3, 3]))
        state = chance.choice([VisitState.APPROVED, VisitState.SUBMITTED, VisitState.CANCELLED])
        visit = records.visit(target, received, team=team, answers=given, state=state, valid=chance.random() < 0.8)
        for _ in range(chance.randint(0, 3)):
            records.finding(
                visit,
                chance.choice(["minor", "moderate", "serious", "veto"]),
                recorded_at=received,
                template=chance.choice(["ZY", "KH"]),
                state=chance.choice([FindingState.CONFIRMED, FindingState.RECORDED, FindingState.WITHDRAWN]),
                on_spot=chance.random() < 0.3,
            )
    return records


@pytest.fixture
def figures(busy: Records, maker: Actor) -> dict[str, Any]:
    compiled = compiling.compile(actor=maker, period_start=MARCH)
    return dict(Bulletin.objects.get(pk=compiled.pk).facts["figures"])


def same(figure: dict[str, Any], rows: Iterable[Any]) -> bool:
    """The figure counts exactly these rows."""
    ids = sorted({str(row.pk) for row in rows})
    return bool(figure["records"] == ids and figure["value"] == len(ids))


def visits_of(records: Records) -> list[Any]:
    rows: list[Any] = records.visits
    return [v for v in rows if v.state != "cancelled" and START <= v.submitted_at < END]


def findings_of(records: Records) -> list[Any]:
    inside = {visit.pk for visit in visits_of(records)}
    return [row for row in records.findings if row.visit_id in inside and row.state != "withdrawn"]


def test_visits_and_findings_equal_a_recount(busy: Records, figures: dict[str, Any]) -> None:
    visits, findings = visits_of(busy), findings_of(busy)
    assert len(visits) > 3
    assert len(findings) > 3
    assert same(figures["visits"], visits)
    for track in Track.values:
        assert same(figures[f"visits.track.{track}"], [v for v in visits if v.track == track])
    assert same(figures["schools"], {v.target for v in visits if v.target.kind == "school"})
    assert same(figures["findings"], findings)
    for severity in ("minor", "moderate", "serious", "veto"):
        assert same(figures[f"findings.severity.{severity}"], [f for f in findings if f.severity == severity])
    for code in {f.template_code for f in findings}:
        assert same(figures[f"findings.category.{code}"], [f for f in findings if f.template_code == code])
    assert same(figures["findings.grave"], [f for f in findings if f.severity in ("serious", "veto")])
    assert same(figures["findings.on_spot"], [f for f in findings if f.rectified_on_spot])


def test_teams_equal_a_recount(busy: Records, figures: dict[str, Any]) -> None:
    for team in Team.objects.filter(county_id=busy.county.pk):
        own = [v for v in visits_of(busy) if v.assignment.team == team]
        found = [f for f in findings_of(busy) if f.visit.assignment.team == team]
        assert same(figures[f"team.{team.code}.visits"], own)
        assert same(figures[f"team.{team.code}.findings"], found)
        assert figures[f"team.{team.code}.score"]["value"] == (90.0 if own else None)


def test_homework_and_after_school_service_equal_a_recount(busy: Records, figures: dict[str, Any]) -> None:
    given = {
        visit: {key: answer["value"] for key, answer in visit.rounds.get().content["answers"].items()}
        for visit in visits_of(busy)
    }
    for key, grade, limit in (("ZY-07#3", 3, 60), ("ZY-07#5", 5, 60), ("ZY-08#8", 8, 90)):
        values = [own[key] for own in given.values() if key in own]
        mean = round(sum(values) / len(values), 1) if values else None
        assert figures[f"homework.grade.{grade}"]["value"] == mean
        assert len(figures[f"homework.grade.{grade}"]["records"]) == len(values)
        over = {str(v.pk) for v, own in given.items() if own.get(key, 0) > limit}
        assert over <= set(figures["homework.over"]["records"])
    early = [own["ZY-06"] for own in given.values() if own.get("ZY-06") in ("yes", "no")]
    assert figures["homework.early.checked"]["value"] == len(early)
    assert figures["homework.early.given"]["value"] == early.count("yes")
    assert figures["homework.grade.1"]["value"] == (0 if early and "yes" not in early else None)
    heads = [(own["KH-09"], own["KH-08"]) for own in given.values() if {"KH-08", "KH-09"} <= own.keys()]
    share = round(100 * sum(h[0] for h in heads) / sum(h[1] for h in heads), 1) if heads else None
    assert figures["after_school.participation"]["value"] == share
    times = [v for v, own in given.items() if {"KH-01", "KH-02"} <= own.keys()]
    assert same(figures["after_school.checked"], times)
    assert same(
        figures["after_school.reached"], [v for v in times if given[v]["KH-01"] >= 5 and given[v]["KH-02"] >= 2]
    )


def test_coverage_of_the_month_equals_a_recount(busy: Records, figures: dict[str, Any]) -> None:
    valid = [v for v in visits_of(busy) if v.rounds.get().counts_for_coverage]
    targets = list(Target.objects.filter(county_id=busy.county.pk))
    due = {"department": targets, "station": [t for t in targets if t.station_id and t.kind == "school"]}
    seen = {track: {v.target for v in valid if v.track == track} & set(due[track]) for track in due}
    for track in due:
        assert same(figures[f"coverage.track.{track}.assigned"], due[track])
        assert same(figures[f"coverage.track.{track}.visited"], seen[track])
    anywhere = seen["department"] | seen["station"]
    assert same(figures["coverage.assigned"], targets)
    assert same(figures["coverage.visited"], anywhere)
    assert figures["coverage.rate"]["value"] == round(100 * len(anywhere) / len(targets), 1)
    assert figures["coverage.both.visited"]["value"] == len(seen["department"] & seen["station"])


def test_the_course_of_coverage_ends_at_the_rate(busy: Records, maker: Actor) -> None:
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
