"""Who reviews which visits: people who are shown what was noticed about its evidence."""

from django.db.models import QuerySet

from backend.accounts.roles import Role
from backend.core.actor import Actor
from backend.inspections.models import Visit
from backend.inspections.selectors import visits

REVIEWERS = frozenset(
    {Role.OFFICE, Role.LEADERSHIP, Role.TEAM_LEADER, Role.STATION_HEAD, Role.DEPARTMENT_HEAD, "system"}
)
"""They review every visit they may see; somebody without such a role those whose crew they lead."""


def reviewed(actor: Actor) -> QuerySet[Visit]:
    """The visits whose evidence `actor` reviews."""
    rows = visits.scoped(actor)
    return rows if actor.has(*REVIEWERS) else rows.filter(assignment__leader_id=actor.user_id)


def reviews(actor: Actor, visit: Visit) -> bool:
    """Whether `actor`, who may see the visit, reviews its evidence. Wants `assignment`."""
    return actor.has(*REVIEWERS) or visit.assignment.leader_id == actor.user_id
