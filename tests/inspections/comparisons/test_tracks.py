"""Dual check: both answers side by side, and nobody sees it whose visits it is about."""

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from backend.accounts.roles import Role
from backend.core.actor import Actor, system
from backend.inspections.models import Answer, CrewMember, Finding, Visit, VisitRound
from backend.inspections.rules.comparison import METHOD
from backend.inspections.selectors import comparisons
from backend.journal.writing import write
from backend.registry.models import Target, Team, Track
from tests.fixtures.people import Cast, Client
from tests.inspections.comparisons.field import API, GOOD, MONTH, NOW, Field, get, table


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


def test_a_suspected_site_is_not_among_what_is_compared(
    field: Field, teams: tuple[Team, Team], office_actor: Actor
) -> None:
    with write(actor=system(field.county)):
        site = Target.objects.create(county_id=field.county, code="SUS1", name="疑似点", kind="suspected_site")
    for team in teams:
        field.visit(site, team, {"XT-01": "yes"})
    assert not comparisons.comparable(office_actor, MONTH).exists()
