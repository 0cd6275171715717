"""A notice as the data of its paper. Nothing of informants, inspectors, pupils or other units goes in."""

import datetime as dt
from collections.abc import Sequence

from backend.accounts.models import County
from backend.core import clock
from backend.documents import notice_data
from backend.documents.photo_data import Photo
from backend.inspections.models import SeverityLevel
from backend.notices.models import NoticeFinding, RectificationNotice
from backend.notices.rules import paper_codes, wording
from backend.notices.services import codes
from backend.notices.services.photos import Printed


def paper(
    notice: RectificationNotice, signed_on: dt.date, annex: Sequence[Printed] = ()
) -> notice_data.RectificationNotice:
    """What `backend.documents.rectification_notice` prints, dated `signed_on`, with the photos of `annex`."""
    county = County.objects.get(pk=notice.county_id)
    rows = notice.findings.order_by("number")
    code = codes.take(county_id=notice.county_id, subject=notice)
    assert notice.signing_at is not None
    return notice_data.RectificationNotice(
        agency_name=county.issuer,
        document_number=notice.number,
        main_recipient=notice.target.name,
        document_date=signed_on,
        issued_at=notice.signing_at.astimezone(clock.CHINA),
        inspection=notice_data.InspectionFacts(
            inspected_on=notice.inspected_on, team=notice.team_name, mode=notice.mode, subject=notice.subject
        ),
        findings=tuple(_row(row, annex) for row in rows),
        requirements=tuple(notice.requirements),
        feedback=wording.FEEDBACK,
        rights=wording.RIGHTS,
        consequences=wording.CONSEQUENCES,
        responsible=notice.responsible,
        addressed_as=wording.ADDRESSED_AS[notice.target.kind],
        title=wording.TITLE,
        attachments=("证据照片",) if annex else (),
        photos=tuple(Photo(each.content, each.caption) for each in annex),
        copy_to=tuple(notice.copy_to),
        signed_by=notice.signed_by,
        receipt=notice_data.DeliveryReceipt(unit_address=notice.target.address),
        verification_code=paper_codes.printed(code.code),
        verification_address=codes.address(code),
    )


def _row(row: NoticeFinding, annex: Sequence[Printed]) -> notice_data.NoticeFinding:
    assert row.due_on is not None
    return notice_data.NoticeFinding(
        fact=row.text,
        legal_basis="；".join(row.legal_basis),
        severity=SeverityLevel(row.severity).label,
        due_date=row.due_on,
        item_code=row.item_code,
        evidence_numbers=tuple(str(each.number) for each in annex if each.item_id == row.pk),
    )
