"""Reading visits."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.core.pages import in_order
from backend.inspections.models import (
    Answer,
    CrewMember,
    Evidence,
    Finding,
    Visit,
    VisitKind,
    VisitRound,
    VisitState,
    VisitTransition,
)
from backend.inspections.selectors import assignments


def scoped(actor: Actor, *, many: bool = True) -> QuerySet[Visit]:
    """The visits of the assignments that `actor` may see; `many` as there."""
    if actor.has(*assignments.WHOLE_COUNTY):
        rows, hidden = Visit.objects.filter(county_id=actor.county_id), assignments.hidden_from(actor)
        return rows if hidden is None else rows.exclude(assignment__in=hidden)
    return Visit.objects.filter(
        county_id=actor.county_id, assignment__in=assignments.scoped(actor, many=many).values("pk")
    )


def get(actor: Actor, visit_id: uuid.UUID) -> Visit:
    """One visit with target, team and people. Raises `NotFound` for unknown and for not the actor's to see."""
    rows = scoped(actor, many=False).select_related("target", "assignment__team", "assignment__leader")
    visit = rows.filter(pk=visit_id).first()
    if visit is None:
        raise NotFound("visit", visit_id)
    return visit


def matching(
    actor: Actor,
    *,
    month: str | None = None,
    team: uuid.UUID | None = None,
    target: uuid.UUID | None = None,
    track: str | None = None,
    state: str | None = None,
) -> QuerySet[Visit]:
    """Those of the visits `actor` may see that fit every filter given."""
    wanted = {"plan_month": month, "assignment__team": team, "target": target, "track": track, "state": state}
    return scoped(actor).filter(**{name: value for name, value in wanted.items() if value is not None})


LISTED = (
    *("id", "assignment", "target", "track", "kind", "mode", "plan_month", "state", "round", "score"),
    *("counts_for_coverage", "started_at", "submitted_at", "approved_at"),
    *("target__name", "assignment__team__name"),
)
"""What a list shows."""


def listed(ids: Sequence[uuid.UUID]) -> list[Visit]:
    """Those of `ids`, in their order, with what a list shows of target and team."""
    return in_order(Visit.objects.select_related("target", "assignment__team").only(*LISTED), ids)


def for_score(actor: Actor, visit_id: uuid.UUID) -> Visit:
    """One visit with its findings, in order, and what was said of vetoes. Raises `NotFound`."""
    findings = Finding.objects.order_by("number").prefetch_related("veto_opinions")
    visit = (
        scoped(actor, many=False).prefetch_related(Prefetch("findings", queryset=findings)).filter(pk=visit_id).first()
    )
    if visit is None:
        raise NotFound("visit", visit_id)
    return visit


def checks_this_year(visit: Visit) -> int:
    """How many administrative checks its target had in the calendar year of this one, this one included."""
    year = clock.local_date(visit.started_at).year
    begins, ends = (clock.midnight(dt.date(each, 1, 1)) for each in (year, year + 1))
    rows = Visit.objects.filter(target_id=visit.target_id, kind=VisitKind.ADMINISTRATIVE_CHECK)
    return rows.filter(started_at__gte=begins, started_at__lt=ends).exclude(state=VisitState.CANCELLED).count()


def whole(actor: Actor, visit_id: uuid.UUID) -> Visit:
    """One visit with everything in it, in order. Raises `NotFound`."""
    rows = (
        scoped(actor, many=False)
        .select_related("target", "assignment__team")
        .prefetch_related(
            Prefetch("assignment__crew", queryset=CrewMember.objects.select_related("user")),
            Prefetch("answers", queryset=Answer.objects.order_by("key")),
            Prefetch("findings", queryset=Finding.objects.order_by("number")),
            Prefetch("evidence", queryset=Evidence.objects.order_by("pk")),
            Prefetch("transitions", queryset=VisitTransition.objects.order_by("pk")),
            Prefetch("rounds", queryset=VisitRound.objects.defer("content").order_by("round")),
        )
    )
    visit: Visit | None = rows.filter(pk=visit_id).first()
    if visit is None:
        raise NotFound("visit", visit_id)
    return visit
