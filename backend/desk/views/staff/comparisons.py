"""Dual check (双督查): what the two tracks found at one target in one month, side by side."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from backend.core.actor import Actor
from backend.desk.navigation import LEADERSHIP, OFFICE
from backend.desk.rules.answer_sheet import said
from backend.desk.staff import StaffPage
from backend.inspections.models import Visit
from backend.inspections.rules.comparison import LEAST_JUDGED, METHOD, Agreement, Pair, Said, agreement
from backend.inspections.rules.verdicts import Verdict
from backend.inspections.selectors import comparisons, visits


@dataclass(frozen=True, slots=True)
class Row:
    """One item as both sides answered it."""

    code: str
    text: str
    sides: tuple[list[tuple[str, bool]], list[tuple[str, bool]]]
    agree: bool | None


class ComparisonPage(StaffPage[Visit]):
    """The visit's target in its month; empty until both tracks have submitted."""

    template = "staff/comparison.html"
    roles = OFFICE | LEADERSHIP

    def find(self, actor: Actor, **key: Any) -> Visit:
        return visits.get(actor, uuid.UUID(str(key["visit_id"])))

    def context(self, request: HttpRequest, actor: Actor, found: Visit) -> dict[str, Any]:
        _, compared = comparisons.one(actor, found.plan_month, found.target_id)
        if compared is None:
            return {"visit": found, "compared": None}
        pairs = sorted(compared.pairs, key=lambda pair: {False: 0, None: 1, True: 2}[pair.agree])
        counted: Agreement = agreement(compared.pairs)
        return {
            "visit": found,
            "compared": compared,
            "share": None if counted.share is None else round(100 * counted.share),
            "counted": counted,
            "least": LEAST_JUDGED,
            "rows": [_row(pair) for pair in pairs if pair.agree is not True],
            "same": [_row(pair) for pair in pairs if pair.agree is True],
            "method": METHOD,
        }


def _row(pair: Pair) -> Row:
    sides = _side(pair, pair.first), _side(pair, pair.second)
    return Row(pair.item.code, pair.item.text, sides, pair.agree)


def _side(pair: Pair, answers: tuple[Said, ...]) -> list[tuple[str, bool]]:
    return [
        (f"{said(pair.item, one.value)}{f'（{one.note}）' if one.note else ''}", one.verdict is Verdict.FAIL)
        for one in answers
    ]
