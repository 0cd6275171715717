"""Which assignments, and with them which visits, a person may see."""

import uuid
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from backend.accounts.roles import PHONE_ROLES, Role
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.core.pages import in_order
from backend.inspections.models import Assignment, AssignmentState, CrewMember, Finding, SeverityLevel
from backend.inspections.models.lifecycle import LOCKED
from backend.journal import grants
from backend.registry.models import TargetKind
from backend.registry.selectors import teams

WHOLE_COUNTY = frozenset({Role.OFFICE, Role.LEADERSHIP, "system"})
EVERYTHING = frozenset({Role.OFFICE, "system"})
LEADERS = frozenset({Role.TEAM_LEADER, Role.STATION_HEAD, Role.DEPARTMENT_HEAD})
CREW = "crew:"


def scoped(actor: Actor, *, many: bool = True) -> QuerySet[Assignment]:
    """The assignments `actor` may see (workflow.md section 12); unless one is looked for, `many` are.

    Office and leadership the whole county (leadership without what is `hidden_from` it); leaders their own teams', from
    the reveal on; inspectors those whose scope they hold, exactly as on the phone; everybody else none.
    """
    rows = Assignment.objects.filter(county_id=actor.county_id)
    if actor.has(*WHOLE_COUNTY):
        hidden = hidden_from(actor)
        return rows if hidden is None else rows.exclude(pk__in=hidden)
    if actor.user_id is None or not actor.has(*PHONE_ROLES, *LEADERS):
        return rows.none()
    seen = Q(pk__in=_held(actor.user_id))
    if actor.has(*LEADERS):
        seen |= _of_own_teams(actor.user_id, many=many)
    return rows.filter(seen)


def hidden_from(actor: Actor) -> QuerySet[Assignment] | None:
    """Of `WHOLE_COUNTY` only: what leadership does not see, None for the others.

    A suspected site is known to its crew and the office. Leadership learns of it where it has to judge whether what was
    found there is a veto, and from the papers that it signs.
    """
    if actor.has(*EVERYTHING):
        return None
    rows = Assignment.objects.filter(county_id=actor.county_id, target__kind=TargetKind.SUSPECTED_SITE)
    if actor.user_id is not None and actor.has(*PHONE_ROLES):
        rows = rows.exclude(pk__in=_held(actor.user_id))
    judged = Finding.objects.filter(visit__assignment=OuterRef("pk"), severity=SeverityLevel.VETO)
    return rows.filter(~Exists(judged.filter(visit__state__in=LOCKED)))


def _held(user_id: int) -> list[uuid.UUID]:
    return [uuid.UUID(name[len(CREW) :]) for name in grants.scope_names(user_id) if name.startswith(CREW)]


def _of_own_teams(user_id: int, *, many: bool) -> Q:
    """Of `many` the teams are read before: PostgreSQL then knows how much they have, and looks it up by index."""
    led = teams.led_by(user_id).values_list("pk", flat=True)
    shown = Q(team__in=list(led) if many else led, reveal_at__lte=clock.now(), released_at__isnull=False)
    hidden = Q(state__in=[AssignmentState.PLANNED, AssignmentState.CANCELLED]) | Q(recusals__user_id=user_id)
    return shown & ~hidden


def to_reveal() -> QuerySet[Assignment]:
    """Released assignments whose leader is to be told now."""
    return Assignment.objects.filter(
        state__in=[AssignmentState.RELEASED, AssignmentState.ACCEPTED],
        reveal_at__lte=clock.now(),
        announced_at__isnull=True,
    )


def with_crew(rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """With what lists show: target, team and the people of the crew."""
    people = CrewMember.objects.select_related("user").only(*SHOWN_OF_CREW)
    return rows.select_related("target", "team").prefetch_related(Prefetch("crew", queryset=people))


def matching(
    actor: Actor,
    *,
    month: str | None = None,
    team: uuid.UUID | None = None,
    target: uuid.UUID | None = None,
    track: str | None = None,
    state: str | None = None,
) -> QuerySet[Assignment]:
    """Those of the assignments `actor` may see that fit every filter given."""
    wanted = {"plan_month": month, "team": team, "target": target, "track": track, "state": state}
    return scoped(actor).filter(**{name: value for name, value in wanted.items() if value is not None})


LISTED = (
    *("id", "target", "team", "track", "kind", "mode", "plan_month", "scheduled_on", "templates", "state"),
    *("reveal_at", "own", "target__name", "team__name"),
)
"""What a list shows."""

SHOWN_OF_CREW = ("id", "assignment", "user", "is_leader", "ended_at", "user__name")


def listed_by(ids: Sequence[uuid.UUID]) -> list[Assignment]:
    """Those of `ids`, which the caller found by `matching`, in their order."""
    return in_order(with_crew(Assignment.objects.only(*LISTED)), ids)


def listed(actor: Actor, ids: Sequence[uuid.UUID]) -> list[Assignment]:
    """Those of `ids` that `actor` may see, in the order given."""
    found = {row.pk: row for row in with_crew(scoped(actor, many=False).filter(pk__in=ids))}
    return [found[pk] for pk in ids if pk in found]


def get(actor: Actor, assignment_id: uuid.UUID) -> Assignment:
    """One assignment. Raises `NotFound` for unknown and for not the actor's to see."""
    found = listed(actor, [assignment_id])
    if not found:
        raise NotFound("assignment", assignment_id)
    return found[0]
