"""Who belongs to which team, when; and with it the permission to read the team's scope.

A person is in one team at a time: whoever visited for the department must not check the same schools for the
station (workflow.md section 2, two independent tracks). A team has at most one leader at a time.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest

from backend.accounts.models import User
from backend.accounts.roles import PHONE_ROLES, Role
from backend.accounts.selectors import people
from backend.accounts.services.people import set_roles
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.terms import in_term
from backend.journal.writing import Change, write
from backend.registry.models import Membership, Team, Track
from backend.registry.rules.terms import Term
from backend.registry.services.authority import locked, locked_all, locked_people, only_office


@dataclass(frozen=True, slots=True)
class NewMember:
    """A membership to come; `starts_at` None: now."""

    team_id: uuid.UUID
    user_id: int
    is_leader: bool = False
    card_number: str = ""
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None


def add_member(*, actor: Actor, member: NewMember) -> Membership:
    """One new membership; see `add_members`."""
    return add_members(actor=actor, members=[member])[0]


def add_members(*, actor: Actor, members: Sequence[NewMember]) -> list[Membership]:
    """New memberships, all or none, with the grants to the teams' scopes.

    Raises `Forbidden`, `NotFound`, `Invalid(empty_term)`, `Conflict` with `team_closed`, `not_field_role`,
    `membership_overlaps` (the person is in a team then) or `leader_exists` (the team has a leader then).
    """
    only_office(actor)
    with write(actor=actor) as change:
        # Teams before people, here as in change_leader: two who wait for each other would wait for ever.
        teams = locked_all(Team, actor, (member.team_id for member in members))
        users = locked_people(actor, (member.user_id for member in members))
        _check_people(users)
        rows = _fitting(members, users, teams)
        Membership.objects.bulk_create(rows)
        for row in rows:
            change.grant(row.user_id, row.team.scope, starts_at=row.starts_at, ends_at=row.ends_at)
            change.log("team.member_added", row.team, user=row.user_id, leader=row.is_leader, card=row.card_number)
            if row.is_leader:
                _set_leader_role(actor, row.team, row.user, leads=True)
    return rows


def end_membership(*, actor: Actor, membership_id: int, at: dt.datetime | None = None) -> Membership:
    """A membership ends at `at` (default now); one that had ended before keeps its end.

    Raises `Forbidden`, `NotFound`, `Invalid(empty_term)` when it would end before it began.
    """
    only_office(actor)
    with write(actor=actor) as change:
        row = _locked_row(actor, membership_id)
        ends_at = at or clock.now()
        if row.ends_at is None or row.ends_at > ends_at:
            if ends_at < row.starts_at:
                raise Invalid("empty_term", "结束时间不能早于开始时间。")
            row.ends_at = ends_at
            row.save(update_fields=["ends_at"])
            _regrant(change, row)
            change.log("team.member_left", row.team, user=row.user_id, ends_at=ends_at.isoformat())
    return row


def change_leader(*, actor: Actor, team_id: uuid.UUID, user_id: int) -> Membership:
    """From now on the member `user_id` leads the team; the leader before stays a member. Roles follow.

    Raises `Forbidden`, `NotFound`, `Conflict(not_a_member)`, `Conflict(leader_exists)` when somebody else is already
    named for a later time.
    """
    only_office(actor)
    with write(actor=actor) as change:
        team = locked(Team, actor, team_id)
        now = clock.now()
        rows = list(Membership.objects.filter(in_term(now), team=team).select_related("user"))
        new = next((row for row in rows if row.user_id == user_id), None)
        if new is None:
            raise Conflict("not_a_member", "只能从本组现有成员中指定组长。")
        if new.is_leader:
            return new
        for old in [row for row in rows if row.is_leader]:
            _turn(old, now, leads=False)
            _set_leader_role(actor, team, old.user, leads=False)
        row = _turn(new, now, leads=True)
        _set_leader_role(actor, team, new.user, leads=True)
        change.log("team.leader_changed", team, user=user_id)
    return row


def end_now(rows: QuerySet[Membership]) -> None:
    """End running and coming memberships, inside the caller's `write()`; the caller ends their grants."""
    now = clock.now()
    rows.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now)).update(ends_at=Greatest(F("starts_at"), now))


def _locked_row(actor: Actor, membership_id: int) -> Membership:
    rows = Membership.objects.select_for_update(of=("self",)).select_related("team", "user")
    row = rows.filter(pk=membership_id, team__county_id=actor.county_id).first()
    if row is None:
        raise NotFound("membership", membership_id)
    return row


def _check_people(users: dict[int, User]) -> None:
    roles = people.roles_of_all(users)
    for user in users.values():
        if not user.is_active or not roles[user.pk] & PHONE_ROLES:
            raise Conflict("not_field_role", f"“{user.name}”不是在用的督查人员账号，不能编入督查组。")


def _fitting(members: Sequence[NewMember], users: dict[int, User], teams: dict[uuid.UUID, Team]) -> list[Membership]:
    standing = list(
        Membership.objects.filter(Q(user_id__in=users) | Q(team_id__in=teams, is_leader=True)).select_related(
            "team", "user"
        )
    )
    rows: list[Membership] = []
    for member in members:
        row = Membership(
            team=teams[member.team_id],
            user=users[member.user_id],
            is_leader=member.is_leader,
            card_number=member.card_number,
            starts_at=member.starts_at or clock.now(),
            ends_at=member.ends_at,
        )
        _check_fit(row, standing)
        standing.append(row)
        rows.append(row)
    return rows


def _check_fit(row: Membership, standing: Sequence[Membership]) -> None:
    term = _term(row)
    if term.is_empty:
        raise Invalid("empty_term", "结束时间须晚于开始时间。")
    if row.team.closed_at is not None:
        raise Conflict("team_closed", f"“{row.team.name}”已撤销。")
    for other in standing:
        if not term.overlaps(_term(other)):
            continue
        if other.user_id == row.user_id:
            text = f"“{row.user.name}”{_dates(other)}已编入“{other.team.name}”，同一人的任期不能重叠。"
            raise Conflict("membership_overlaps", text, user=row.user_id, team=str(other.team_id))
        if other.is_leader and row.is_leader and other.team_id == row.team_id:
            text = f"“{row.team.name}”{_dates(other)}已有组长“{other.user.name}”，一个组不能同时有两名组长。"
            raise Conflict("leader_exists", text, user=other.user_id, team=str(other.team_id))


def _dates(row: Membership) -> str:
    begins = f"自{clock.local_date(row.starts_at):%Y年%m月%d日}起"
    return begins if row.ends_at is None else f"{begins}至{clock.local_date(row.ends_at):%Y年%m月%d日}"


def _term(row: Membership) -> Term:
    return Term(row.starts_at, row.ends_at)


def _turn(row: Membership, now: dt.datetime, *, leads: bool) -> Membership:
    """End this term now and go on with the same one, leading or not."""
    after = Membership(
        team=row.team, user=row.user, card_number=row.card_number, is_leader=leads, starts_at=now, ends_at=row.ends_at
    )
    row.ends_at = now
    row.save(update_fields=["ends_at"])
    if leads:
        leaders = Membership.objects.filter(team=row.team, is_leader=True).select_related("team", "user")
        _check_fit(after, list(leaders))
    after.save()
    return after


def _set_leader_role(actor: Actor, team: Team, user: User, *, leads: bool) -> None:
    """The role follows the post, so that permissions do. Roles that have nothing to do with teams stay."""
    post = Role.TEAM_LEADER if team.track == Track.DEPARTMENT else Role.STATION_HEAD
    held = people.roles_of(user)
    gained, lost = (post, Role.INSPECTOR) if leads else (Role.INSPECTOR, post)
    wanted = (held - {lost}) | {gained}
    if wanted != held:
        set_roles(actor=actor, user_id=user.pk, roles=wanted)


def _regrant(change: Change, row: Membership) -> None:
    """Grants to the team's scope are the terms that are left: running and coming ones."""
    change.end_grant(row.user_id, row.team.scope)
    now = clock.now()
    left = Membership.objects.filter(team=row.team, user_id=row.user_id).filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    )
    for term in left:
        change.grant(row.user_id, row.team.scope, starts_at=max(term.starts_at, now), ends_at=term.ends_at)
