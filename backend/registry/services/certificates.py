"""Cards under which people inspect, kept by the office."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError

from backend.accounts.roles import PHONE_ROLES
from backend.accounts.selectors import people
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid
from backend.journal.writing import write
from backend.registry.models import Certificate
from backend.registry.services.authority import locked, locked_people, only_office


@dataclass(frozen=True, slots=True)
class NewCertificate:
    """A card; `valid_until` None: no end is printed on it."""

    user_id: int
    kind: str
    number: str
    valid_from: dt.date
    valid_until: dt.date | None = None


def add_certificate(*, actor: Actor, certificate: NewCertificate) -> Certificate:
    """One card; see `add_certificates`."""
    return add_certificates(actor=actor, certificates=[certificate])[0]


def add_certificates(*, actor: Actor, certificates: Sequence[NewCertificate]) -> list[Certificate]:
    """New cards, all or none.

    Raises `Forbidden`, `NotFound`, `Invalid(empty_term)`, `Conflict` with `not_field_role` or `number_taken`.
    """
    only_office(actor)
    with write(actor=actor) as change:
        users = locked_people(actor, (new.user_id for new in certificates))
        roles = people.roles_of_all(users)
        for user in users.values():
            if not roles[user.pk] & PHONE_ROLES:
                raise Conflict("not_field_role", f"“{user.name}”不是督查人员账号。")
        rows = [_row(actor, new) for new in certificates]
        _check_numbers(actor, rows)
        try:
            Certificate.objects.bulk_create(rows)
        except IntegrityError as fault:
            raise Conflict("number_taken", "证号已登记。") from fault
        for row in rows:
            change.log("certificate.added", row, user=row.user_id, certificate=row.kind, number=row.number)
    return rows


def end_certificate(*, actor: Actor, certificate_id: uuid.UUID, valid_until: dt.date, reason: str) -> Certificate:
    """A card is good for the last time on `valid_until`: extended, or taken back. Raises as `add_certificates`."""
    only_office(actor)
    with write(actor=actor) as change:
        row = locked(Certificate, actor, certificate_id)
        before, row.valid_until = row.valid_until, valid_until
        _check_term(row)
        row.save(update_fields=["valid_until"])
        was = before.isoformat() if before else None
        change.log("certificate.term_changed", row, before=was, after=valid_until.isoformat(), reason=reason)
    return row


def _row(actor: Actor, new: NewCertificate) -> Certificate:
    row = Certificate(
        county_id=actor.county_id,
        user_id=new.user_id,
        kind=new.kind,
        number=new.number,
        valid_from=new.valid_from,
        valid_until=new.valid_until,
    )
    _check_term(row)
    return row


def _check_term(row: Certificate) -> None:
    if row.valid_until is not None and row.valid_until < row.valid_from:
        text = "有效期止不能早于有效期起。"
        raise Invalid("empty_term", text, path="valid_until", msg=text)


def _check_numbers(actor: Actor, rows: Sequence[Certificate]) -> None:
    known = Certificate.objects.filter(county_id=actor.county_id, number__in=[row.number for row in rows])
    taken = {(row.kind, row.number) for row in known}
    for row in rows:
        if (row.kind, row.number) in taken:
            raise Conflict("number_taken", f"证号“{row.number}”已登记。")
        taken.add((row.kind, row.number))
