"""Who may do what here, beyond what the crew's own grants say."""

import uuid
from collections.abc import Collection

from backend.accounts.roles import Role
from backend.core.actor import Actor
from backend.core.errors import Forbidden, Invalid, NotFound
from backend.inspections.models import Assignment
from backend.inspections.selectors import assignments
from backend.registry.models import Team
from backend.registry.selectors import teams

SYSTEM = "system"


def only_office(actor: Actor) -> None:
    """Raises `Forbidden` unless the actor is of the supervision office, or the product itself."""
    if not actor.has(Role.OFFICE, SYSTEM):
        raise Forbidden()


def only_senders(actor: Actor) -> None:
    """Raises `Forbidden` unless the actor sends crews: the office, the product itself, and those who lead a team."""
    if not actor.has(Role.OFFICE, SYSTEM, *assignments.LEADERS):
        raise Forbidden()


def check_sender(actor: Actor, assignment: Assignment, wanted: Collection[int]) -> None:
    """Whoever leads a team sends its own people to what the team was shown, and nobody else's (workflow.md section 12).

    Raises `NotFound` for assignments that the leader does not see or whose team is not theirs, `Invalid` for people of
    other teams. The office may send anybody.
    """
    if actor.has(Role.OFFICE, SYSTEM):
        return
    seen = assignments.scoped(actor, many=False).filter(pk=assignment.pk).exists()
    if not seen or assignment.team_id is None or not leads(actor, assignment.team_id):
        raise NotFound("assignment", assignment.pk)
    own = teams.members(Team(pk=assignment.team_id)).values_list("user_id", flat=True)
    if not set(own).issuperset(wanted):
        raise Invalid("bad_assignment", "只能改派本组成员。", path="crew", msg="只能改派本组成员。")


def leads(actor: Actor, team_id: uuid.UUID | None) -> bool:
    """Whether the actor leads this team today."""
    if team_id is None or actor.user_id is None or not actor.has(*assignments.LEADERS):
        return False
    return teams.led_by(actor.user_id).filter(pk=team_id).exists()
