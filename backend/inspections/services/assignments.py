"""Sending crews out: assign, release, accept, decline, depart, reassign, cancel."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backend.accounts.roles import PHONE_ROLES
from backend.accounts.selectors import people
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.core.lookup import find_one
from backend.inspections.models import Assignment, VisitKind, VisitMode
from backend.inspections.models.lifecycle import assignment_after
from backend.inspections.rules.revealing import earliest
from backend.inspections.selectors import crews as crew_rows
from backend.inspections.selectors import templates
from backend.inspections.services import crews, footing, plan_terms, publication
from backend.inspections.services.authority import check_sender, only_office, only_senders
from backend.inspections.services.avoidance import Sending, check_crews, sendings_of
from backend.inspections.services.plan_terms import PlanTerms
from backend.journal.writing import Change, write
from backend.registry.models import Target, Team


@dataclass(frozen=True, slots=True)
class NewAssignment:
    """One line of a plan: who goes where, when, with which checklists (codes; empty: all that fit the target)."""

    target: uuid.UUID
    team: uuid.UUID
    leader: int
    crew: Sequence[int]
    scheduled_on: dt.date
    templates: Sequence[str] = ()
    kind: str = VisitKind.ROUTINE
    mode: str = VisitMode.OPEN
    reveal_at: dt.datetime | None = None
    plan: uuid.UUID | None = None


def assign(*, actor: Actor, new: NewAssignment) -> Assignment:
    """One planned assignment; see `assign_many`."""
    return assign_many(actor=actor, news=[new])[0]


def assign_many(*, actor: Actor, news: Sequence[NewAssignment]) -> list[Assignment]:
    """Plan assignments, all or none. Nobody but the office knows of them until they are released.

    Raises `Forbidden`, `Invalid` with `path` `items.<i>.<field>` for the first line that cannot be: `bad_assignment`,
    and for its crew `crew_conflict` and `crew_certificates` (see `avoidance`).
    """
    only_office(actor)
    with write(actor=actor) as change:
        targets = Target.objects.select_related("team").in_bulk([new.target for new in news])
        teams = Team.objects.in_bulk([new.team for new in news])
        able = people.with_role(actor.county_id, PHONE_ROLES)
        plans = plan_terms.terms(actor.county_id, (new.plan for new in news))
        for number, new in enumerate(news):
            _check(actor, number, new, targets.get(new.target), teams.get(new.team), able)
            _check_plan(number, new, targets[new.target], teams[new.team], plans)
        check_crews([_sending(number, new) for number, new in enumerate(news)])
        return [_plan(change, actor, new, targets[new.target], teams[new.team], plans) for new in news]


def _sending(number: int, new: NewAssignment) -> Sending:
    return Sending(new.target, {new.leader, *new.crew}, new.scheduled_on, new.kind, f"items.{number}.crew")


def _check(
    actor: Actor, number: int, new: NewAssignment, target: Target | None, team: Team | None, able: set[int]
) -> None:
    def refuse(field: str, reason: str) -> None:
        raise Invalid("bad_assignment", reason, path=f"items.{number}.{field}", msg=reason)

    if target is None or target.county_id != actor.county_id or not target.is_active:
        refuse("target", "检查对象不存在或不在检查范围内。")
    if team is None or team.county_id != actor.county_id:
        refuse("team", "督查组不存在。")
    if new.leader not in able:
        refuse("leader", "组长须为本县在用的督查人员账号。")
    if not able.issuperset(new.crew):
        refuse("crew", "组员须为本县在用的督查人员账号。")
    if new.scheduled_on < clock.today():
        refuse("scheduled_on", "安排日期不能早于今天。")


def _check_plan(
    number: int, new: NewAssignment, target: Target, team: Team, plans: Mapping[uuid.UUID, PlanTerms]
) -> None:
    if new.plan is None:
        return
    known, day = plans.get(new.plan), new.scheduled_on
    fault = known.fault(target, team.track, day, new.reveal_at) if known else ("plan", "督查计划不存在。")
    if fault is not None:
        field, reason = fault
        raise Invalid("bad_assignment", reason, path=f"items.{number}.{field}", msg=reason)


def _plan(
    change: Change,
    actor: Actor,
    new: NewAssignment,
    target: Target,
    team: Team,
    plans: Mapping[uuid.UUID, PlanTerms],
) -> Assignment:
    known, day = plans[new.plan] if new.plan is not None else None, new.scheduled_on
    chosen = known.codes(target, team.track) if known else []
    codes = new.templates or chosen or templates.default_codes(actor.county_id, target)
    assignment = Assignment.objects.create(
        county_id=actor.county_id,
        target=target,
        team=team,
        track=team.track,
        kind=new.kind,
        mode=new.mode,
        plan_id=new.plan,
        plan_month=f"{day:%Y-%m}",
        scheduled_on=day,
        templates=[[row.code, row.version] for row in templates.newest(actor.county_id, codes)],
        leader_id=new.leader,
        reveal_at=new.reveal_at or (known.reveal_at(day) if known else usual_reveal(day)),
        created_by=actor.user_id,
    )
    crews.enrol(assignment, new.leader, set(new.crew))
    publication.hide_from_other_track(change, assignment)
    change.log("assignment.planned", assignment, kind=new.kind, scheduled_on=day.isoformat())
    return assignment


def usual_reveal(day: dt.date) -> dt.datetime:
    """When the leader of a visit on `day` learns the target, if nobody said otherwise."""
    return earliest(clock.midnight(day))


def release(*, actor: Actor, assignment_id: uuid.UUID) -> Assignment:
    """Hand the assignment to its leader, who may read it from `reveal_at`; see `release_many`."""
    return release_many(actor=actor, assignment_ids=[assignment_id])[0]


def release_many(*, actor: Actor, assignment_ids: Iterable[uuid.UUID]) -> list[Assignment]:
    """Release several, all or none.

    Raises `NotFound`, `Conflict` with `bad_state`, `target_closed`, or what `footing` misses, `Invalid` as
    `assign_many` for crews: conflicts may have come up, and cards run out, since it was planned.
    """
    only_office(actor)
    ids = list(assignment_ids)
    with write(actor=actor) as change:
        check_crews([one for _, one in sendings_of(actor.county_id, ids)])
        return [_release(change, actor, assignment_id) for assignment_id in ids]


def _release(change: Change, actor: Actor, assignment_id: uuid.UUID) -> Assignment:
    assignment = locked(actor, assignment_id)
    _move(assignment, "release")
    if not assignment.target.is_active:
        raise Conflict("target_closed", f"“{assignment.target.name}”已不在检查范围内，不能下达。")
    footing.check(assignment)
    assignment.released_at = clock.now()
    assignment.save(update_fields=["state", "released_at"])
    crews.open_to_leader(change, assignment)
    _announce(change, assignment)
    change.put(assignment)
    change.log("assignment.released", assignment)
    return assignment


def _announce(change: Change, assignment: Assignment) -> None:
    """The leader is told at the reveal; a duty does it when that is still to come. Never says where."""
    if assignment.reveal_at <= clock.now():
        assignment.announced_at = clock.now()
        assignment.save(update_fields=["announced_at"])
        change.tell("assignment.revealed", [assignment.leader_id], assignment)


def reveal(*, actor: Actor, assignment_id: uuid.UUID) -> None:
    """Tell the leader that the time has come; does nothing a second time."""
    with write(actor=actor) as change:
        assignment = locked(actor, assignment_id)
        if assignment.announced_at is None and assignment.state in ("released", "accepted"):
            _announce(change, assignment)


def accept(*, actor: Actor, assignment_id: uuid.UUID) -> Assignment:
    """The leader takes it on. Raises `NotFound` for strangers, `Forbidden` for members, `Conflict`."""
    with write(actor=actor) as change:
        assignment = _for_leader(actor, assignment_id)
        _move(assignment, "accept")
        assignment.save(update_fields=["state"])
        change.put(assignment)
        change.log("assignment.accepted", assignment)
    return assignment


def decline(*, actor: Actor, assignment_id: uuid.UUID, reason: str) -> Assignment:
    """The leader hands it back with a reason; the office plans anew. The leader's reading ends at once."""
    if not reason.strip():
        raise Invalid("reason_missing", "退回任务须写明理由。", path="reason", msg="退回任务须写明理由。")
    with write(actor=actor) as change:
        assignment = _for_leader(actor, assignment_id)
        _move(assignment, "decline")
        assignment.reason, assignment.announced_at = reason, None
        assignment.save(update_fields=["state", "reason", "announced_at"])
        crews.shut(change, assignment)
        change.remove(assignment)
        change.tell("assignment.declined", crews.office(actor.county_id), assignment)
        change.log("assignment.declined", assignment, reason=reason)
    return assignment


def depart(*, actor: Actor, assignment_id: uuid.UUID) -> Assignment:
    """The crew sets out: from now on its members may read where to."""
    with write(actor=actor) as change:
        assignment = _for_leader(actor, assignment_id)
        set_out(change, assignment)
    return assignment


def set_out(change: Change, assignment: Assignment) -> None:
    """Open the assignment to its crew; nothing happens to one that is on its way already. Raises `Conflict`."""
    before = assignment.state
    _move(assignment, "depart")
    if before == assignment.state:
        return
    assignment.departed_at = clock.now()
    assignment.save(update_fields=["state", "departed_at"])
    crews.open_to_crew(change, assignment)
    change.put(assignment)
    change.tell("assignment.departed", crew_rows.present(assignment) - {assignment.leader_id}, assignment)
    change.log("assignment.departed", assignment)


def reassign(
    *, actor: Actor, assignment_id: uuid.UUID, leader: int, crew: Sequence[int], reason: str = ""
) -> Assignment:
    """Send other people. Those replaced lose sight of it; what they did under it is still accepted (protocol, Push).

    By the office, or by whoever leads the team, with its own people. Raises `Forbidden`, `NotFound`, `Conflict`,
    `Invalid` as `assign_many`.
    """
    only_senders(actor)
    with write(actor=actor) as change:
        assignment = locked(actor, assignment_id)
        check_sender(actor, assignment, {leader, *crew})
        _check_people(actor, {leader, *crew})
        check_crews([Sending(assignment.target_id, {leader, *crew}, assignment.scheduled_on, assignment.kind)])
        before = assignment.state
        _move(assignment, "reassign")
        _replace(change, assignment, leader, {leader, *crew})
        if before != "planned":
            footing.check(assignment)
            crews.open_to_leader(change, assignment)
            _announce(change, assignment)
            change.put(assignment)
        change.log("assignment.reassigned", assignment, leader=leader, crew=sorted(crew), reason=reason)
    return assignment


def _check_people(actor: Actor, wanted: set[int]) -> None:
    if not people.with_role(actor.county_id, PHONE_ROLES).issuperset(wanted):
        raise Invalid("bad_assignment", "人员须为本县在用的督查人员账号。", path="crew", msg="人员不可用。")


def _replace(change: Change, assignment: Assignment, leader: int, wanted: set[int]) -> None:
    gone, rev = crew_rows.present(assignment), crew_rows.present_rev(assignment)
    for user_id in sorted(gone):
        crews.shut_out(change, assignment, user_id)
    crews.dismiss(assignment, gone)
    same = (assignment.leader_id, gone) == (leader, wanted)  # their phones may go on with the revision they have
    assignment.leader_id, assignment.announced_at, assignment.departed_at = leader, None, None
    assignment.save(update_fields=["leader", "state", "announced_at", "departed_at"])
    crews.enrol(assignment, leader, wanted, from_rev=rev if same else rev + 1)


def cancel(*, actor: Actor, assignment_id: uuid.UUID, reason: str) -> Assignment:
    """Call it off; its scope closes for everybody. Raises `Conflict` once a visit has begun."""
    only_office(actor)
    with write(actor=actor) as change:
        assignment = locked(actor, assignment_id)
        if hasattr(assignment, "visit"):
            raise Conflict("visit_begun", "到访已经开始，请改为取消到访。")
        call_off(change, assignment, reason)
        change.remove(assignment)
    return assignment


def call_off(change: Change, assignment: Assignment, reason: str) -> None:
    """Cancel a locked assignment and close its scope. Raises `Conflict`."""
    _move(assignment, "cancel")
    assignment.reason = reason
    assignment.save(update_fields=["state", "reason"])
    crews.shut(change, assignment)
    change.put(assignment)
    change.log("assignment.cancelled", assignment, reason=reason)


def _move(assignment: Assignment, verb: str) -> None:
    assignment.state = assignment_after(verb, assignment.state)


def locked(actor: Actor, assignment_id: uuid.UUID) -> Assignment:
    """The assignment, locked. Raises `NotFound` also for another county's."""
    assignment = find_one(Assignment, lock=True, related=["target"], id=assignment_id, county_id=actor.county_id)
    if assignment is None:
        raise NotFound("assignment", assignment_id)
    return assignment


def _for_leader(actor: Actor, assignment_id: uuid.UUID) -> Assignment:
    """The assignment, locked, for its present leader, or for whom a reviewer answers in the leader's place."""
    if actor.vouched_by is not None:
        return locked(actor, assignment_id)
    # Asked before the row is looked for, so that what is hidden costs what is absent costs.
    if not crew_rows.works_on(actor, Assignment(pk=assignment_id)):
        raise NotFound("assignment", assignment_id)
    assignment = locked(actor, assignment_id)
    if assignment.leader_id != actor.user_id:
        raise Forbidden("not_leader", "此操作须由本次任务的组长办理。")
    return assignment
