"""Signing, numbering, printing and serving a notice.

The number is taken in a first transaction, the paper printed outside any, and the notice issued in a second. A crash in
between leaves a reviewed notice with its number; issuing it again uses the same number, so that none is ever missing.
"""

import datetime as dt
import uuid

from backend.accounts.models import County, User
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict
from backend.documents import rectification_notice
from backend.documents.rendered import Rendered
from backend.inspections.services import publication
from backend.media.services import blobs
from backend.notices.models import DeliveryReceipt, RectificationNotice
from backend.notices.rules import wording
from backend.notices.rules.deadlines import due_date
from backend.notices.rules.lifecycle import Party, State
from backend.notices.selectors.possible import OPEN_FINDINGS
from backend.notices.services import codes, ladder, numbers, photos
from backend.notices.services.paper import paper
from backend.notices.services.steps import Step, changing, require
from backend.registry.selectors import targets

SERIES = "rectification_notice"


def issue(*, actor: Actor, notice_id: uuid.UUID) -> RectificationNotice:
    """Sign a reviewed notice: number, paper, hash; then it exists for its unit and is served on its contacts.

    A unit without a contact is served by hand (`deliver`). Raises `NotFound`, `Forbidden(may_not_sign)`,
    `Conflict(bad_state)`, `Conflict(signed_elsewhere)` when two people sign at once, `Conflict(photo_withdrawn)` when a
    photo was taken back meanwhile.
    """
    notice = _begin(actor, notice_id)
    assert notice.signing_at is not None
    annex = photos.printed(notice)
    rendered = rectification_notice.render(paper(notice, clock.local_date(notice.signing_at), annex))
    sha256 = blobs.keep(county_id=notice.county_id, data=rendered.content, filetype="application/pdf")
    return _finish(actor, notice, sha256, rendered)


def _begin(actor: Actor, notice_id: uuid.UUID) -> RectificationNotice:
    with changing(actor=actor, notice_id=notice_id, action="issue") as step:
        notice = step.notice
        step.permit("issue")
        step.only_in("签发", State.REVIEWED)
        notice.signing_at = clock.now()
        today = clock.local_date(notice.signing_at)
        if not notice.number:
            _give_number(notice, today.year)
        notice.signer_id, notice.signed_by = actor.user_id, actor.name
        _set_deadlines(step, today)
        photos.choose(step.notice)
        codes.take(county_id=notice.county_id, subject=notice)
        step.change.log("notice.numbered", notice, number=notice.number)
    return notice


def _give_number(notice: RectificationNotice, year: int) -> None:
    serial = numbers.take(county_id=notice.county_id, kind=SERIES, year=year)
    prefix = County.objects.get(pk=notice.county_id).number_prefix
    notice.number = wording.document_number(prefix, year, serial)
    notice.number_year, notice.number_serial = year, serial


def _set_deadlines(step: Step, start: dt.date) -> None:
    """Each finding's term runs from `start`, the day of service."""
    for item in step.items(*OPEN_FINDINGS):
        item.due_on = due_date(start, item.due_days)
        item.save(update_fields=["due_on"])


def _finish(actor: Actor, signed: RectificationNotice, sha256: str, rendered: Rendered) -> RectificationNotice:
    with changing(actor=actor, notice_id=signed.pk, action="issue") as step:
        notice = step.notice
        step.take("issue")
        if notice.signing_at != signed.signing_at:
            raise Conflict("signed_elsewhere", "该通知书正在由他人签发，请刷新后再看。")
        photos.check(notice)
        notice.issued_at, notice.pdf_sha256 = notice.signing_at, sha256
        notice.pdf_warnings = list(rendered.warnings)
        codes.issue(subject=notice, sha256=sha256)
        contacts = targets.contacts(notice.target)
        if contacts:
            _serve(step, "系统送达", contacts)
        listed = notice.findings.values_list("finding_id", flat=True)
        publication.publish_to_target(actor=actor, finding_ids=listed)
        step.tell_unit("notice.issued")
        step.tell_heads("notice.issued_copy")
    return notice


def _serve(step: Step, way: str, contacts: set[int]) -> None:
    step.take("deliver", way)
    step.notice.delivered_at, step.notice.delivery_way = clock.now(), way
    names = dict(User.objects.filter(pk__in=contacts).values_list("pk", "name"))
    DeliveryReceipt.objects.bulk_create(
        [
            DeliveryReceipt(notice=step.notice, user_id=user, name=names[user], sent_at=clock.now())
            for user in sorted(contacts)
        ],
        ignore_conflicts=True,
    )
    ladder.on_veto(step)


def deliver(*, actor: Actor, notice_id: uuid.UUID, way: str, received_by: str) -> RectificationNotice:
    """Record that an issued notice was served by hand or post; the terms run from now. Raises `Conflict(bad_state)`."""
    with changing(actor=actor, notice_id=notice_id, action="deliver") as step:
        require(actor, Party.OFFICE)
        _serve(step, way, set())
        step.notice.received_by = received_by
        _set_deadlines(step, clock.today())
    return step.notice


def opened(*, actor: Actor, notice: RectificationNotice) -> None:
    """Keep when a person of the unit first opened the notice."""
    if any(row.user_id == actor.user_id and row.read_at for row in notice.receipts.all()):
        return
    with changing(actor=actor, notice_id=notice.pk, action="open") as step:
        require(actor, Party.UNIT)
        row, _ = DeliveryReceipt.objects.get_or_create(
            notice=step.notice, user_id=step.person, defaults={"name": actor.name}
        )
        row.read_at = row.read_at or clock.now()
        row.save(update_fields=["read_at"])
        step.change.log("notice.opened", step.notice)
