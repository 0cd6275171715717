"""Dual check and consistency of teams: figures recounted from the rows, seen by nobody whose visits they are about."""

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.core import clock, codec
from backend.core.actor import Actor, system
from backend.core.ids import uuid7
from backend.inspections.models import Answer, Assignment, ChecklistTemplate, CrewMember, Finding, Visit, VisitRound
from backend.inspections.rules.comparison import METHOD
from backend.inspections.selectors import comparisons
from backend.inspections.services import templates
from backend.journal.writing import write
from backend.registry.models import Target, Team, Track
from tests.fixtures.people import Cast, Client
from tests.fixtures.places import Places
from tests.inspections.authoring.checklists import CHECKLIST, FAILS, YES, item

API = "/api/v1/inspections/comparisons"
MONTH = "2026-11"
NOW = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)

ROWS = [
    *(item(number, "yes_no", **{"pass": YES}, **FAILS) for number in range(1, 10)),
    item(10, "number", number={"unit": "分钟", "minimum": 0, "maximum": 300}, repeat="grade",
         **{"pass": {"op": "<=", "value": 60}}, **FAILS),
    item(11, "single", options=["甲", "乙"]),
    item(12, "text", format="long"),
    item(13, "yes_no", repeat="class", **{"pass": YES}, **FAILS),
    item(14, "yes_no", show_if=[{"item": "XT-01", "is": {"op": "=", "value": "no"}}], **{"pass": YES}, **FAILS),
]  # fmt: skip
GOOD: dict[str, Any] = {f"XT-0{number}": "yes" for number in range(1, 10)} | {"XT-10#3": 50, "XT-11": "甲"}


@dataclass
class Field:
    """Visits as they stand after their submission; how they come there is told elsewhere."""

    places: Places
    county: int
    template: ChecklistTemplate
    inspector: User

    def visit(
        self,
        target: Target,
        team: Team,
        answers: dict[str, Any],
        *,
        state: str = "submitted",
        month: str = MONTH,
        **more: Any,
    ) -> Visit:
        kind = more.pop("kind", "routine")
        with write(actor=system(self.county)):
            assignment = Assignment.objects.create(
                county_id=self.county, target=target, team=team, track=team.track, plan_month=month, kind=kind,
                scheduled_on=clock.today(), leader=self.inspector, reveal_at=clock.now(), state="departed",
                templates=[["XT", 1]],
            )  # fmt: skip
            CrewMember.objects.create(assignment=assignment, user=self.inspector, is_leader=True)
            visit = Visit.objects.create(
                county_id=self.county, assignment=assignment, target=target, track=team.track, kind=kind, mode="open",
                plan_month=month, templates=[["XT", 1]], state=state, submitted_at=clock.now(), **more,
            )  # fmt: skip
            told = {key: {"value": value, "note": ""} for key, value in answers.items()}
            for key, value in answers.items():
                Answer.objects.create(visit=visit, key=key, value=value, rev=1, at=clock.now())
            if state in ("submitted", "approved"):
                content = {"answers": told, "findings": []}
                VisitRound.objects.create(
                    visit=visit, round=visit.round, content=content, content_hash=codec.content_hash(content), score=100
                )
        return visit

    def finding(self, visit: Visit, code: str, severity: str = "moderate", **more: Any) -> Finding:
        with write(actor=system(self.county)):
            return Finding.objects.create(
                id=uuid7(), county_id=self.county, visit=visit, target=visit.target, number=visit.findings.count() + 1,
                template_code="XT", item_code=code, text="问题", base_severity=severity, severity=severity, due_days=7,
                **more,
            )  # fmt: skip


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with clock.fixed(NOW):
        yield


@pytest.fixture
def field(november: None, cast: Cast, places: Places, office_actor: Actor) -> Field:
    row = templates.create(actor=office_actor, content={**CHECKLIST, "items": ROWS})
    templates.publish(actor=office_actor, template_id=row.pk)
    return Field(places, office_actor.county_id, row, cast.person(Role.INSPECTOR))


@pytest.fixture
def teams(field: Field) -> tuple[Team, Team]:
    return field.places.team(track=Track.DEPARTMENT), field.places.team(track=Track.STATION)


def get(client: Client, path: str) -> Any:
    answer = client.get(f"{API}/{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def table(client: Client, path: str) -> list[list[str]]:
    answer = client.get(f"{API}/{path}")
    assert answer.status_code == 200
    text = answer.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_both_answers_stand_side_by_side_and_agreement_is_judged_by_item(
    field: Field, teams: tuple[Team, Team], office_client: Client, leadership_client: Client
) -> None:
    school = field.places.school()
    first = GOOD | {"XT-02": "no", "XT-12": "=说明", "XT-13#1": "yes", "XT-13#2": "no", "XT-10#4": 61}
    second = GOOD | {"XT-03": "no", "XT-11": "乙", "XT-12": "别的", "XT-13#7": "no", "XT-14": "yes"}
    field.visit(school, teams[0], first)
    field.visit(school, teams[1], second)
    for client in (office_client, leadership_client):
        told = get(client, f"tracks/{school.pk}?month={MONTH}")
        (row,) = get(client, f"tracks?month={MONTH}")["items"]
        assert told["comparison"] == row
    judged = {one["item"]: (one["agree"], one["unjudged"]) for one in told["items"]}
    assert judged == {
        **{f"XT-0{number}": (number not in (2, 3), None) for number in range(1, 10)},
        "XT-10": (False, None),  # one grade fails here, none there
        "XT-11": (False, None),
        "XT-12": (None, "kind"),
        "XT-13": (True, None),  # other classes, but a class that fails on both sides
        "XT-14": (None, "one_sided"),
    }
    assert (row["judged"], row["agreeing"], row["share"]) == (12, 8, round(100 * 8 / 12, 1))
    ten = next(one for one in told["items"] if one["item"] == "XT-10")
    assert [(one["key"], one["value"], one["verdict"]) for one in ten["department"]] == [
        ("XT-10#3", 50, "pass"),
        ("XT-10#4", 61, "fail"),
    ]
    assert told["method"] == METHOD
    lines = table(office_client, f"tracks/csv?month={MONTH}")
    assert len(lines) == 1 + len(judged)
    twelve = next(line for line in lines if line[3] == "XT-12")
    assert twelve[5:] == ["XT-12 =说明", "XT-12 别的", "不判"]


def test_a_share_of_few_items_is_not_shown(field: Field, teams: tuple[Team, Team], office_client: Client) -> None:
    school = field.places.school()
    for team in teams:
        field.visit(school, team, {"XT-01": "yes", "XT-02": "no"})
    (row,) = get(office_client, f"tracks?month={MONTH}")["items"]
    assert (row["judged"], row["agreeing"], row["share"]) == (2, 2, None)


def test_only_what_both_have_submitted_in_the_month_is_compared(
    field: Field, teams: tuple[Team, Team], office_client: Client
) -> None:
    other = [field.places.school() for _ in range(5)]
    field.visit(other[0], teams[0], GOOD)
    field.visit(other[1], teams[0], GOOD)
    field.visit(other[1], teams[1], GOOD, state="in_progress")
    field.visit(other[2], teams[0], GOOD)
    field.visit(other[2], teams[1], GOOD, month="2026-10")
    field.visit(other[3], teams[0], GOOD)
    field.visit(other[3], teams[1], GOOD, kind="review_visit")
    field.visit(other[4], teams[0], GOOD)
    field.visit(other[4], teams[1], GOOD, state="returned", round=2)
    assert get(office_client, f"tracks?month={MONTH}") == {"items": [], "next": None}
    for target in other:
        told = get(office_client, f"tracks/{target.pk}?month={MONTH}")
        assert (told["comparison"], told["items"]) == (None, [])


def test_the_newest_submitted_visit_of_a_track_counts(
    field: Field, teams: tuple[Team, Team], office_client: Client
) -> None:
    school = field.places.school()
    field.visit(school, teams[0], GOOD | {"XT-01": "no"})
    later = field.visit(school, teams[0], GOOD)
    field.visit(school, teams[1], GOOD)
    with write(actor=system(field.county)):
        VisitRound.objects.filter(visit=later).update(submitted_at=NOW + dt.timedelta(days=1))
    (row,) = get(office_client, f"tracks?month={MONTH}")["items"]
    assert (row["department"]["visit"], row["agreeing"], row["judged"]) == (str(later.pk), 11, 11)


def test_agreement_over_many_schools_equals_a_count_by_hand(
    field: Field, teams: tuple[Team, Team], office_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    import random

    dice = random.Random(7)
    yes_no = [f"XT-0{number}" for number in range(1, 10)]
    for _ in range(12):
        school = field.places.school()
        for team in teams:
            field.visit(school, team, GOOD | {code: dice.choice(["yes", "no"]) for code in yes_no})
    expected = {}
    for target_id in Visit.objects.values_list("target_id", flat=True).distinct():
        by_hand = [
            {row.key: row.value for row in Answer.objects.filter(visit__target=target_id, visit__track=track)}
            for track in Track.values
        ]
        both = by_hand[0].keys() & by_hand[1].keys()
        expected[str(target_id)] = (len(both), sum(by_hand[0][key] == by_hand[1][key] for key in both))
    with django_assert_max_num_queries(10):
        rows = get(office_client, f"tracks?month={MONTH}&limit=200")["items"]
    assert {row["target"]["id"]: (row["judged"], row["agreeing"]) for row in rows} == expected
    first = get(office_client, f"tracks?month={MONTH}&limit=5")
    rest = get(office_client, f"tracks?month={MONTH}&limit=200&after={first['next']}")["items"]
    assert [row["target"]["id"] for row in first["items"] + rest] == [row["target"]["id"] for row in rows]


def test_whoever_was_sent_there_compares_nothing_before_the_notices_are_issued(
    field: Field, teams: tuple[Team, Team], cast: Cast, office_client: Client
) -> None:
    """An office person who goes out with a crew is of that crew, as far as this month's target goes."""
    both = cast.person(Role.OFFICE, Role.INSPECTOR)
    school, elsewhere = field.places.school(), field.places.school()
    visits = [field.visit(school, team, GOOD) for team in teams]
    for team in teams:
        field.visit(elsewhere, team, GOOD)
    finding = field.finding(visits[1], "XT-02")
    with write(actor=system(field.county)):
        CrewMember.objects.create(assignment=visits[0].assignment, user=both)
    client = cast.client(both)

    def seen() -> set[str]:
        listed = {row["target"]["id"] for row in get(client, f"tracks?month={MONTH}")["items"]}
        single = get(client, f"tracks/{school.pk}?month={MONTH}")
        assert (single["comparison"] is not None) == (str(school.pk) in listed) == bool(single["items"])
        assert (school.name in str(table(client, f"tracks/csv?month={MONTH}"))) == (str(school.pk) in listed)
        return listed

    assert seen() == {str(elsewhere.pk)}
    with write(actor=system(field.county)):
        Visit.objects.filter(target=school).update(state="approved")
        Finding.objects.filter(pk=finding.pk).update(state="in_notice")
    assert seen() == {str(elsewhere.pk)}
    with write(actor=system(field.county)):
        Finding.objects.filter(pk=finding.pk).update(publication="waiting", state="rectifying")
    assert seen() == {str(elsewhere.pk), str(school.pk)}
    assert len(get(office_client, f"tracks?month={MONTH}")["items"]) == 2


@pytest.mark.parametrize(
    "role", [Role.TEAM_LEADER, Role.INSPECTOR, Role.STATION_HEAD, Role.DEPARTMENT_HEAD, Role.SCHOOL_LIAISON]
)
def test_nobody_else_compares(field: Field, teams: tuple[Team, Team], cast: Cast, role: Role) -> None:
    school = field.places.school()
    for team in teams:
        field.visit(school, team, GOOD, state="approved")
    client = cast.client(cast.person(role))
    paths = ("tracks", "tracks/csv", f"tracks/{school.pk}", "teams", "teams/csv", f"teams/{teams[0].pk}")
    assert {client.get(f"{API}/{path}?month={MONTH}").status_code for path in paths} == {403}


def test_another_county_compares_nothing_of_ours(field: Field, teams: tuple[Team, Team], cast: Cast) -> None:
    school = field.places.school()
    for team in teams:
        field.visit(school, team, GOOD, state="approved")
    client = cast.client(cast.person(Role.LEADERSHIP, county=cast.county("linshui", "邻水区")))
    assert get(client, f"tracks?month={MONTH}")["items"] == get(client, f"teams?first={MONTH}")["teams"] == []
    assert [client.get(f"{API}/{path}").status_code for path in (f"tracks/{school.pk}", f"teams/{teams[0].pk}")] == [
        404
    ] * 2
    assert len(table(client, f"tracks/csv?month={MONTH}")) == 1


@pytest.fixture
def busy(field: Field) -> list[Team]:
    """Three teams: ten visits and more of two at primary schools, four of the third; one with a condition that holds."""
    teams = [field.places.team() for _ in range(3)]
    schools = [field.places.school(), field.places.school(), field.places.school(stage="junior")]
    for number, team in enumerate(teams):
        for turn in range((12, 11, 4)[number]):
            answers: dict[str, Any] = {"XT-01": "no", "XT-14": "no"} if turn % 3 == 0 else {"XT-01": "yes"}
            visit = field.visit(schools[0 if turn % 4 else 1], team, answers, state="approved")
            if turn % (number + 2) == 0:
                field.finding(visit, "XT-02", "serious")
                field.finding(visit, "XT-02", "serious", answer_key="XT-02")
            if turn % 6 == 0:
                field.finding(visit, "XT-14", "minor")
            if turn == 1:
                field.finding(visit, "XT-03", state="withdrawn")
    field.visit(schools[2], teams[0], {"XT-01": "yes"})
    field.finding(field.visit(schools[0], teams[0], {}, state="cancelled"), "XT-04")
    field.finding(field.visit(schools[0], teams[0], {}, kind="tip_check"), "XT-04")
    field.finding(field.visit(schools[0], teams[0], {}, month="2026-09"), "XT-04")
    return teams


class Rows:
    """The raw rows of the month, read once."""

    def __init__(self) -> None:
        counted = Visit.objects.filter(plan_month=MONTH, kind="routine", state__in=["submitted", "approved"])
        self.visits = list(counted.values_list("pk", "target__stage", "assignment__team"))
        self.findings = set(Finding.objects.exclude(state="withdrawn").values_list("visit", "item_code"))
        self.answered = set(Answer.objects.filter(key="XT-14").values_list("visit", flat=True))

    def recounted(self, team: Team, kind: str, code: str) -> tuple[int, int, int, int]:
        """Visits and visits with a finding on the item, of the team and of the others."""
        rows: dict[bool, list[bool]] = defaultdict(list)
        for visit, stage, visitor in self.visits:
            if stage == kind and (code != "XT-14" or visit in self.answered):
                rows[visitor == team.pk].append((visit, code) in self.findings)
        return len(rows[True]), sum(rows[True]), len(rows[False]), sum(rows[False])


def test_shares_of_findings_equal_a_count_over_the_rows(
    busy: list[Team], office_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    raw = Rows()
    for team in busy:
        with django_assert_max_num_queries(10):
            told = get(office_client, f"teams/{team.pk}?first={MONTH}")
        rows = {(one["type"], one["item"]): one for one in told["items"]}
        assert {code for _, code in rows} == {f"XT-{number:02d}" for number in (*range(1, 11), 13, 14)} - (
            set() if ("primary", "XT-14") in rows else {"XT-14"}
        )
        for (kind, code), one in rows.items():
            figures = (one["visits"], one["found"], one["other_visits"], one["other_found"])
            assert figures == raw.recounted(team, kind, code), (team.code, kind, code)
            small = min(figures[0], figures[2]) < 10
            assert one["small"] == small
            expected = (None, None) if small else (100 * figures[1] / figures[0], 100 * figures[3] / figures[2])
            assert (one["share"], one["reference"]) == tuple(
                None if each is None else round(each, 1) for each in expected
            )
            gap = None if small else round(100 * figures[1] / figures[0] - 100 * figures[3] / figures[2], 1)
            assert one["difference"] == gap


def test_shares_by_severity_count_visits_and_not_findings(busy: list[Team], office_client: Client) -> None:
    told = get(office_client, f"teams?first={MONTH}&last={MONTH}")
    (primary,) = [one for one in told["teams"][0]["types"] if one["type"] == "primary"]
    serious = next(one for one in primary["severities"] if one["severity"] == "serious")
    by_hand = {
        mine: Finding.objects.filter(
            visit__plan_month=MONTH, visit__kind="routine", visit__state="approved", severity="serious"
        )
        .filter(**({"visit__assignment__team": busy[0]} if mine else {"visit__assignment__team__in": busy[1:]}))
        .values("visit")
        .distinct()
        .count()
        for mine in (True, False)
    }
    assert (serious["visits"], serious["found"]) == (12, by_hand[True]) == (12, 6)
    assert (serious["other_visits"], serious["other_found"]) == (15, by_hand[False])


def test_teams_stand_in_the_order_of_their_codes_and_are_not_ranked(
    busy: list[Team], leadership_client: Client
) -> None:
    told = get(leadership_client, f"teams?first={MONTH}")
    codes = [one["team"]["code"] for one in told["teams"]]
    assert codes == sorted(team.code for team in busy)
    assert "rank" not in str(told)
    for word in ("不按问题数排名", "少于10次", "参照值"):
        assert word in told["method"]
    lines = table(leadership_client, f"teams/csv?first={MONTH}")
    assert (lines[0][0], lines[-1]) == ("组号", [told["method"]])
    assert [line[0] for line in lines[1:-1]] == sorted(line[0] for line in lines[1:-1])
    few = {line[1] for line in lines if line[-1] == "样本过少"}
    assert busy[2].name in few


def test_a_small_sample_has_counts_and_no_shares(busy: list[Team], office_client: Client) -> None:
    rows = get(office_client, f"teams/{busy[2].pk}?first={MONTH}")["items"]
    assert {(one["visits"] < 10, one["small"], one["share"], one["difference"]) for one in rows} == {
        (True, True, None, None)
    }


@pytest.mark.parametrize("span", ["first=2026-11&last=2026-10", "first=2025-01&last=2026-01", "first=2026-13"])
def test_impossible_spans_are_refused(office_client: Client, span: str) -> None:
    assert office_client.get(f"{API}/teams?{span}").status_code == 400


def test_a_suspected_site_is_not_among_what_is_compared(
    field: Field, teams: tuple[Team, Team], office_actor: Actor
) -> None:
    with write(actor=system(field.county)):
        site = Target.objects.create(county_id=field.county, code="SUS1", name="疑似点", kind="suspected_site")
    for team in teams:
        field.visit(site, team, {"XT-01": "yes"})
    assert not comparisons.comparable(office_actor, MONTH).exists()
