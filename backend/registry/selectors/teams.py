"""Reading teams: who belongs to which, when."""

import datetime as dt
import uuid
from collections.abc import Collection

from django.db.models import Prefetch, Q, QuerySet

from backend.accounts.models import User
from backend.accounts.roles import FIELD_ROLES, Role
from backend.core import clock
from backend.core.actor import Actor
from backend.core.terms import in_term
from backend.registry.models import Department, Headship, Membership, Team


def scoped(actor: Actor) -> QuerySet[Team]:
    """The county's teams, for people of the field and the office; nobody else knows them."""
    if not actor.has(*FIELD_ROLES, Role.LEADERSHIP, Role.DEPARTMENT_HEAD, "system"):
        return Team.objects.none()
    return Team.objects.filter(county_id=actor.county_id)


def with_members(teams: QuerySet[Team], at: dt.datetime | None = None) -> QuerySet[Team]:
    """`teams` whose `memberships.all()` are those in force at `at` (default now), leader first."""
    rows = Membership.objects.filter(in_term(at or clock.now())).select_related("user").order_by("-is_leader", "pk")
    return teams.select_related("department", "station").prefetch_related(Prefetch("memberships", queryset=rows))


def members(team: Team, at: dt.datetime | None = None) -> QuerySet[Membership]:
    """The memberships of `team` in force at `at` (default now), leader first, with their people."""
    rows = Membership.objects.filter(in_term(at or clock.now()), team=team)
    return rows.select_related("user").order_by("-is_leader", "pk")


def leader_of(team: Team, at: dt.datetime | None = None) -> User | None:
    """The leader of `team` at `at` (default now)."""
    row = members(team, at).filter(is_leader=True).first()
    return row.user if row else None


def led_by(user_id: int, at: dt.datetime | None = None) -> QuerySet[Team]:
    """The teams in the care of `user_id` at `at` (default now): those they lead, and those of departments they head.

    A station's team is led by the head of the station.
    """
    now = at or clock.now()
    rows = Membership.objects.filter(in_term(now), user_id=user_id, is_leader=True)
    headed = Headship.objects.filter(in_term(now), user_id=user_id)
    return Team.objects.filter(Q(pk__in=rows.values("team")) | Q(department__in=headed.values("department")))


def leaders_of(team_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, set[int]]:
    """By team who has it in their care today: its leader, and the head of its department. One query."""
    now, found = clock.now(), {team_id: set[int]() for team_id in team_ids}
    led = Membership.objects.filter(in_term(now), team__in=found, is_leader=True).values_list("team_id", "user_id")
    headed = Headship.objects.filter(in_term(now), department__team__in=found)
    for team_id, user_id in led.union(headed.values_list("department__team__pk", "user_id")):
        if team_id in found:
            found[team_id].add(user_id)
    return found


def of_member(user_id: int, at: dt.datetime | None = None) -> QuerySet[Team]:
    """The teams that `user_id` belongs to at `at` (default now), leading or not."""
    rows = Membership.objects.filter(in_term(at or clock.now()), user_id=user_id)
    return Team.objects.filter(pk__in=rows.values_list("team_id", flat=True))


def head_of(department: Department, at: dt.datetime | None = None) -> Headship | None:
    """Who heads the department at `at` (default now), with the person."""
    rows = Headship.objects.filter(in_term(at or clock.now()), department=department)
    return rows.select_related("user").first()
