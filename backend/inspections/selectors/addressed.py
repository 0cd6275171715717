"""What an operation of the field is about, also where its author may not see it: for those who review it."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Q

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.inspections.models import Assignment, AssignmentState, Finding, Recusal, Visit, VisitAlias
from backend.registry.selectors import teams

UNSEEN = (AssignmentState.PLANNED, AssignmentState.CANCELLED)
"""A leader knows nothing of what is only planned, and no longer sees what was called off."""

SHOWN = (
    *("id", "plan_month", "state", "released_at", "reveal_at", "leader", "team", "target"),
    *("target__id", "target__name"),
)
"""Of an assignment, what a reviewer's list shows and who decides depends on; of a visit, which one it is."""

NOBODY = uuid.UUID(int=0)
"""Is always asked about, so that what is unknown takes as many statements as what is known."""

FIELD = ("assignment", "recusal", "visit", "answer", "finding", "evidence", "review")
"""Kinds of operations that hang on one of our objects; others may name one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One operation: `kind` and `verb`, the id it names, what was sent, and whose it is."""

    kind: str
    verb: str
    id: str
    data: Any
    author: int

    def named(self, name: str) -> uuid.UUID | None:
        """An id in the payload."""
        return as_uuid(self.data.get(name)) if isinstance(self.data, dict) else None


@dataclass(frozen=True, slots=True)
class About:
    """`known`: the object exists in the county. `first`: user ids of those who decide first."""

    kind: str
    id: str
    known: bool = False
    assignment: Assignment | None = None
    visit: Visit | None = None
    first: frozenset[int] = frozenset()

    @property
    def title(self) -> str:
        """Where and when, for the reviewer."""
        return f"{self.assignment.target.name} {self.assignment.plan_month}" if self.assignment else ""


@dataclass(slots=True)
class _Known:
    """The objects that some operations name, read at once."""

    visits: dict[uuid.UUID, Visit] = field(default_factory=dict)
    assignments: dict[uuid.UUID, Assignment] = field(default_factory=dict)
    recused: set[tuple[uuid.UUID, int]] = field(default_factory=set)
    leaders: dict[uuid.UUID, set[int]] = field(default_factory=dict)
    """By team who has it in their care."""


def as_uuid(text: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


def about(county_id: int, asked: Sequence[Asked]) -> list[About]:
    """What each operation is about, in order, with as many queries for many as for one."""
    known = _read(county_id, asked)
    return [_about(one, known) for one in asked]


def readdressed(county_id: int, one: Asked, to: str) -> Asked:
    """The operation as if it had been about `to`: a visit for work on one, an assignment or its visit for a start.

    Raises `NotFound` where there is no such object in the county.
    """
    sent = one.data if isinstance(one.data, dict) else {}
    match one.kind, one.verb:
        case ("finding", "record") | ("evidence", _):
            moved = replace(one, data={**sent, "visit": to})
        case "visit", "start":
            moved = replace(one, data={**sent, "assignment": str(_assignment_of(county_id, one, to))})
        case _:
            moved = replace(one, id=to)
    if not about(county_id, [moved])[0].known:
        raise NotFound(one.kind, to)
    return moved


def _assignment_of(county_id: int, one: Asked, to: str) -> uuid.UUID:
    for kind in ("visit", "assignment"):
        found = about(county_id, [Asked(kind, "", to, None, one.author)])[0]
        if found.assignment is not None:
            return found.assignment.pk
    raise NotFound("visit", to)


def _read(county_id: int, asked: Sequence[Asked]) -> _Known:
    ids = {found for one in asked for found in (as_uuid(one.id), one.named("visit"), one.named("assignment")) if found}
    visits = Visit.objects.filter(county_id=county_id).select_related("assignment__target")
    findings = Finding.objects.filter(county_id=county_id, pk__in=ids).values_list("pk", "visit_id")
    others = dict(findings.union(VisitAlias.objects.filter(pk__in=ids).values_list("pk", "visit_id")))
    rows = visits.only("id", *(f"assignment__{name}" for name in SHOWN)).in_bulk(ids | set(others.values()))
    known = _Known(rows | {other: rows[visit] for other, visit in others.items() if visit in rows})
    sendings = Assignment.objects.filter(county_id=county_id).select_related("target").only(*SHOWN)
    known.assignments = sendings.in_bulk(ids)
    sent = [*known.assignments.values(), *(row.assignment for row in rows.values())]
    known.leaders = teams.leaders_of({NOBODY, *(row.team_id for row in sent if row.team_id is not None)})
    known.recused = _recused({NOBODY, *(row.assignment_id for row in rows.values()), *known.assignments})
    return known


def near(actor: Actor) -> set[str]:
    """The ids of everything that an operation may name of which `actor` decides first, and of some more (`_first`)."""
    if actor.user_id is None:
        return set()
    led = Q(leader=actor.user_id) | Q(team__in=teams.led_by(actor.user_id))
    sent = Assignment.objects.filter(led, county_id=actor.county_id, released_at__isnull=False).values("pk")
    visited = Visit.objects.filter(assignment__in=sent).values("pk")
    others = (visited, *(model.objects.filter(visit__in=visited).values("pk") for model in (Finding, VisitAlias)))
    return {str(row["pk"]) for row in sent.union(*others)}


def _recused(assignments: Iterable[uuid.UUID]) -> set[tuple[uuid.UUID, int]]:
    rows = Recusal.objects.filter(assignment__in=list(assignments))
    return set(rows.values_list("assignment_id", "user_id"))


def _about(one: Asked, known: _Known) -> About:
    kind, text = _hinge(one)
    named = as_uuid(text)
    visit = known.visits.get(named) if named else None
    assignment = visit.assignment if visit else known.assignments.get(named) if named else None
    found = assignment is not None and (kind == "assignment") == (visit is None)
    if not found:
        return About(kind if one.kind in FIELD else one.kind, text)
    assert assignment is not None
    return About(kind, text, True, assignment, visit, _first(one, assignment, known))


def _hinge(one: Asked) -> tuple[str, str]:
    """The object on which it hangs: the visit for work on it, the finding for what is said of one, …"""
    visit, assignment = one.named("visit"), one.named("assignment")
    match one.kind, one.verb:
        case "visit", "start" if assignment:
            return "assignment", str(assignment)
        case ("finding", "record") | ("evidence", _):
            return "visit", str(visit or one.id)
        case "finding", _:
            return "finding", one.id
        case (("assignment" | "recusal"), _):
            return "assignment", str(assignment or one.id)
        case (("visit" | "answer" | "review"), _):
            return "visit", one.id
    return "visit", str(visit or one.id)


def _first(one: Asked, assignment: Assignment, known: _Known) -> frozenset[int]:
    """The crew's leader and who has the team in their care, from the reveal on, without those who stay away from it;
    nobody where author or leader do: then the office."""
    shown = assignment.released_at is not None and assignment.reveal_at <= clock.now()
    leader = assignment.leader_id
    away = {(assignment.pk, leader), (assignment.pk, one.author)} & known.recused
    if not shown or assignment.state in UNSEEN or away:
        return frozenset()
    above = known.leaders.get(assignment.team_id, set()) if assignment.team_id else set()
    return frozenset({leader} | {user for user in above if (assignment.pk, user) not in known.recused})
