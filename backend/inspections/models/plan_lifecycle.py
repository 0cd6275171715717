"""The life of a plan as a table: which verb leads from which state to which (workflow.md section 1)."""

from django.db import models

from backend.core.errors import Conflict


class PlanState(models.TextChoices):
    DRAFT = "draft", "草拟"
    SUBMITTED = "submitted", "已报审"
    APPROVED = "approved", "已批准"
    RELEASED = "released", "已下达"
    CLOSED = "closed", "已结束"


P = PlanState

PLAN_MOVES: dict[str, dict[str, str]] = {
    "change": {P.DRAFT: P.DRAFT},
    # Closed, merged or on holiday: a unit may drop out for as long as the plan is worked on.
    "exclude": {P.DRAFT: P.DRAFT, P.APPROVED: P.APPROVED, P.RELEASED: P.RELEASED},
    "include": {P.DRAFT: P.DRAFT},
    "submit": {P.DRAFT: P.SUBMITTED},
    "return": {P.SUBMITTED: P.DRAFT, P.APPROVED: P.DRAFT},
    "approve": {P.SUBMITTED: P.APPROVED},
    "release": {P.APPROVED: P.RELEASED},
    "close": {P.RELEASED: P.CLOSED},
}

IN_FORCE = frozenset({P.APPROVED, P.RELEASED, P.CLOSED})
"""A scope was approved and stands."""

TAKES_ASSIGNMENTS = frozenset({P.APPROVED, P.RELEASED})
"""Crews are sent for a plan that was approved; what it means to be released is that they learn of it."""


def plan_after(verb: str, state: str) -> str:
    """The state after `verb`. Raises `Conflict(bad_state)`."""
    moves = PLAN_MOVES[verb]
    if state not in moves:
        raise Conflict("bad_state", f"计划当前为“{PlanState(state).label}”，不允许此操作。")
    return str(moves[state])
