"""Cards and conflicts of interest of the demonstration (demo.md, section 4)."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from backend.registry.demo.people import Person
from backend.registry.models import CertificateKind, RecusalKind

CARDS_FROM, CARDS_UNTIL = dt.date(2025, 1, 1), dt.date(2029, 12, 31)


@dataclass(frozen=True, slots=True)
class Card:
    username: str
    kind: str
    number: str


@dataclass(frozen=True, slots=True)
class Tie:
    """`months_since` they left, where that is the ground."""

    username: str
    unit: str
    kind: str
    months_since: int | None = None
    reason: str = ""


TIES = (
    Tie("t03_lead", "SCH015", RecusalKind.FAMILY_EMPLOYED, reason="配偶在该校任教（演示）"),
    Tie("t05_b", "SCH033", RecusalKind.LEFT_RECENTLY, 18, "曾在该校任职（演示）"),
    Tie("t09_a", "SCH061", RecusalKind.LEFT_RECENTLY, 40, "曾在该校任职（演示）"),
)


def cards(people: Iterable[Person]) -> Iterator[Card]:
    """An inspector's card for everybody of a team; an enforcement card for those of the departments, who also check
    institutions."""
    for person in people:
        if person.card_number:
            yield Card(person.username, CertificateKind.INSPECTOR_CARD, person.card_number)
            if person.username.startswith("t"):
                number = person.card_number.replace("演督", "演执")
                yield Card(person.username, CertificateKind.ENFORCEMENT_CARD, number)


def months_before(day: dt.date, months: int) -> dt.date:
    """The first of the month that lies so many months back."""
    count = day.year * 12 + day.month - 1 - months
    return dt.date(count // 12, count % 12 + 1, 1)
