"""Reading notices: who may know of which.

What is not the caller's, or not yet issued, is the same as what does not exist (workflow.md section 12).
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from backend.accounts.roles import UNIT_ROLES, Role
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.core.pages import in_order
from backend.inspections.selectors.assignments import LEADERS
from backend.notices.models import (
    DeliveryReceipt,
    EscalationPaper,
    FindingReport,
    IssuedCopy,
    NoticeEvidence,
    NoticeFinding,
    NoticePhoto,
    RectificationNotice,
)
from backend.notices.models.answers import ProofState
from backend.notices.rules.escalation_lifecycle import FOR_THE_UNIT, PaperState
from backend.notices.rules.lifecycle import WITH_THE_UNIT, State
from backend.registry.selectors import responsibility, targets, teams

OVERSEERS = (Role.OFFICE, Role.LEADERSHIP, "system")


def scoped(actor: Actor) -> QuerySet[RectificationNotice]:
    """The notices `actor` may know of: the office and leadership their county's, whoever leads a team those about its
    visits and what was issued to the units it is in charge of, a unit its own from `issued` on.
    """
    rows = RectificationNotice.objects.filter(county_id=actor.county_id)
    if actor.has(*OVERSEERS):
        return rows
    if actor.user_id is not None and actor.has(*UNIT_ROLES):
        own = targets.of_contact(actor.user_id).values("pk")
        return rows.filter(target__in=own, issued_at__isnull=False)
    if actor.user_id is not None and actor.has(*LEADERS):
        own_visits = Q(visit__assignment__team__in=teams.led_by(actor.user_id).values("pk"))
        own_area = Q(target__in=responsibility.led_targets(actor.user_id), issued_at__isnull=False)
        led = rows.filter(own_visits | own_area)
        return led.exclude(visit__assignment__recusals__user_id=actor.user_id)
    return rows.none()


def get(actor: Actor, notice_id: uuid.UUID) -> RectificationNotice:
    """One notice with all that belongs to it. Raises `NotFound`."""
    found = complete(scoped(actor)).filter(pk=notice_id).first()
    if found is None:
        raise NotFound("notice", notice_id)
    return found


def locked(actor: Actor, notice_id: uuid.UUID) -> RectificationNotice:
    """The notice, locked until the transaction ends. Raises `NotFound`."""
    rows = scoped(actor).select_for_update(of=("self",)).select_related("target", "visit")
    found = rows.filter(pk=notice_id).first()
    if found is None:
        raise NotFound("notice", notice_id)
    return found


def filtered(
    rows: QuerySet[RectificationNotice],
    *,
    state: str = "",
    target: uuid.UUID | None = None,
    overdue: bool | None = None,
    unopened_hours: int | None = None,
    team: uuid.UUID | None = None,
    q: str = "",
) -> QuerySet[RectificationNotice]:
    """Narrow `rows`; overdue is derived from the deadline that runs now, `q` is in the unit's name or the number.

    `unopened_hours`: issued so many hours ago or longer, and neither opened by anybody of the unit nor acknowledged.
    """
    if state:
        rows = rows.filter(state=state)
    if target is not None:
        rows = rows.filter(target_id=target)
    if team is not None:
        rows = rows.filter(visit__assignment__team=team)
    if q:
        rows = rows.filter(Q(target__name__contains=q) | Q(number__contains=q))
    if overdue is not None:
        late = overdue_at(clock.today())
        rows = rows.filter(late) if overdue else rows.exclude(late)
    if unopened_hours is not None:
        rows = rows.filter(unopened_at(clock.now() - dt.timedelta(hours=unopened_hours)))
    return rows


LISTED = (
    *("id", "number", "target", "state", "inspected_on", "issued_at", "acknowledged_at", "due_on", "closed_at"),
    "target__name",
)
"""What a list shows."""


def listed(ids: Sequence[uuid.UUID]) -> list[RectificationNotice]:
    """Those of `ids`, in their order, with the name of their unit."""
    return in_order(RectificationNotice.objects.select_related("target").only(*LISTED), ids)


def overdue_at(today: dt.date) -> Q:
    """The condition that a notice waits for its unit beyond its deadline."""
    return Q(state__in=WITH_THE_UNIT, due_on__isnull=False, due_on__lt=today)


def unopened_at(instant: dt.datetime) -> Q:
    """The condition that a notice was issued by then and nobody of its unit has opened it yet."""
    opened = DeliveryReceipt.objects.filter(notice=OuterRef("pk"), read_at__isnull=False)
    return Q(~Exists(opened), state__in=(State.ISSUED, State.DELIVERED), issued_at__lte=instant)


def complete(rows: QuerySet[RectificationNotice]) -> QuerySet[RectificationNotice]:
    """`rows` with everything a detail page shows, in a fixed number of queries."""
    return rows.select_related("target", "defence", "extension").prefetch_related(
        Prefetch("findings", queryset=items()),
        Prefetch("escalations", queryset=EscalationPaper.objects.order_by("reminder_id")),
        Prefetch("copies", queryset=IssuedCopy.objects.filter(state=ProofState.VERIFIED).order_by("-verified_at")),
        "transitions",
        "receipts",
    )


def photos() -> QuerySet[NoticePhoto]:
    """The photos of papers that may still be shown, as they are numbered."""
    return NoticePhoto.objects.filter(copy__superseded_at__isnull=True).select_related("copy").order_by("number")


def items() -> QuerySet[NoticeFinding]:
    """Rows of notices with the state of their finding, their evidence and their reports, oldest report first."""
    parts = FindingReport.objects.select_related("report").prefetch_related("evidence").order_by("pk")
    return (
        NoticeFinding.objects.select_related("finding")
        .prefetch_related("evidence", Prefetch("photos", queryset=photos()), Prefetch("reports", queryset=parts))
        .order_by("number")
    )


def may_read_blob(actor: Actor, sha256: str) -> bool:
    """Whether `actor` may read the paper of a notice, a copy of a photo in it, or a unit's evidence, with this content.

    A hash that a unit merely declared opens nothing: else it could ask by it what inspectors have photographed.
    """
    photos = NoticePhoto.objects.filter(copy__sha256=sha256, copy__superseded_at__isnull=True).values("item__notice_id")
    proofs = NoticeEvidence.objects.filter(
        county_id=actor.county_id, sha256=sha256, state=NoticeEvidence.State.VERIFIED, expired_at__isnull=True
    ).values("notice_id")
    of = Q(pdf_sha256=sha256) | Q(pk__in=proofs) | Q(pk__in=photos) | Q(pk__in=_papers(actor, sha256))
    return scoped(actor).filter(of | Q(pk__in=_scans(actor, sha256))).exists()


def _papers(actor: Actor, sha256: str) -> QuerySet[EscalationPaper, Any]:
    """The notices with a paper of escalation of this content that the actor may read: a unit what was issued to it."""
    rows = EscalationPaper.objects.filter(county_id=actor.county_id, pdf_sha256=sha256)
    if not actor.has(*OVERSEERS):
        rows = rows.filter(kind__in=FOR_THE_UNIT, state=PaperState.ISSUED)
    return rows.values("notice_id")


def _scans(actor: Actor, sha256: str) -> QuerySet[IssuedCopy, Any]:
    rows = IssuedCopy.objects.filter(county_id=actor.county_id, sha256=sha256, state=ProofState.VERIFIED)
    return rows.values("notice_id")
