"""Reading bulletins: who may know of which, and in which edition.

The office and leadership know every issue of their county; heads of teams, stations and departments read the leadership
edition of what is published, inspected units and member departments the school edition; to everybody else there are
none. What is another county's, or not yet published, is the same as what does not exist.
"""

import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet

from backend.accounts.roles import UNIT_ROLES, Role
from backend.bulletins.models import Bulletin, BulletinPaper, BulletinReceipt
from backend.bulletins.rules.editions import Edition
from backend.bulletins.rules.lifecycle import State
from backend.core.actor import Actor
from backend.core.errors import NotFound

MAKERS = frozenset({Role.OFFICE.value, Role.LEADERSHIP.value})
READERS = MAKERS | {Role.TEAM_LEADER.value, Role.STATION_HEAD.value, Role.DEPARTMENT_HEAD.value}
"""Who is told of an issue and may read its leadership edition once it is published."""

SCHOOL_READERS = frozenset(role.value for role in UNIT_ROLES) | {Role.MEMBER_DEPARTMENT.value}
"""Who is told of the school edition and may read that and nothing else."""


def scoped(actor: Actor) -> QuerySet[Bulletin]:
    """The issues `actor` may know of."""
    rows = Bulletin.objects.filter(county_id=actor.county_id)
    if actor.has(*MAKERS, "system"):
        return rows
    if actor.has(*READERS):
        return rows.filter(state=State.PUBLISHED)
    return rows.none()


def get(actor: Actor, bulletin_id: uuid.UUID) -> Bulletin:
    """One issue. Raises `NotFound`."""
    found = scoped(actor).filter(pk=bulletin_id).first()
    if found is None:
        raise NotFound("bulletin", bulletin_id)
    return found


def to_read(actor: Actor, bulletin_id: uuid.UUID) -> Bulletin:
    """The same, with `opened_before`. Raises `NotFound`."""
    mine = BulletinReceipt.objects.filter(bulletin=OuterRef("pk"), user_id=actor.person)
    found = scoped(actor).annotate(opened=Exists(mine)).filter(pk=bulletin_id).first()
    if found is None:
        raise NotFound("bulletin", bulletin_id)
    found.opened_before = found.opened
    return found


def locked(actor: Actor, bulletin_id: uuid.UUID) -> Bulletin:
    """The issue, locked until the transaction ends. Raises `NotFound`."""
    found = scoped(actor).select_for_update().filter(pk=bulletin_id).first()
    if found is None:
        raise NotFound("bulletin", bulletin_id)
    return found


def public(actor: Actor) -> QuerySet[BulletinPaper]:
    """The school editions that `actor` may know of: those of published issues, with their issue."""
    rows = BulletinPaper.objects.filter(
        county_id=actor.county_id, edition=Edition.SCHOOL, bulletin__state=State.PUBLISHED
    ).exclude(sha256="")
    if actor.deposit_only or not actor.has(*SCHOOL_READERS):
        return rows.none()
    return rows.select_related("bulletin")


def public_one(actor: Actor, bulletin_id: uuid.UUID) -> BulletinPaper:
    """One of them, by its issue. Raises `NotFound`."""
    found = public(actor).filter(bulletin=bulletin_id).first()
    if found is None:
        raise NotFound("bulletin", bulletin_id)
    return found


def may_read_blob(actor: Actor, sha256: str) -> bool:
    """Whether `actor` may read the paper, or the workbook beside it, with this content. Accounts of units read the
    school edition of what is published, never the other one.
    """
    if actor.deposit_only or not sha256:
        return False
    if public(actor).filter(sha256=sha256).exists():
        return True
    issues = scoped(actor)
    papers = BulletinPaper.objects.filter(Q(sha256=sha256) | Q(sheet_sha256=sha256), county_id=actor.county_id)
    return issues.filter(Q(pdf_sha256=sha256) | Q(pk__in=papers.values("bulletin_id"))).exists()
