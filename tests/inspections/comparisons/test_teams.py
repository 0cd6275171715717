"""Consistency of teams: figures recounted from the rows, small samples without shares, no ranking."""

from collections import defaultdict
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from backend.inspections.models import Answer, Finding, Visit
from backend.registry.models import Team
from tests.fixtures.people import Client
from tests.inspections.comparisons.field import API, MONTH, Field, get, table


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
