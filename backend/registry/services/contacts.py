"""Who acts for an inspected unit, when."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.accounts.selectors import people
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid, NotFound
from backend.journal.writing import write
from backend.registry.models import Target, TargetContact, TargetKind
from backend.registry.rules.terms import Term
from backend.registry.services.authority import locked_all, locked_people, only_office

ROLE_FOR = {TargetKind.SCHOOL: Role.SCHOOL_LIAISON, TargetKind.INSTITUTION: Role.INSTITUTION_CONTACT}


@dataclass(frozen=True, slots=True)
class NewContact:
    """A term to come; `starts_at` None: now."""

    target_id: uuid.UUID
    user_id: int
    post: str = ""
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None


def add_contact(*, actor: Actor, contact: NewContact) -> TargetContact:
    """One new term; see `add_contacts`."""
    return add_contacts(actor=actor, contacts=[contact])[0]


def add_contacts(*, actor: Actor, contacts: Sequence[NewContact]) -> list[TargetContact]:
    """New terms of people who act for units, all or none. One person may act for several units.

    Raises `Forbidden`, `NotFound`, `Invalid(empty_term)`, `Conflict` with `not_unit_role` (the account is not one of
    this kind of unit) or `contact_overlaps` (the person acts for the unit already then).
    """
    only_office(actor)
    with write(actor=actor) as change:
        users = locked_people(actor, (contact.user_id for contact in contacts))
        targets = locked_all(Target, actor, (contact.target_id for contact in contacts))
        rows = _fitting(contacts, users, targets)
        TargetContact.objects.bulk_create(rows)
        for row in rows:
            change.log("target.contact_added", row.target, user=row.user_id, post=row.post)
    return rows


def end_contact(*, actor: Actor, contact_id: int) -> TargetContact:
    """The person no longer acts for the unit, from now on. Raises `Forbidden`, `NotFound`."""
    only_office(actor)
    with write(actor=actor) as change:
        rows = TargetContact.objects.select_for_update(of=("self",)).select_related("target", "user")
        row = rows.filter(pk=contact_id, target__county_id=actor.county_id).first()
        if row is None:
            raise NotFound("contact", contact_id)
        now = clock.now()
        if row.ends_at is None or row.ends_at > now:
            row.ends_at = max(now, row.starts_at)
            row.save(update_fields=["ends_at"])
            change.log("target.contact_ended", row.target, user=row.user_id)
    return row


def _fitting(
    contacts: Sequence[NewContact], users: dict[int, User], targets: dict[uuid.UUID, Target]
) -> list[TargetContact]:
    roles = people.roles_of_all(users)
    terms: dict[tuple[int, uuid.UUID], list[Term]] = {}
    for row in TargetContact.objects.filter(user_id__in=users, target_id__in=targets):
        terms.setdefault((row.user_id, row.target_id), []).append(Term(row.starts_at, row.ends_at))
    rows = []
    for contact in contacts:
        user, target = users[contact.user_id], targets[contact.target_id]
        _check_role(user, roles[user.pk], target)
        term = Term(contact.starts_at or clock.now(), contact.ends_at)
        _check_term(term, terms.setdefault((user.pk, target.pk), []))
        rows.append(
            TargetContact(target=target, user=user, post=contact.post, starts_at=term.starts_at, ends_at=term.ends_at)
        )
    return rows


def _check_role(user: User, roles: frozenset[str], target: Target) -> None:
    if ROLE_FOR.get(TargetKind(target.kind)) not in roles:
        raise Conflict("not_unit_role", f"“{user.name}”不是此类单位的账号，不能担任其联系人。")


def _check_term(term: Term, standing: list[Term]) -> None:
    if term.is_empty:
        raise Invalid("empty_term", "结束时间须晚于开始时间。")
    if any(term.overlaps(other) for other in standing):
        raise Conflict("contact_overlaps", "该人员在此期间已是该单位的联系人。")
    standing.append(term)
