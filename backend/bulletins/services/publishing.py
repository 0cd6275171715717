"""What happens to a signed issue: published, read, withdrawn."""

import uuid

from backend.accounts.selectors import people
from backend.bulletins.models import Bulletin, BulletinReceipt
from backend.bulletins.rules.editions import Edition, subject
from backend.bulletins.rules.lifecycle import State
from backend.bulletins.selectors.bulletins import READERS, SCHOOL_READERS
from backend.bulletins.services.steps import Step, changing
from backend.core import clock
from backend.core.actor import Actor
from backend.journal.writing import write
from backend.notices.services import codes


def publish(*, actor: Actor, bulletin_id: uuid.UUID) -> Bulletin:
    """Let the readers have it, and tell them. Raises `NotFound`, `Forbidden`, `Conflict(bad_state)`."""
    with changing(actor=actor, bulletin_id=bulletin_id) as step:
        step.take("publish")
        step.bulletin.published_at = clock.now()
        for paper in step.bulletin.papers.exclude(sha256=""):
            codes.issue(subject=subject(step.bulletin.pk, paper.edition), sha256=paper.sha256)
        _tell(step, "published")
    return step.bulletin


def withdraw(*, actor: Actor, bulletin_id: uuid.UUID, reason: str) -> Bulletin:
    """The issue is void, its number gone for good; compiled again it is a correction. Raises like `publish`."""
    with changing(actor=actor, bulletin_id=bulletin_id) as step:
        was_published = step.bulletin.state == State.PUBLISHED
        step.take("withdraw", reason)
        step.bulletin.withdrawn_at = clock.now()
        for edition in Edition:
            codes.withdraw(subject=subject(step.bulletin.pk, edition))
        if was_published:
            _tell(step, "withdrawn")
    return step.bulletin


def _tell(step: Step, what: str) -> None:
    """Tell the readers of either edition; those of the school edition by a message that names no other."""
    county = step.actor.county_id
    readers = people.with_role(county, READERS)
    step.change.tell(f"bulletin.{what}", readers, step.bulletin, title=step.bulletin.title)
    others = people.with_role(county, SCHOOL_READERS) - readers
    step.change.tell(f"bulletin.school_{what}", others, step.bulletin, title=step.bulletin.title)


def opened(*, actor: Actor, bulletin: Bulletin) -> None:
    """Keep when a reader first opened a published issue."""
    if bulletin.state != State.PUBLISHED or actor.user_id is None:
        return
    if bulletin.receipts.filter(user_id=actor.user_id).exists():
        return
    with write(actor=actor) as change:
        receipt = BulletinReceipt(bulletin=bulletin, user_id=actor.user_id, name=actor.name)
        BulletinReceipt.objects.bulk_create([receipt], ignore_conflicts=True)
        change.log("bulletin.opened", bulletin)
