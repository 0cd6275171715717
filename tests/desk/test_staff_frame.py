"""What every desk page does with a form: once, not on what has changed, and never losing a word."""

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.core import clock
from backend.desk.models import Submission
from backend.desk.services import submissions
from backend.inspections.models import InspectionPlan, PlanKind
from backend.inspections.services import plan_steps, plans
from backend.registry.models import Track
from tests.fixtures.people import PASSWORD, Cast
from tests.fixtures.visits import Fieldwork
from tests.inspections.test_plans import NOON


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with clock.fixed(NOON):
        yield


@pytest.fixture
def office(cast: Cast, fieldwork: Fieldwork) -> User:
    fieldwork.county()
    fieldwork.places.school(team=fieldwork.places.team())
    return cast.person(Role.OFFICE)


@pytest.fixture
def client(office: User) -> Client:
    client = Client()
    client.force_login(office)
    return client


def drafted(cast: Cast, by: User) -> InspectionPlan:
    tracks = [Track.DEPARTMENT]
    return plans.create(actor=cast.actor(by), month="2026-12", kind=PlanKind.MONTHLY, tracks=tracks)


def form(answer: Any, deed: str) -> dict[str, str]:
    """The fields that the page itself put into the form of a deed."""
    text = answer.content.decode()
    sent = next(each for each in re.findall(r"<form.*?</form>", text, re.DOTALL) if f"/do/{deed}" in each)
    return {name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', sent)}


def test_a_form_that_is_sent_twice_does_its_work_once(client: Client) -> None:
    fields = form(client.get(reverse("desk_plans")), "create") | {"month": "2026-12", "kind": "monthly"}
    first = client.post(reverse("desk_plans_do", args=["create"]), fields)
    second = client.post(reverse("desk_plans_do", args=["create"]), fields)
    plan = InspectionPlan.objects.get()
    assert (first.status_code, first["Location"]) == (302, reverse("desk_plan", args=[plan.pk]))
    assert (second.status_code, second["Location"]) == (302, first["Location"])
    assert "已起草" in client.get(second["Location"]).content.decode()


def test_what_a_deed_says_is_told_once_and_costs_the_next_page_no_statement(client: Client) -> None:
    fields = form(client.get(reverse("desk_plans")), "create") | {"month": "2026-12", "kind": "monthly"}
    page = client.post(reverse("desk_plans_do", args=["create"]), fields)["Location"]
    with CaptureQueriesContext(connection) as first:
        told = client.get(page).content.decode()
    with CaptureQueriesContext(connection) as later:
        again = client.get(page).content.decode()
    assert ("已起草" in told, "已起草" in again) == (True, False)
    assert len(first) == len(later)


def test_what_was_said_to_one_is_not_told_to_who_signs_in_after_them(client: Client, cast: Cast) -> None:
    fields = form(client.get(reverse("desk_plans")), "create") | {"month": "2026-12", "kind": "monthly"}
    page = client.post(reverse("desk_plans_do", args=["create"]), fields)["Location"]
    client.force_login(cast.person(Role.OFFICE))
    assert ("messages" in client.cookies, "已起草" in client.get(page).content.decode()) == (True, False)


def test_a_form_whose_work_is_under_way_is_not_begun_again(client: Client, office: User, cast: Cast) -> None:
    fields = form(client.get(reverse("desk_plans")), "create") | {"month": "2026-12", "kind": "monthly"}
    submissions.claim(actor=cast.actor(office), token=uuid.UUID(fields["once"]))
    answer = client.post(reverse("desk_plans_do", args=["create"]), fields, follow=True)
    assert ("正在办理" in answer.content.decode(), InspectionPlan.objects.count()) == (True, 0)


def test_a_refused_form_comes_back_with_every_word_and_may_be_sent_again(client: Client) -> None:
    page = client.get(reverse("desk_plans"))
    typed = {"month": "zwölf", "kind": "monthly", "title": "12月 <b>常规</b> 督查"}
    refused = client.post(reverse("desk_plans_do", args=["create"]), form(page, "create") | typed)
    text = refused.content.decode()
    assert (refused.status_code, "12月 &lt;b&gt;常规&lt;/b&gt; 督查" in text) == (400, True)
    again = client.post(
        reverse("desk_plans_do", args=["create"]), form(refused, "create") | typed | {"month": "2026-12"}
    )
    assert (again.status_code, InspectionPlan.objects.get().title) == (302, typed["title"])


def test_what_somebody_else_changed_meanwhile_is_shown_before_it_is_decided(
    client: Client, office: User, cast: Cast
) -> None:
    plan = drafted(cast, cast.person(Role.OFFICE))
    plan_steps.submit(actor=cast.actor(User.objects.get(pk=plan.created_by or 0)), plan_id=plan.pk)
    address = reverse("desk_plan", args=[plan.pk])
    fields = form(client.get(address), "return") | {"reason": "片区漏了两所学校"}
    plan_steps.approve(actor=cast.actor(cast.person(Role.LEADERSHIP)), plan_id=plan.pk)
    answer = client.post(f"{address}/do/return", fields)
    text = answer.content.decode()
    assert (answer.status_code, "已被他人修改" in text, "片区漏了两所学校" in text) == (409, True, True)
    plan.refresh_from_db()
    assert plan.state == "approved"
    assert client.post(f"{address}/do/return", form(answer, "return") | {"reason": "漏校"}).status_code == 302


def test_words_typed_into_a_form_survive_a_session_that_ended(client: Client, office: User, cast: Cast) -> None:
    plan = drafted(cast, cast.person(Role.OFFICE))
    plan_steps.submit(actor=cast.actor(User.objects.get(pk=plan.created_by or 0)), plan_id=plan.pk)
    address = reverse("desk_plan", args=[plan.pk])
    fields = form(client.get(address), "return") | {"reason": "请补充第二片区"}
    client.logout()
    asked = client.post(f"{address}/do/return", fields)
    carried = {name: unescape(value) for name, value in re.findall(r'name="([\w:]+)" value="([^"]*)"', _text(asked))}
    entered = client.post(reverse("sign_in"), carried | {"username": office.username, "password": PASSWORD})
    assert (asked.status_code, entered["Location"]) == (401, address)
    back = _text(client.get(address))
    assert ("请补充第二片区" in back, "登录已恢复" in back) == (True, True)


@pytest.mark.parametrize("role", [Role.SCHOOL_LIAISON, Role.INSPECTOR, Role.TEAM_LEADER])
def test_plans_are_no_page_of_others(cast: Cast, office: User, role: Role) -> None:
    plan, client = drafted(cast, office), Client()
    client.force_login(cast.person(role))
    addresses = [reverse("desk_plans"), reverse("desk_plan", args=[plan.pk])]
    assert [client.get(each).status_code for each in addresses] == [403, 403]


def test_a_plan_of_another_county_is_like_one_that_does_not_exist(client: Client, cast: Cast, office: User) -> None:
    other = cast.person(Role.OFFICE, county=cast.county("B"))
    foreign = plans.create(actor=cast.actor(other), month="2026-12", kind=PlanKind.MONTHLY, tracks=[Track.DEPARTMENT])
    answers = [client.get(reverse("desk_plan", args=[each])) for each in (foreign.pk, uuid.uuid4())]
    assert [each.status_code for each in answers] == [404, 404]
    assert _without_token(answers[0]) == _without_token(answers[1])


def test_forms_are_forgotten_after_two_days(client: Client, office: User, cast: Cast) -> None:
    submissions.claim(actor=cast.actor(office), token=uuid.uuid4())
    with clock.fixed(NOON + submissions.KEPT + submissions.KEPT):
        assert (submissions.forget_old(), Submission.objects.count()) == (1, 0)


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def _without_token(answer: Any) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", _text(answer))


def test_one_entry_of_the_navigation_says_where_the_reader_is(cast: Cast) -> None:
    head = Client()
    head.force_login(cast.person(Role.STATION_HEAD))
    page = head.get(reverse("desk_bulletin_drafts")).content.decode()
    assert re.findall(r'aria-current="page">([^<]*)<', page) == ["征求意见稿"]


@pytest.mark.parametrize(
    ("shown", "said"),
    [("{{ '2026-03'|month }}", "2026年3月"), ("{{ on|day }}", "11月5日"), ("{{ before|day }}", "2025年12月31日"),
     ("{{ none|day }}", ""), ("{{ '2026-11-05 催办'|days_in }}", "11月5日 催办"), ("{{ '第 3 条'|days_in }}", "第 3 条")],
)  # fmt: skip
def test_days_and_months_are_told_as_people_write_them(shown: str, said: str) -> None:
    days = {"on": dt.date(2026, 11, 5), "before": dt.date(2025, 12, 31), "none": None}
    assert Template("{% load desk %}" + shown).render(Context(days)) == said
