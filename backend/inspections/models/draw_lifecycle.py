"""The life of a draw as a table: which verb leads from which state to which."""

from django.db import models

from backend.core.errors import Conflict


class DrawState(models.TextChoices):
    """`sealed → drawn → confirmed`; a draw that cannot be carried out is `impossible`, one drawn anew `replaced`."""

    SEALED = "sealed", "已封存"
    DRAWN = "drawn", "已抽取"
    CONFIRMED = "confirmed", "已确认"
    IMPOSSIBLE = "impossible", "无法抽取"
    REPLACED = "replaced", "已重抽"


S = DrawState

DRAW_MOVES: dict[str, dict[str, str]] = {
    "draw": {S.SEALED: S.DRAWN},
    "fail": {S.SEALED: S.IMPOSSIBLE},
    "confirm": {S.DRAWN: S.CONFIRMED},
    "replace": {S.SEALED: S.REPLACED, S.DRAWN: S.REPLACED, S.IMPOSSIBLE: S.REPLACED},
    # The seed is told when nothing can be drawn from it any more; the state stays.
    "reveal": {state: state for state in (S.DRAWN, S.CONFIRMED, S.IMPOSSIBLE, S.REPLACED)},
}


def draw_after(verb: str, state: str) -> str:
    """The state after `verb`. Raises `Conflict(bad_state)`."""
    if state not in DRAW_MOVES[verb]:
        raise Conflict("bad_state", f"抽取当前为“{DrawState(state).label}”，不允许此操作。")
    return str(DRAW_MOVES[verb][state])
