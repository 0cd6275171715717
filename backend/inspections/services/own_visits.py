"""Visits nobody was sent on: a suspected site, something met on the road."""

import uuid

from backend.accounts.roles import PHONE_ROLES
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, NotFound
from backend.core.terms import in_term
from backend.inspections.models import Assignment, AssignmentState, VisitKind
from backend.inspections.selectors import templates
from backend.inspections.selectors.staying_away import away_from
from backend.inspections.services import crews, field, publication
from backend.journal import grants
from backend.journal.writing import Change
from backend.registry.models import Membership, Target, TargetKind, Track


def begin(change: Change, actor: Actor, target_id: uuid.UUID | None) -> Assignment:
    """An assignment of the actor's own, under way at once, in a scope of its own for author, leader and office.

    Raises `NotFound` for a target the actor cannot see, `Forbidden` for people who do not visit,
    `Conflict(late_assignment)` for those who must stay away from it, unless a reviewer vouches for them.
    """
    if actor.user_id is None or not actor.has(*PHONE_ROLES):
        raise Forbidden()
    target = visible(actor, target_id)
    membership = own_team(actor.user_id)
    beside = leaders_beside(actor.user_id, membership)
    away = away_from({actor.user_id, *beside}, target.pk, clock.today())
    if actor.user_id in away and actor.vouched_by is None:
        raise Conflict("late_assignment", field.LATE)
    now = clock.now()
    assignment = Assignment.objects.create(
        county_id=actor.county_id,
        target=target,
        team=membership.team if membership else None,
        track=membership.team.track if membership else Track.DEPARTMENT,
        kind=VisitKind.ROUTINE,
        plan_month=f"{clock.today():%Y-%m}",
        scheduled_on=clock.today(),
        templates=_templates(actor.county_id, target),
        leader_id=actor.user_id,
        reveal_at=now,
        announced_at=now,
        released_at=now,
        departed_at=now,
        state=AssignmentState.DEPARTED,
        own=True,
        created_by=actor.user_id,
    )
    crews.enrol(assignment, actor.user_id, beside - away)
    crews.open_to_leader(change, assignment)
    crews.open_to_crew(change, assignment)
    publication.hide_from_other_track(change, assignment)
    change.put(assignment)
    change.log("assignment.own", assignment)
    return assignment


def own_team(user_id: int) -> Membership | None:
    """The membership under which somebody goes out on their own: the newest that holds now."""
    rows = Membership.objects.filter(in_term(clock.now()), user_id=user_id).select_related("team")
    return rows.order_by("-starts_at", "-pk").first()


def leaders_beside(user_id: int, membership: Membership | None) -> set[int]:
    """The leader of the team, unless it is `user_id`; empty without a team."""
    if membership is None:
        return set()
    rows = Membership.objects.filter(in_term(clock.now()), team=membership.team, is_leader=True)
    return set(rows.values_list("user_id", flat=True)) - {user_id}


def visible(actor: Actor, target_id: uuid.UUID | None) -> Target:
    """A target of the county that the actor may know of. Raises `NotFound`."""
    target = Target.objects.filter(pk=target_id, county_id=actor.county_id).first() if target_id else None
    hidden = target is not None and target.kind == TargetKind.SUSPECTED_SITE
    if target is None or (hidden and not grants.may_read(actor.user_id or 0, target.scope)):
        raise NotFound("target", target_id)
    return target


def _templates(county_id: int, target: Target) -> list[list[object]]:
    codes = templates.default_codes(county_id, target)
    return [[row.code, row.version] for row in templates.newest(county_id, codes)]
