"""Figures of the bulletins from half-month to half-month: read out of the frozen snapshots, never recounted."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import F
from django.db.models.fields.json import KeyTransform

from backend.bulletins.models import BulletinSnapshot
from backend.bulletins.rules.figures import Number
from backend.bulletins.rules.lifecycle import State
from backend.bulletins.selectors import bulletins
from backend.core.actor import Actor

MOST = 8
"""Half-months that are shown at once: the rest of a term is in the issues themselves."""


class Issue(NamedTuple):
    """One issue, and the values of the figures asked for, in the order asked; None: no data."""

    id: uuid.UUID
    start: dt.date
    end: dt.date
    values: tuple[Number | None, ...]


def course(actor: Actor, keys: Sequence[str], *, most: int = MOST) -> list[Issue]:
    """The newest issues that `actor` may know of, withdrawn ones left out, the oldest first. One query, which reads no
    snapshot whole.
    """
    issues = bulletins.scoped(actor).exclude(state=State.WITHDRAWN)
    rows = BulletinSnapshot.objects.filter(bulletin__in=issues, version=F("bulletin__version"))
    picked = {f"f{place}": _value(key) for place, key in enumerate(keys)}
    found = rows.order_by("-bulletin__period_start").values_list(
        "bulletin_id", "bulletin__period_start", "bulletin__period_end", *picked.values()
    )[:most]
    return [Issue(row[0], row[1], row[2], tuple(row[3:])) for row in reversed(found)]


def _value(key: str) -> KeyTransform:
    return KeyTransform("value", KeyTransform(key, KeyTransform("figures", F("facts"))))
