"""Leadership's page: each number opens exactly what it counts, and is asked for in few queries."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.core import clock
from backend.inspections.models import Finding, VetoView
from backend.inspections.services import vetoes
from backend.notices.models import LeaderInstruction
from tests.desk.test_staff_frame import form
from tests.fixtures.people import Cast
from tests.fixtures.rectification import World
from tests.fixtures.visits import Fieldwork
from tests.inspections.test_plans import NOON


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with clock.fixed(NOON):
        yield


@pytest.fixture
def leader(cast: Cast) -> User:
    return cast.person(Role.LEADERSHIP)


@pytest.fixture
def client(leader: User) -> Client:
    client = Client()
    client.force_login(leader)
    return client


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return str(answer.content.decode())


def figures(page: str) -> dict[str, tuple[str, str]]:
    """Of each great number its label: the number and the address that it opens."""
    found = re.findall(r'<a href="([^"]*)"><strong>([^<]*)</strong><span>([^<]*)</span>', page)
    return {label: (value, unescape(address)) for address, value, label in found}


def candidate(fieldwork: Fieldwork) -> Finding:
    """Of a submitted visit, and its unit was heard."""
    visit = fieldwork.filled()
    found = fieldwork.finding(visit, fieldwork.leader(visit.assignment), "TY-08", text="拒绝提供台账。")
    fieldwork.submitted(visit)
    vetoes.hear(actor=fieldwork.member(visit.assignment), finding_id=found.pk, way="on_site", statement="属实。")
    return Finding.objects.get(pk=found.pk)


def test_leadership_begins_here_and_nobody_else_but_the_office_may(client: Client, cast: Cast) -> None:
    assert client.get("/desk/")["Location"] == reverse("desk_lead")
    others = (Role.OFFICE, Role.TEAM_LEADER, Role.SCHOOL_LIAISON, Role.INSPECTOR, Role.MEMBER_DEPARTMENT)
    answers = []
    for role in others:
        other = Client()
        other.force_login(cast.person(role))
        answers.append(other.get(reverse("desk_lead")).status_code)
    assert answers == [200, 403, 403, 403, 403]


def test_an_empty_county_has_a_page_that_says_what_comes(client: Client) -> None:
    page = text(client, reverse("desk_lead"))
    assert [word in page for word in ("没有待签发、待审定的事项", "还没有半月报")] == [True, True]
    assert figures(page)["本月覆盖率"][0] == "—"


def test_coverage_opens_the_units_it_counts(client: Client, fieldwork: Fieldwork) -> None:
    visit = fieldwork.submitted()
    open_ = fieldwork.places.school(team=visit.assignment.team)
    value, address = figures(text(client, reverse("desk_lead")))["本月覆盖率"]
    listed = text(client, address)
    assert (value, "2 家单位（2 项，两条检查线各计一项），已覆盖 1 家，50.0%" in listed) == ("50.0%", True)
    assert [target.name in listed for target in (visit.target, open_)] == [True, True]
    covered = text(client, f"{address}&reason=covered")
    assert [target.name in covered for target in (visit.target, open_)] == [True, False]


def test_grave_and_late_open_the_lines_they_count(client: Client, world: World) -> None:
    with clock.fixed(NOON) as hand:
        world.issued(["serious", "veto", "minor"])
        hand.move(days=40)
        found = figures(text(client, reverse("desk_lead")))
        for label in ("严重问题未销号", "一票否决问题未销号", "项整改逾期"):
            value, address = found[label]
            assert text(client, address).count('<td data-label="级别"') == int(value), label
        assert [value for value, _ in found.values()][1:] == ["1", "1", "3"]


def test_a_veto_is_confirmed_from_the_page_that_waits(client: Client, fieldwork: Fieldwork, cast: Cast) -> None:
    finding = candidate(fieldwork)
    vetoes.judge(
        actor=cast.actor(cast.person(Role.OFFICE)), finding_id=finding.pk, view=VetoView.CONFIRM, reason="事实清楚"
    )
    address = reverse("desk_veto", args=[finding.pk])
    assert address in text(client, reverse("desk_lead"))
    assert "1 人认定" in text(client, reverse("desk_vetoes"))
    fields = form(client.get(address), "confirm") | {"reason": "同意认定"}
    assert client.post(f"{address}/do/confirm", fields).status_code == 302
    finding.refresh_from_db()
    assert (finding.veto_candidate, finding.severity) == (False, "veto")
    page = text(client, address)
    assert ("同意认定" in page, "/do/confirm" in page) == (True, False)


def test_an_instruction_is_written_once_shown_where_it_belongs_and_answered(
    client: Client, fieldwork: Fieldwork, cast: Cast
) -> None:
    finding = candidate(fieldwork)
    address = reverse("desk_instruction", args=["finding", finding.pk])
    fields = form(client.get(address), "give") | {"text": "请<b>督导站</b>回访"}
    assert [client.post(f"{address}/do/give", fields).status_code for _ in range(2)] == [302, 302]
    row = LeaderInstruction.objects.get()
    assert "请&lt;b&gt;督导站&lt;/b&gt;回访" in text(client, reverse("desk_veto", args=[finding.pk]))
    office = Client()
    office.force_login(cast.person(Role.OFFICE))
    answered = form(office.get(address), "answer") | {"text": "已安排", "row": str(row.pk)}
    assert office.post(f"{address}/do/answer", answered).status_code == 302
    assert "已安排" in text(client, reverse("desk_instructions"))
    assert "没有批示" in text(client, f"{reverse('desk_instructions')}?open=yes")


@pytest.mark.parametrize("kind", ["target", "user", "nothing"])
def test_nobody_writes_about_what_is_no_business_of_papers(client: Client, kind: str) -> None:
    text(client, reverse("desk_instruction", args=[kind, "01a0a7ba-4e80-702d-916d-69b2ad039221"]), 404)


def test_it_asks_fifteen_times_at_most(client: Client, world: World) -> None:
    world.issued(["serious", "veto", "minor"])
    with CaptureQueriesContext(connection) as asked:
        text(client, reverse("desk_lead"))
    assert len(asked) <= 15


def test_no_chart_styles_itself(client: Client, fieldwork: Fieldwork) -> None:
    fieldwork.submitted()
    page = text(client, reverse("desk_lead"))
    assert (re.findall(r"\sstyle=", page), page.count("<svg ") >= 3) == ([], True)


def test_texts_of_charts_have_a_table_beside_them(client: Client, fieldwork: Fieldwork) -> None:
    visit: Any = fieldwork.submitted()
    page = text(client, reverse("desk_lead"))
    assert page.count("数据表") == 3
    assert f">{visit.assignment.team.name}</a></td>" in page
