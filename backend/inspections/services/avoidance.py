"""Nobody is sent where a conflict of interest forbids it, and no check of an institution without its officers.

The draw keeps these rules by itself; here they are kept for crews that somebody puts together by hand.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from backend.accounts.models import User
from backend.core.errors import Invalid
from backend.inspections.rules.footing import footing
from backend.registry.selectors import avoidance


@dataclass(frozen=True, slots=True)
class Sending:
    """Who is to be sent where, when, on what legal footing; `path` names the line in a refusal."""

    target: uuid.UUID
    people: Collection[int]
    day: dt.date
    kind: str
    path: str = "crew"


def check_crews(sendings: Sequence[Sending]) -> None:
    """Raises `Invalid` for the first crew that may not go: `crew_conflict` with the people who must stay away,
    `crew_certificates` when too few hold an enforcement card that is good on the day (workflow.md sections 0 and 2)."""
    wanted = {(user, one.target, one.day) for one in sendings for user in one.people}
    away, cards = avoidance.kept_away(wanted), avoidance.held({user for user, _, _ in wanted})
    for one in sendings:
        kept = sorted(user for user in one.people if (user, one.target, one.day) in away)
        if kept:
            names = "、".join(User.objects.filter(pk__in=kept).order_by("pk").values_list("name", flat=True))
            text = f"{names}与检查对象存在利害关系，当日应当回避。"
            raise Invalid("crew_conflict", text, path=one.path, msg=text, users=kept)
        needed = footing(one.kind).certificates
        officers = avoidance.officers({user: cards[user] for user in one.people}, one.day)
        if len(officers) < needed:
            text = f"行政检查须由{needed}名以上持有效行政执法证的人员实施，现有{len(officers)}名。"
            raise Invalid("crew_certificates", text, path=one.path, msg=text)
