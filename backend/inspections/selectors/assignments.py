"""Which assignments, and with them which visits, a person may see."""

import uuid

from django.db.models import Q, QuerySet

from backend.accounts.models.user import in_term
from backend.accounts.roles import PHONE_ROLES, Role
from backend.core import clock
from backend.core.actor import Actor
from backend.inspections.models import Assignment, AssignmentState
from backend.journal import grants
from backend.registry.models import Membership

WHOLE_COUNTY = frozenset({Role.OFFICE, Role.LEADERSHIP, "system"})
LEADERS = frozenset({Role.TEAM_LEADER, Role.STATION_HEAD, Role.DEPARTMENT_HEAD})
CREW = "crew:"


def scoped(actor: Actor) -> QuerySet[Assignment]:
    """The assignments `actor` may see (workflow.md section 12).

    Office and leadership the whole county; leaders their own teams', from the reveal on; inspectors those whose scope
    they hold, exactly as on the phone; everybody else none.
    """
    rows = Assignment.objects.filter(county_id=actor.county_id)
    if actor.has(*WHOLE_COUNTY):
        return rows
    if actor.user_id is None or not actor.has(*PHONE_ROLES, *LEADERS):
        return rows.none()
    seen = Q(pk__in=_held(actor.user_id))
    if actor.has(*LEADERS):
        seen |= _of_own_teams(actor.user_id)
    return rows.filter(seen)


def _held(user_id: int) -> list[uuid.UUID]:
    return [uuid.UUID(name[len(CREW) :]) for name in grants.scope_names(user_id) if name.startswith(CREW)]


def _of_own_teams(user_id: int) -> Q:
    led = Membership.objects.filter(in_term(clock.now()), user_id=user_id, is_leader=True).values("team")
    shown = Q(team__in=led, reveal_at__lte=clock.now(), released_at__isnull=False)
    hidden = Q(state__in=[AssignmentState.PLANNED, AssignmentState.CANCELLED]) | Q(recusals__user_id=user_id)
    return shown & ~hidden


def to_reveal() -> QuerySet[Assignment]:
    """Released assignments whose leader is to be told now."""
    return Assignment.objects.filter(
        state__in=[AssignmentState.RELEASED, AssignmentState.ACCEPTED],
        reveal_at__lte=clock.now(),
        announced_at__isnull=True,
    )
