"""Reading evidence."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from backend.accounts.roles import FIELD_ROLES, UNIT_ROLES, Role
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.inspections.models import Evidence, EvidenceState, Visit
from backend.inspections.selectors import visits
from backend.inspections.selectors.assignments import WHOLE_COUNTY, hidden_from
from backend.media.models import Expectation
from backend.media.models.expectation import ExpectationState


def scoped(actor: Actor, *, many: bool = True) -> QuerySet[Evidence]:
    """The evidence of the visits that `actor` may see; unless one is looked for, `many` are (see assignments)."""
    if actor.has(*WHOLE_COUNTY):
        rows, hidden = Evidence.objects.filter(county_id=actor.county_id), hidden_from(actor)
        return rows if hidden is None else rows.exclude(visit__in=Visit.objects.filter(assignment__in=hidden))
    return Evidence.objects.filter(visit__in=visits.scoped(actor, many=many).values("pk"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of a list; None lets everything pass. `since` and `until`: days in China on which the fact came."""

    visit: uuid.UUID | None = None
    target: uuid.UUID | None = None
    finding: uuid.UUID | None = None
    state: str | None = None
    kind: str | None = None
    since: dt.date | None = None
    until: dt.date | None = None


def matching(actor: Actor, wanted: Wanted) -> QuerySet[Evidence]:
    """Those `actor` may see that fit every filter given."""
    equal = {
        "visit__target": wanted.target,
        "finding": wanted.finding,
        "state": wanted.state,
        "kind": wanted.kind,
        "added_at__gte": clock.midnight(wanted.since) if wanted.since else None,
        "added_at__lt": clock.midnight(wanted.until + dt.timedelta(days=1)) if wanted.until else None,
    }
    rows = scoped(actor) if wanted.visit is None else _of_visit(actor, wanted.visit)
    return rows.filter(**{name: value for name, value in equal.items() if value is not None})


def _of_visit(actor: Actor, visit_id: uuid.UUID) -> QuerySet[Evidence]:
    """As `scoped`, without naming the county: SQLite would rather read all of it in order than look the visit up."""
    return Evidence.objects.filter(visit__in=visits.scoped(actor, many=False).filter(pk=visit_id).values("pk"))


LISTED = (
    *("id", "county_id", "visit", "finding", "answer_key", "kind", "sha256", "size", "filetype", "state"),
    *("taken_at", "added_at", "addendum", "expired_at", "visit__target__name", "visit__assignment__leader"),
)
"""What a list shows. A visit has two dozen columns that it does not, and reading them took longer than all the rest."""


def listed(ids: Sequence[uuid.UUID]) -> list[Evidence]:
    """Those of `ids`, in their order, with what a list shows of visit and target."""
    rows = Evidence.objects.select_related("visit__target", "visit__assignment").only(*LISTED)
    found = {row.pk: row for row in rows.filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


def get(actor: Actor, evidence_id: uuid.UUID) -> Evidence:
    """One evidence with visit, target and finding. Raises `NotFound` for unknown and for not the actor's to see."""
    rows = scoped(actor, many=False).select_related("finding", "visit__target", "visit__assignment__team")
    found: Evidence | None = rows.filter(pk=evidence_id).first()
    if found is None:
        raise NotFound("evidence", evidence_id)
    return found


def may_read_blob(actor: Actor, sha256: str) -> bool:
    """Whether `actor` may have the bytes: people of the field who can see a visit with verified evidence of them.

    A hash that was merely declared opens nothing: else anybody could ask by it what others have handed in.
    """
    return _is_of_the_field(actor) and _verified(actor, sha256).filter(expired_at__isnull=True).exists()


def had_blob(actor: Actor, sha256: str) -> bool:
    """Whether `actor` could have the bytes until they were deleted at the end of their time."""
    return _is_of_the_field(actor) and _verified(actor, sha256).filter(expired_at__isnull=False).exists()


def _is_of_the_field(actor: Actor) -> bool:
    return actor.has(*FIELD_ROLES, Role.LEADERSHIP, Role.DEPARTMENT_HEAD) and not actor.has(*UNIT_ROLES)


def _verified(actor: Actor, sha256: str) -> QuerySet[Evidence]:
    return scoped(actor, many=False).filter(sha256=sha256, state=EvidenceState.VERIFIED)


def senders(evidence_ids: Iterable[str], sha256: str) -> set[tuple[str, int]]:
    """(evidence id, user id) of those who have sent bytes of this hash up under one of `evidence_ids`."""
    rows = Expectation.objects.filter(
        evidence_id__in=list(evidence_ids), sha256=sha256, state=ExpectationState.VERIFIED
    )
    return set(rows.values_list("evidence_id", "owner_id"))
