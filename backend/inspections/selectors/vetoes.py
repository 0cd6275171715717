"""Candidates for a veto: which wait for whom (workflow.md section 4)."""

import uuid
from typing import Any

from django.db.models import Prefetch, QuerySet

from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.inspections.models import Finding, FindingState, VetoOpinion
from backend.inspections.models.lifecycle import LOCKED
from backend.inspections.selectors import findings, visits
from backend.inspections.selectors.assignments import WHOLE_COUNTY


def scoped(actor: Actor) -> QuerySet[Finding]:
    """Findings of visits that `actor` may see which are, or were, candidates and have been spoken about, or may be."""
    whole = actor.has(*WHOLE_COUNTY)  # what is known as history of a target is only added for others
    own = findings.scoped(actor) if whole else Finding.objects.filter(visit__in=visits.scoped(actor).values("pk"))
    return own.filter(visit__state__in=LOCKED).exclude(state=FindingState.WITHDRAWN)


def waiting(actor: Actor) -> QuerySet[Finding]:
    """Those about which nothing is settled yet, in submitted visits."""
    return scoped(actor).filter(veto_candidate=True).exclude(state__in=(FindingState.CLOSED, FindingState.REFERRED))


def spoken_of(rows: QuerySet[Finding]) -> QuerySet[Finding]:
    """With unit and team, what the unit said, and the opinions in their order."""
    opinions = Prefetch("veto_opinions", queryset=VetoOpinion.objects.order_by("pk"))
    return rows.select_related("target", "visit__assignment__team", "hearing").prefetch_related(opinions)


def get(actor: Actor, finding_id: uuid.UUID) -> Finding:
    """One that is a candidate, or about which opinions were given. Raises `NotFound`."""
    found: Any = spoken_of(scoped(actor)).filter(pk=finding_id).first()
    if found is None or not (found.veto_candidate or found.veto_opinions.all()):
        raise NotFound("finding", finding_id)
    finding: Finding = found
    return finding


def may_judge(actor: Actor, finding: Finding) -> bool:
    """Whether the service would take an opinion from `actor` now, as far as a finding read by `get` tells."""
    if not finding.veto_candidate or finding.recorded_by == actor.user_id or not hasattr(finding, "hearing"):
        return False
    round_ = finding.visit.round
    return not any(one.user_id == actor.user_id and one.round == round_ for one in finding.veto_opinions.all())
