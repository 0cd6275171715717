"""What happens to a signed issue: published, withdrawn."""

import uuid

from backend.accounts.selectors import people
from backend.bulletins.models import Bulletin
from backend.bulletins.rules.editions import Edition, subject
from backend.bulletins.rules.lifecycle import State
from backend.bulletins.selectors import bulletins
from backend.bulletins.selectors.bulletins import READERS, SCHOOL_READERS
from backend.bulletins.services.steps import Step, changing
from backend.core import clock
from backend.core.actor import Actor
from backend.notices.services import codes


def publish(*, actor: Actor, bulletin_id: uuid.UUID) -> Bulletin:
    """Let the readers have it, and tell them. Raises `NotFound`, `Forbidden`, `Conflict(bad_state)`."""
    with changing(locked=bulletins.locked, actor=actor, paper_id=bulletin_id) as step:
        step.take("publish")
        step.paper.published_at = clock.now()
        for paper in step.paper.papers.exclude(sha256=""):
            codes.issue(subject=subject(step.paper.pk, paper.edition), sha256=paper.sha256)
        _tell(step, "published")
    return step.paper


def withdraw(*, actor: Actor, bulletin_id: uuid.UUID, reason: str) -> Bulletin:
    """The issue is void, its number gone for good; compiled again it is a correction. Raises like `publish`."""
    with changing(locked=bulletins.locked, actor=actor, paper_id=bulletin_id) as step:
        was_published = step.paper.state == State.PUBLISHED
        step.take("withdraw", reason)
        step.paper.withdrawn_at = clock.now()
        for edition in Edition:
            codes.withdraw(subject=subject(step.paper.pk, edition))
        if was_published:
            _tell(step, "withdrawn")
    return step.paper


def _tell(step: Step[Bulletin], what: str) -> None:
    """Tell the readers of either edition; those of the school edition by a message that names no other."""
    county = step.actor.county_id
    readers = people.with_role(county, READERS)
    step.tell(what, readers)
    step.tell(f"school_{what}", people.with_role(county, SCHOOL_READERS) - readers)
