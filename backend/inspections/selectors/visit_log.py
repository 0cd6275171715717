"""How a visit went, step by step from the plan to the approval: who, when by the device, when by the server, why."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from backend.inspections.models import Visit, VisitMode, VisitTransition
from backend.journal.models import AuditLine

STATES = {
    "assignment.planned": "planned",
    "assignment.own": "departed",
    "assignment.made_for_visit": "departed",
    "assignment.released": "released",
    "assignment.accepted": "accepted",
    "assignment.departed": "departed",
}
"""What a line of the assignment says of the state; the visit's own steps say the rest."""

DEEDS = (
    *("assignment.declined", "assignment.reassigned", "assignment.noticed", "recusal.declared", "crew.left"),
    *("visit.joined", "visit.drawn", "visit.sampled", "visit.signed", "visit.alarm", "visit.addendum"),
)
"""What is worth telling although no state changes with it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened; `state` is the state it led to, empty where it changed none."""

    verb: str
    at: dt.datetime
    by: str
    by_id: int | None = None
    device_at: dt.datetime | None = None
    state: str = ""
    round: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Spell:
    """How long it was in a state; `until` and `seconds` are None for the present one."""

    state: str
    since: dt.datetime
    until: dt.datetime | None = None

    @property
    def seconds(self) -> int | None:
        return None if self.until is None else round((self.until - self.since).total_seconds())


def steps(visit: Visit) -> list[Step]:
    """Everything that happened to the visit and to its present assignment, in the order of the server's clock."""
    ids = {"visit": str(visit.pk), "assignment": str(visit.assignment_id)}
    lines = AuditLine.objects.filter(object_id__in=list(ids.values()), kind__in=list(ids), verb__in=[*STATES, *DEEDS])
    found = [*map(_of_line, lines.order_by("pk")), *map(_of_transition, visit.transitions.order_by("pk"))]
    return sorted(found, key=lambda step: step.at)


def _of_line(line: AuditLine) -> Step:
    state, reason = STATES.get(line.verb, ""), str(line.detail.get("reason") or "")
    return Step(line.verb, line.at, line.actor_name, line.actor_id, state=state, reason=reason)


def _of_transition(row: VisitTransition) -> Step:
    return Step(
        f"visit.{row.verb}", row.at, row.actor_name, row.actor_id, row.device_at, row.after, row.round, row.reason
    )


def spells(found: Iterable[Step]) -> list[Spell]:
    """The time log per state."""
    return list(_spells(step for step in found if step.state))


def _spells(changes: Iterator[Step]) -> Iterator[Spell]:
    present: Spell | None = None
    for step in changes:
        if present is None or step.state != present.state:
            if present is not None:
                yield replace(present, until=step.at)
            present = Spell(step.state, step.at)
    if present is not None:
        yield present


def parts(visit: Visit) -> list[dict[str, Any]]:
    """The covert and the open part: `{part, since, until}`. What happens before the crew shows itself is covert."""
    shown = visit.entry["at"] if visit.entry else None
    end = visit.submitted_at
    if shown is None:
        part = "covert" if visit.mode == VisitMode.COVERT else "open"
        return [{"part": part, "since": visit.started_at, "until": end}]
    since = dt.datetime.fromisoformat(shown)
    return [
        {"part": "covert", "since": visit.started_at, "until": since},
        {"part": "open", "since": since, "until": end},
    ]
