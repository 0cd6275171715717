"""Plans at the desk: changed as a whole, with exceptions, and how far they are."""

import datetime as dt
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from backend.accounts.roles import Role
from backend.core import clock
from backend.inspections.models import InspectionPlan
from backend.inspections.services import plan_steps, plans
from backend.registry.models import Target, Track
from tests.desk.clicking import Seat, hidden, refusal
from tests.fixtures.people import PASSWORD, Cast
from tests.fixtures.visits import Fieldwork
from tests.inspections.test_plans import NOON


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with clock.fixed(NOON):
        yield


@pytest.fixture
def school(fieldwork: Fieldwork) -> Target:
    fieldwork.county()
    return fieldwork.places.school(team=fieldwork.places.team())


@pytest.fixture
def office(cast: Cast, school: Target) -> Seat:
    return Seat(cast.person(Role.OFFICE))


@pytest.fixture
def plan(cast: Cast, office: Seat) -> InspectionPlan:
    return plans.create(actor=cast.actor(office.user), month="2026-12", tracks=[Track.DEPARTMENT])


def whole(**more: Any) -> dict[str, Any]:
    """The form as the page fills it, and what is to be different."""
    usual = {
        "title": "2026年12月督查计划",
        "themes": "“双减”政策落实情况",
        "starts_on": "2026-12-01",
        "ends_on": "2026-12-31",
        "tracks": ["department"],
        "holidays": "",
        "working_weekends": "",
        "visit_limit": "2",
        "reveal_hours": "2",
    }
    return usual | more


def test_a_draft_is_changed_as_a_whole(office: Seat, plan: InspectionPlan) -> None:
    said = office.done(
        "change",
        "desk_plan",
        plan.pk,
        **whole(
            themes="作业管理\n\n课后服务\n",
            holidays="2026-12-31，2026-12-30",
            kinds=["school"],
            types=["primary", "junior"],
            visit_limit="1",
        ),
    )
    plan.refresh_from_db()
    assert ("已修改" in said, plan.themes, plan.holidays) == (
        True,
        ["作业管理", "课后服务"],
        ["2026-12-30", "2026-12-31"],
    )
    assert (plan.scope_rule["kinds"], plan.scope_rule["types"], plan.visit_limit) == (
        ["school"],
        ["primary", "junior"],
        1,
    )


def test_every_choice_comes_back_with_a_refused_form(office: Seat, plan: InspectionPlan) -> None:
    answer = office.does(
        "change", "desk_plan", plan.pk, **whole(types=["primary", "junior", "subject"], starts_on="2026-11-30")
    )
    text = answer.content.decode()
    assert refusal(answer) == (400, "开始日期2026-11-30不在计划月份2026-12之内。")
    checked = [each for each in ("primary", "junior", "subject", "special") if f'value="{each}"' in _checked(text)]
    assert checked == ["primary", "junior", "subject"]


def _checked(text: str) -> str:
    return "".join(piece for piece in text.split("<input") if "checked" in piece.split(">")[0])


def test_a_date_that_is_none_is_told_by_its_field(office: Seat, plan: InspectionPlan) -> None:
    answer = office.does("change", "desk_plan", plan.pk, **whole(holidays="元旦"))
    assert refusal(answer)[1].startswith("放假日期")


def test_checklists_are_chosen_by_track_and_type_and_taken_back(office: Seat, plan: InspectionPlan) -> None:
    office.done("choose", "desk_plan", plan.pk, track="department", type="primary", codes=["TY"])
    office.done("choose", "desk_plan", plan.pk, track="department", type="primary", codes=["TY", "ZY"])
    plan.refresh_from_db()
    assert plan.templates == [{"track": "department", "type": "primary", "codes": ["TY", "ZY"]}]
    office.done("unchoose", "desk_plan", plan.pk, row="department.primary")
    plan.refresh_from_db()
    assert plan.templates == []


def test_a_target_leaves_by_its_code_and_returns(office: Seat, plan: InspectionPlan, school: Target) -> None:
    told = office.done("except", "desk_plan", plan.pk, target=school.code, included="no", cause="on_holiday")
    assert (school.name in told, list(plan.exceptions.values_list("included", "cause"))) == (
        True,
        [(False, "on_holiday")],
    )
    sent = hidden(office.opens("desk_plan", plan.pk), "withdraw", str(school.pk)) | {"row": "unsinn"}
    forged = office.client.post(reverse("desk_plan_do", args=[plan.pk, "withdraw"]), sent)
    assert (forged.status_code, plan.exceptions.count()) == (400, 1)
    office.done("withdraw", "desk_plan", plan.pk, row=school.pk)
    assert plan.exceptions.count() == 0


def test_a_target_that_nobody_knows_is_refused_with_what_was_typed(office: Seat, plan: InspectionPlan) -> None:
    answer = office.does("except", "desk_plan", plan.pk, target="SCH404", included="no", cause="closed")
    assert refusal(answer) == (400, "没有代码或名称为“SCH404”的检查对象。")
    assert 'value="SCH404"' in answer.content.decode()


def test_an_approved_plan_offers_no_change_but_lets_targets_go(office: Seat, plan: InspectionPlan, cast: Cast) -> None:
    plan_steps.submit(actor=cast.actor(office.user), plan_id=plan.pk)
    plan_steps.approve(actor=cast.actor(cast.person(Role.LEADERSHIP)), plan_id=plan.pk)
    assert office.offers("desk_plan", plan.pk) == {"release", "return", "except"}


def test_coverage_tells_each_gap_with_its_rule(
    office: Seat, plan: InspectionPlan, school: Target, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(15):
        assert "0 / 1" in office.opens("desk_plan_coverage", plan.pk)
    with django_assert_max_num_queries(15):
        text = office.opens("desk_plan_gaps", plan.pk)
    assert (school.name in text, "未安排" in text) == (True, True)
    assert "没有符合条件的缺口" in office.opens("desk_plan_gaps", plan.pk, reason="returned")


def test_burden_lists_schools_beside_their_limit(office: Seat, school: Target, fieldwork: Fieldwork) -> None:
    for _ in range(3):
        fieldwork.planned(school)
    text = office.opens("desk_burden", month=f"{dt.date(2026, 11, 1):%Y-%m}")
    assert (school.name in text, "超过上限" in text) == (True, True)


def test_every_choice_survives_a_session_that_ended(office: Seat, plan: InspectionPlan) -> None:
    sent = hidden(office.opens("desk_plan", plan.pk), "change") | whole(types=["primary", "junior"], title="")
    office.client.logout()
    asked = office.client.post(reverse("desk_plan_do", args=[plan.pk, "change"]), sent).content.decode()
    carried: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="(kept:\w+|next)" value="([^"]*)"', asked):
        carried.setdefault(name, []).append(unescape(value))
    office.client.post(reverse("sign_in"), carried | {"username": office.user.username, "password": PASSWORD})
    back = _checked(office.opens("desk_plan", plan.pk))
    assert ['value="primary"' in back, 'value="junior"' in back, 'value="school"' in back] == [True, True, False]
