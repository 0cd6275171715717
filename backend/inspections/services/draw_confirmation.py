"""A draw becomes assignments: the leader learns the target some hours before, the crew at departure."""

import uuid
from collections.abc import Sequence

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid
from backend.inspections.models import Assignment, Draw, DrawnTarget
from backend.inspections.models.draw_lifecycle import draw_after
from backend.inspections.rules.revealing import USUAL_HOURS, earliest
from backend.inspections.selectors.draw_libraries import kind_of
from backend.inspections.selectors.draws import checked, drawn
from backend.inspections.selectors.templates import default_codes
from backend.inspections.services import assignments
from backend.inspections.services.assignments import NewAssignment
from backend.inspections.services.authority import only_office
from backend.inspections.services.draws import locked
from backend.journal.writing import write


def confirm(*, actor: Actor, draw_id: uuid.UUID, reveal_hours: float | None = None) -> list[Assignment]:
    """Plan an assignment for every line of the result, all or none; nobody but the office learns of them.

    Checks the draw first, so that nothing is sent out that was not drawn. `reveal_hours` before 08:30 of its day
    (default and most: what its plan says) the leader may read an assignment, once it is released. Raises `Forbidden`,
    `NotFound`, `Invalid(reveal_too_early)`, `Conflict` with `bad_state` or `draw_altered`, and as
    `assignments.assign_many`: people or targets may have gone, conflicts come up since.
    """
    only_office(actor)
    with write(actor=actor) as change:
        draw = locked(actor, draw_id)
        draw.state = draw_after("confirm", draw.state)
        if not all(one.agrees for one in checked(draw)):
            raise Conflict("draw_altered", "抽取记录核验不一致，不能据此安排任务。")
        draw.confirmed_at, draw.confirmed_by = clock.now(), actor.user_id
        draw.save(update_fields=["state", "confirmed_at", "confirmed_by"])
        rows = list(drawn(draw))
        made = assignments.assign_many(actor=actor, news=_news(draw, rows, _hours(draw, reveal_hours)))
        for row, assignment in zip(rows, made, strict=True):
            row.assignment = assignment
        DrawnTarget.objects.bulk_update(rows, ["assignment"], batch_size=500)
        change.log("draw.confirmed", draw, assignments=len(made))
    return made


def usual_hours(draw: Draw) -> int:
    """How many hours before the leaders of this draw learn their targets, unless the office says fewer."""
    return draw.plan.reveal_hours if draw.plan else USUAL_HOURS


def _hours(draw: Draw, wanted: float | None) -> float:
    usual = usual_hours(draw)
    if draw.plan and wanted is not None and wanted > usual:
        text = f"按计划，最多提前{usual}小时告知组长。"
        raise Invalid("reveal_too_early", text, path="reveal_hours", msg=text)
    return usual if wanted is None else wanted


def _news(draw: Draw, rows: Sequence[DrawnTarget], hours: float) -> list[NewAssignment]:
    usual = {} if draw.plan_id else {row.target.type_code: row.target for row in rows}
    codes = {type_: default_codes(draw.county_id, target) for type_, target in usual.items()}
    return [
        NewAssignment(
            target=row.target_id,
            team=row.team_id,
            leader=row.leader_id,
            crew=row.crew,
            scheduled_on=row.scheduled_on,
            templates=codes.get(row.target.type_code, ()),
            kind=kind_of(row.target.kind, draw.kind),
            plan=draw.plan_id,
            reveal_at=earliest(clock.midnight(row.scheduled_on), hours),
        )
        for row in rows
    ]
