"""Reading leadership's instructions: the office and leadership those of their county, nobody else any."""

import uuid
from collections.abc import Sequence

from django.db.models import QuerySet

from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.core.pages import in_order
from backend.journal.models.subject import Subject
from backend.notices.models import LeaderInstruction
from backend.notices.selectors.notices import OVERSEERS


def scoped(actor: Actor) -> QuerySet[LeaderInstruction]:
    rows = LeaderInstruction.objects.filter(county_id=actor.county_id)
    return rows if actor.has(*OVERSEERS) else rows.none()


def get(actor: Actor, instruction_id: uuid.UUID) -> LeaderInstruction:
    """One instruction. Raises `NotFound`."""
    found = scoped(actor).filter(pk=instruction_id).first()
    if found is None:
        raise NotFound("leader_instruction", instruction_id)
    return found


def about(actor: Actor, subject: Subject) -> list[LeaderInstruction]:
    """Those about one thing with their answers, oldest first."""
    rows = scoped(actor).filter(subject_kind=subject.journal_kind, subject_id=subject.journal_id)
    return list(rows.order_by("pk").prefetch_related("answers"))


def unanswered(actor: Actor) -> QuerySet[LeaderInstruction]:
    """Those of which the office has not yet said what was done."""
    return scoped(actor).filter(answers__isnull=True)


def listed(ids: Sequence[uuid.UUID]) -> list[LeaderInstruction]:
    """Those of `ids`, in their order, with their answers."""
    return in_order(LeaderInstruction.objects.prefetch_related("answers"), ids)
