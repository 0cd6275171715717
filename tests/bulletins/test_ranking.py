"""Ranking: comparable units only, equals share a rank, small samples and small groups stand aside."""

import pytest

from backend.bulletins.rules.ranking import Entrant, TeamRecord, placed, placed_teams

pytestmark = pytest.mark.once


def unit(name: str, score: float | None, *, visits: int = 1, answers: int = 60) -> Entrant:
    return Entrant(name, name, visits, answers, score)


def ranks(*entrants: Entrant) -> list[tuple[int, str]]:
    return [(one.rank, one.entrant.name) for one in placed(entrants)]


def test_equal_scores_share_a_rank_and_the_next_one_is_left_out() -> None:
    rows = unit("丙", 90), unit("甲", 95.5), unit("乙", 90), unit("丁", 80)
    assert ranks(*rows) == [(1, "甲"), (2, "丙"), (2, "乙"), (4, "丁")]


@pytest.mark.parametrize(
    "small",
    [unit("戊", 100, visits=0), unit("戊", 100, answers=19), unit("戊", None)],
    ids=["visits", "answers", "score"],
)
def test_small_samples_are_not_ranked(small: Entrant) -> None:
    assert ranks(unit("甲", 95), unit("乙", 90), unit("丙", 85), small) == [(1, "甲"), (2, "乙"), (3, "丙")]


def test_a_group_of_two_is_not_ranked() -> None:
    assert ranks(unit("甲", 95), unit("乙", 90)) == []


def team(code: str, visited: int, reviews: int = 0, in_time: int = 0, assigned: int = 10) -> TeamRecord:
    return TeamRecord(code, code, "department", assigned, visited, reviews, in_time)


def test_teams_stand_by_coverage_then_by_reviews_in_time() -> None:
    rows = [team("T3", 8, 4, 4), team("T1", 8, 4, 2), team("T2", 10, 4, 1), team("T4", 8), team("T5", 0, assigned=0)]
    assert [(rank, one.code) for rank, one in placed_teams(rows)] == [(1, "T2"), (2, "T3"), (2, "T4"), (4, "T1")]


def test_the_number_of_findings_is_nothing_that_teams_are_ranked_by() -> None:
    assert not {"findings", "score"} & set(TeamRecord.__slots__)
