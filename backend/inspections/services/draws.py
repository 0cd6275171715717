"""The random draw (双随机): seal, draw, reveal, draw anew, confirm (workflow.md section 2; docs/drawing.md).

What was sealed or drawn is written once. The audit trail, which is chained by hashes, holds the commitment and the hash
of the result, so that a row changed behind our back is noticed.
"""

import datetime as dt
import secrets
import uuid
from typing import Any

from backend.accounts.models import User
from backend.accounts.roles import UNIT_ROLES
from backend.accounts.selectors import people
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid, NotFound
from backend.inspections.models import (
    Draw,
    DrawLibrary,
    DrawnTarget,
    DrawOutcome,
    DrawSeal,
)
from backend.inspections.models.draw_lifecycle import draw_after
from backend.inspections.rules import draw_record
from backend.inspections.rules.draw_limits import obstacles
from backend.inspections.rules.draw_lists import Drawn, Lists, digest, plain
from backend.inspections.rules.drawing import Impossible
from backend.inspections.rules.drawing import draw as drawn_from
from backend.inspections.rules.randomness import ALGORITHM
from backend.inspections.selectors.draw_libraries import Assembled, assemble, taken
from backend.inspections.services.authority import only_office
from backend.inspections.services.draw_requests import DrawRequest, again, kept, wanted
from backend.inspections.services.draw_wording import impossible
from backend.journal.writing import Change, write


def seal(*, actor: Actor, request: DrawRequest) -> Draw:
    """Freeze both libraries and a new seed; from now on only their hashes are told.

    Raises `Forbidden`, `NotFound`, `Invalid(bad_draw)`, `Conflict` with `plan_not_approved`, `draw_empty`, or
    `draw_impossible` with `obstacles [{rule, text, targets}]` when the rules leave no crew for some target.
    """
    only_office(actor)
    with write(actor=actor) as change:
        return _seal(change, actor, request)


def redraw(*, actor: Actor, draw_id: uuid.UUID, reason: str) -> Draw:
    """Seal another draw in place of this one, which stays on record with the reason. Raises as `seal`, `Conflict`."""
    only_office(actor)
    with write(actor=actor) as change:
        before = locked(actor, draw_id)
        before.state = draw_after("replace", before.state)
        before.save(update_fields=["state"])
        new = _seal(change, actor, again(before.request), replaces=before, reason=reason)
        change.log("draw.replaced", before, by=str(new.pk), reason=reason)
    return new


def _seal(
    change: Change, actor: Actor, request: DrawRequest, *, replaces: Draw | None = None, reason: str = ""
) -> Draw:
    asked = wanted(actor, request)
    found = assemble(actor.county_id, asked)
    if hindrances := obstacles(found.lists):
        raise impossible(hindrances, found.identities)
    hashes, seed, salt = draw_record.hashes_of(found.lists), secrets.token_hex(32), secrets.token_hex(16)
    draw = Draw(
        county_id=actor.county_id,
        plan=asked.plan,
        month=asked.month,
        track=asked.track,
        kind=asked.kind,
        algorithm=ALGORITHM,
        request=kept(request),
        parameters=plain(found.lists.parameters),
        target_count=len(found.lists.targets),
        inspector_count=len({line.id for line in found.lists.inspectors}),
        hashes=plain(hashes),
        sealed_by=actor.user_id,
        replaces=replaces,
        reason=reason,
    )
    draw.commitment = draw_record.commitment(str(draw.pk), hashes, seed=seed, salt=salt)
    draw.save()
    DrawSeal.objects.create(draw=draw, seed=seed, salt=salt)
    _keep_library(draw, found)
    change.log("draw.sealed", draw, commitment=draw.commitment, hashes=draw.hashes)
    return draw


def _keep_library(draw: Draw, found: Assembled) -> None:
    lists = plain(found.lists)
    DrawLibrary.objects.create(
        draw=draw, targets=lists["targets"], inspectors=lists["inspectors"], identities=found.identities
    )


def run(*, actor: Actor, draw_id: uuid.UUID, witness: int, contribution: str = "") -> Draw:
    """Draw, once, before a witness, whose words take part in it.

    Raises `Forbidden`, `NotFound`, `Invalid(bad_witness)`, `Conflict` with `bad_state`, `library_stale` (something in
    the library was planned or drawn since) or `draw_impossible`; the last is written down before it is raised.
    """
    only_office(actor)
    with write(actor=actor) as change:
        draw = locked(actor, draw_id)
        after = draw_after("draw", draw.state)
        _check_fresh(draw)
        _attended(draw, actor, _witness(actor, witness), contribution)
        fault = _drawn(change, draw, after)
    if fault:
        raise fault
    return draw


def _witness(actor: Actor, user_id: int) -> User:
    """Somebody else of the county, and nobody of an inspected unit."""
    user = User.objects.filter(county_id=actor.county_id, pk=user_id, is_active=True).first()
    if user is None or user.pk == actor.user_id or people.roles_of(user) & UNIT_ROLES:
        text = "见证人须为操作人以外的本县在用账号，且不能是被督导单位人员。"
        raise Invalid("bad_witness", text, path="witness", msg=text)
    return user


def _check_fresh(draw: Draw) -> None:
    """Looks at the whole library, never at what would be drawn from it: nobody learns of that by a refusal."""
    rivals = Draw.objects.filter(county_id=draw.county_id, month=draw.month, track=draw.track).order_by("pk")
    list(rivals.select_for_update().values_list("pk"))  # two draws of one month do not run side by side
    mine = set(draw.library.identities["targets"].values())
    if mine & {str(target) for target in taken(draw.county_id, draw.month, draw.track)}:
        raise Conflict("library_stale", "封存后名录中的对象已另有安排，请说明理由后重新抽取。")


def _attended(draw: Draw, actor: Actor, witness: User, contribution: str) -> None:
    draw.drawn_at, draw.contribution = clock.now(), contribution
    draw.operator_id, draw.operator_name = actor.user_id, actor.name
    draw.witness, draw.witness_name = witness, witness.name


def _drawn(change: Change, draw: Draw, after: str) -> Conflict | None:
    lists = lists_of(draw)
    try:
        result = drawn_from(lists, draw.seal.seed, draw.contribution)
    except Impossible as fault:
        draw.state = draw_after("fail", draw.state)
        draw.obstacles = [{"rule": fault.rule, "targets": fault.targets}]
        draw.save()
        change.log("draw.impossible", draw, rule=fault.rule)
        return impossible([fault], draw.library.identities)
    draw.state, draw.result_hash = after, digest(result)
    draw.save()
    DrawOutcome.objects.create(draw=draw, result=plain(result))
    DrawnTarget.objects.bulk_create(_row(draw, line) for line in result)
    change.log("draw.drawn", draw, result=draw.result_hash, witness=draw.witness_name)
    return None


def lists_of(draw: Draw) -> Lists:
    """The frozen lists of a stored draw."""
    library = draw.library
    return draw_record.lists(
        {"parameters": draw.parameters, "targets": library.targets, "inspectors": library.inspectors}
    )


def _row(draw: Draw, line: Drawn) -> DrawnTarget:
    known: dict[str, dict[str, Any]] = draw.library.identities
    return DrawnTarget(
        draw=draw,
        position=line.position,
        target_id=known["targets"][line.target],
        team_id=known["teams"][line.team],
        scheduled_on=dt.date.fromisoformat(line.day),
        leader_id=known["people"][line.leader],
        crew=[known["people"][name] for name in line.crew],
    )


def reveal(*, actor: Actor, draw_id: uuid.UUID) -> Draw:
    """Tell the seed, so that anybody can draw again; never before the draw. A second time changes nothing."""
    only_office(actor)
    with write(actor=actor) as change:
        draw = locked(actor, draw_id)
        draw_after("reveal", draw.state)
        if draw.revealed_at is None:
            draw.revealed_at, draw.revealed_by = clock.now(), actor.user_id
            draw.save(update_fields=["revealed_at", "revealed_by"])
            change.log("draw.revealed", draw)
    return draw


def locked(actor: Actor, draw_id: uuid.UUID) -> Draw:
    """The draw, locked. Raises `NotFound` also for another county's."""
    rows = Draw.objects.select_for_update().filter(county_id=actor.county_id, pk=draw_id)
    draw = rows.first()
    if draw is None:
        raise NotFound("draw", draw_id)
    return draw
