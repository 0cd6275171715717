"""Two people, or two workers, at the same plan at once."""

from functools import partial

import pytest

from backend.accounts.roles import Role
from backend.accounts.selectors.people import actor_of
from backend.core import clock
from backend.inspections.models import InspectionPlan, PlanTarget
from backend.inspections.rules import planning
from backend.inspections.services import monthly, plan_steps, plans
from tests.fixtures.people import Cast
from tests.fixtures.places import Places
from tests.registry.test_races import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_month_gets_one_plan_and_it_is_approved_once(transactional_db: None) -> None:
    cast = Cast()
    author, *leaders = (actor_of(cast.person(role)) for role in (Role.OFFICE, Role.LEADERSHIP, Role.LEADERSHIP))
    Places(cast).school()
    month = planning.month_of(clock.today())
    draft = partial(plans.create, actor=author, month=month)
    assert race(draft, draft, partial(monthly.open_month, author.county_id, month)) in (
        ["done", "done", "plan_exists"],  # the duty finds it there and is content
        ["done", "plan_exists", "plan_exists"],
    )
    plan = InspectionPlan.objects.get()
    plan_steps.submit(actor=author, plan_id=plan.pk)
    jobs = [partial(plan_steps.approve, actor=leader, plan_id=plan.pk) for leader in leaders]
    assert race(*jobs) == ["bad_state", "done"]
    assert list(PlanTarget.objects.values_list("plan", "version")) == [(plan.pk, 1)]
