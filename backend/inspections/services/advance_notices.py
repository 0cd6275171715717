"""That a unit was told in writing of a special or comprehensive supervision, before its crew is sent."""

import datetime as dt
import uuid

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict
from backend.inspections.models import AdvanceNotice
from backend.inspections.models.lifecycle import AssignmentState
from backend.inspections.rules.footing import footing
from backend.inspections.services import assignments, field
from backend.inspections.services.authority import only_office
from backend.journal.writing import write


def record(*, actor: Actor, assignment_id: uuid.UUID, number: str, given_on: dt.date) -> AdvanceNotice:
    """Note the notice's number and the day it was handed over. The unit hears nothing of it from the product.

    Raises `Forbidden`, `NotFound`, `Conflict(bad_state)` for kinds of visits that are unannounced, once a crew is under
    way, and a second time; `Invalid(invalid, path)`.
    """
    only_office(actor)
    if not number.strip():
        raise field.refuse("number", "请填写通知文号。", because="number_missing")
    if given_on > clock.today():
        raise field.refuse("given_on", "送达日期不能晚于今天。", because="not_yet")
    with write(actor=actor) as change:
        assignment = assignments.locked(actor, assignment_id)
        if not footing(assignment.kind).advance_notice:
            raise Conflict("bad_state", "只有专项、综合督导事先通知，其他到访不得事先通知被查单位。")
        if assignment.state != AssignmentState.PLANNED or AdvanceNotice.objects.filter(assignment=assignment).exists():
            raise Conflict("bad_state", "通知已登记或任务已下达。")
        notice = AdvanceNotice.objects.create(
            assignment=assignment, number=number, given_on=given_on, recorded_by=actor.user_id
        )
        change.log("assignment.noticed", assignment, number=number, given_on=given_on.isoformat())
    return notice
