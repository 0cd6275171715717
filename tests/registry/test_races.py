"""Two people of the office at once: each rule holds for whoever comes second."""

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.accounts.selectors.people import actor_of
from backend.core.errors import Problem
from backend.registry.models import Department, Membership, Target, TeamInCharge
from backend.registry.rules.sheets import SCHOOLS
from backend.registry.services import organisation
from backend.registry.services.imports import import_targets
from backend.registry.services.memberships import NewMember, add_member, change_leader
from backend.registry.services.responsibility import NewTerm, assign
from tests.fixtures.people import Cast
from tests.fixtures.places import Places

pytestmark = pytest.mark.django_db(transaction=True)

Job = Callable[[], object]


def race(*jobs: Job) -> list[str]:
    """What became of each: `done`, or the code of the problem; sorted."""
    gate = threading.Barrier(len(jobs))
    results: list[str] = []

    def run(job: Job) -> None:
        gate.wait()
        try:
            job()
            results.append("done")
        except Problem as problem:
            results.append(problem.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(results)


@pytest.fixture
def boss(transactional_db: None) -> User:
    return Cast().person(Role.OFFICE)


def test_one_person_cannot_join_two_teams_at_once(boss: User) -> None:
    places, actor = Places(Cast()), actor_of(boss)
    one, other = places.team(), places.team()
    user = Cast().person(Role.INSPECTOR, username="joiner")
    jobs = [partial(add_member, actor=actor, member=NewMember(team.pk, user.pk)) for team in (one, other)]
    assert race(*jobs) == ["done", "membership_overlaps"]
    assert Membership.objects.filter(user=user).count() == 1


def test_a_team_gets_one_leader(boss: User) -> None:
    places, actor = Places(Cast()), actor_of(boss)
    team = places.team(members=3)
    _, one, other = places.people(team)
    jobs = [partial(change_leader, actor=actor, team_id=team.pk, user_id=user.pk) for user in (one, other)]
    assert race(*jobs) == ["done", "done"]
    assert Membership.objects.filter(team=team, is_leader=True, ends_at__isnull=True).count() == 1


def test_joining_and_leading_at_once_do_not_wait_for_each_other_for_ever(boss: User) -> None:
    places, actor = Places(Cast()), actor_of(boss)
    team = places.team(members=2)
    leader, member = places.people(team)
    jobs: list[Job] = []
    for _ in range(4):
        jobs.append(partial(change_leader, actor=actor, team_id=team.pk, user_id=member.pk))
        jobs.append(partial(add_member, actor=actor, member=NewMember(team.pk, leader.pk)))
    assert race(*jobs) == ["done"] * 4 + ["membership_overlaps"] * 4


def test_two_teams_cannot_take_a_target_over_on_the_same_day(boss: User) -> None:
    places, actor = Places(Cast()), actor_of(boss)
    school, new = places.school(team=places.team()), [places.team(), places.team()]
    jobs = [partial(assign, actor=actor, term=NewTerm(school.pk, team.pk, reason="调整")) for team in new]
    assert race(*jobs) == ["done", "responsibility_overlaps"]
    (term,) = TeamInCharge.objects.filter(target=school, ends_on=None)
    assert Target.objects.get(pk=school.pk).team_id == term.team_id


def test_a_code_is_given_once(boss: User) -> None:
    actor = actor_of(boss)
    jobs = [
        partial(organisation.create, Department, actor=actor, code="K1", name=name) for name in ("督导科", "办公室")
    ]
    assert race(*jobs) == ["code_taken", "done"]
    assert Department.objects.count() == 1


def test_the_same_list_imported_twice_at_once_is_there_once(boss: User) -> None:
    actor = actor_of(boss)
    Places(Cast()).school()
    data = "code,name,stage,district\nNEW1,甲校,小学,澄江学区\nNEW2,乙校,小学,澄江学区\n".encode()
    results = race(*[lambda: import_targets(actor=actor, sheet=SCHOOLS, data=data)] * 2)
    assert results in (["done", "done"], ["done", "import_race"])
    assert Target.objects.filter(code__startswith="NEW").count() == 2
