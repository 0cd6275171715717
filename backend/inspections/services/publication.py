"""When a finding leaves its crew's scope for the history of its target.

The two tracks are independent: within one plan month neither may read what the other found (architecture, Scopes).
"""

import uuid
from collections.abc import Iterable

from backend.core import clock
from backend.core.actor import Actor
from backend.inspections.models import Assignment, AssignmentState, Finding, FindingState, Publication
from backend.journal.writing import Change, write


def publish_to_target(*, actor: Actor, finding_ids: Iterable[uuid.UUID]) -> None:
    """The notice naming these findings was issued: crews sent to the target may read them from now on.

    Where the other track has an assignment at the same target in the same plan month, they wait for its end.
    """
    with write(actor=actor) as change:
        rows = Finding.objects.select_for_update(of=("self",)).select_related("visit")
        for finding in rows.filter(pk__in=list(finding_ids), county_id=actor.county_id).order_by("pk"):
            _place(change, finding, Publication.WAITING if _other_track_comes(finding) else Publication.TARGET)


def hold_fixed(*, actor: Actor, visit_id: uuid.UUID) -> None:
    """A visit was approved: what was put right while its crew stayed is in no notice, and still to be looked at again.

    It waits for the end of its plan month, so that the next crew sent to the target has it (workflow.md section 5)
    and the other track does not.
    """
    with write(actor=actor) as change:
        rows = Finding.objects.select_for_update(of=("self",)).select_related("visit")
        fixed = rows.filter(visit_id=visit_id, state=FindingState.CLOSED, rectified_on_spot=True)
        for finding in fixed.filter(publication=Publication.CREW).order_by("pk"):
            _place(change, finding, Publication.WAITING)


def publish_waiting(*, actor: Actor) -> int:
    """Move what waited for the end of its plan month; how many findings."""
    month = f"{clock.today():%Y-%m}"
    with write(actor=actor) as change:
        rows = Finding.objects.select_for_update(of=("self",)).select_related("visit")
        due = list(
            rows.filter(
                county_id=actor.county_id, publication=Publication.WAITING, visit__plan_month__lt=month
            ).order_by("pk")
        )
        for finding in due:
            _place(change, finding, Publication.TARGET)
    return len(due)


def hide_from_other_track(change: Change, assignment: Assignment) -> None:
    """A new assignment: what the other track found at this target in its month waits for the month's end again."""
    rows = Finding.objects.select_for_update(of=("self",)).select_related("visit")
    published = rows.filter(
        target_id=assignment.target_id, publication=Publication.TARGET, visit__plan_month=assignment.plan_month
    )
    for finding in published.exclude(visit__track=assignment.track).order_by("pk"):
        _place(change, finding, Publication.WAITING)


def _place(change: Change, finding: Finding, where: Publication) -> None:
    finding.publication = where
    finding.save(update_fields=["publication"])
    change.put(finding)


def _other_track_comes(finding: Finding) -> bool:
    rows = Assignment.objects.filter(target_id=finding.target_id, plan_month=finding.visit.plan_month)
    return rows.exclude(track=finding.visit.track).exclude(state=AssignmentState.CANCELLED).exists()
