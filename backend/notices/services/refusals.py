"""Refused attempts stay on record: who tried what, on which notice (or with whose right to sign), in which state, and
why it was not done."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from backend.accounts.models import User
from backend.core.actor import Actor
from backend.core.errors import Forbidden, Problem
from backend.core.lookup import find_one
from backend.inspections.models import Visit
from backend.journal.writing import write
from backend.notices.models import EscalationPaper, LookBackItem, RectificationNotice, SigningDeputy

KINDS: dict[str, Any] = {
    "notice_id": RectificationNotice,
    "paper_id": EscalationPaper,
    "look_id": LookBackItem,
    "visit_id": Visit,
    "deputy_id": SigningDeputy,
    "user_id": User,
}
"""By the name that addresses and services use for it: what an attempt may be about."""

OF_SIGNING = frozenset({"deputy_id", "user_id"})
"""Those that an attempt to say who may sign is about."""

OF_NOTICES = frozenset(KINDS) - OF_SIGNING - {"visit_id"}
"""Those that mean nothing but a notice, wherever they stand in an address."""


LONGEST_ID = 40
"""Of an id in an audit line: numbers in addresses may be as long as somebody likes."""


@dataclass(frozen=True, slots=True)
class Named:
    """What somebody named; whether it exists is not said."""

    journal_id: str
    journal_kind: str


@contextmanager
def on_record(*, actor: Actor, action: str, **named: Any) -> Iterator[None]:
    """A refusal inside is written to the audit trail in a transaction of its own, and goes on to the caller.

    `named`: one of `KINDS` with the id that the caller gave.
    """
    try:
        yield
    except Problem as fault:
        _record(actor, action, fault, named)
        raise


def turned_away(*, actor: Actor, action: str, named: Mapping[str, Any], fault: Problem | None = None) -> None:
    """Somebody was refused before a service was asked, by default for who he is: `named` are the parameters of the
    address. Nothing happens at an address that is about none of `KINDS`."""
    about = [(name, key) for name, key in named.items() if name in KINDS]
    if about:
        _record(actor, action, fault or Forbidden(), dict(about[:1]))


def _record(actor: Actor, action: str, fault: Problem, named: Mapping[str, Any]) -> None:
    [(name, key)] = named.items()
    kind = KINDS[name]
    with write(actor=actor) as change:
        subject = Named(str(key)[:LONGEST_ID], kind.journal_kind)
        if name in OF_SIGNING:
            change.log("signing.refused", subject, action=action, code=fault.code)
        else:
            found = find_one(kind, id=key, county_id=actor.county_id)
            state = str(getattr(found, "state", "") or "")
            change.log("notice.refused", subject, action=action, code=fault.code, state=state)
    fault.recorded = True
