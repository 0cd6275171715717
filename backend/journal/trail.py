"""Reading the audit trail of a county: searched, and the lines of one object."""

import datetime as dt
from collections.abc import Collection
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from backend.core import clock
from backend.journal.models import AuditLine


def lines(
    county_id: int,
    *,
    actor: str = "",
    happened: Collection[str] | None = None,
    kind: str = "",
    object_id: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> QuerySet[AuditLine]:
    """The county's lines that fit: `actor` is in the name, `happened` what may stand behind the dot of the verb;
    `since` and `until` are days in China, both included."""
    rows = AuditLine.objects.filter(county_id=county_id)
    wanted = {"actor_name__contains": actor, "kind": kind, "object_id": object_id}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if happened is not None:
        rows = rows.filter(reduce(or_, (Q(verb__endswith=f".{each}") for each in sorted(happened)), Q(pk__in=[])))
    if since is not None:
        rows = rows.filter(at__gte=clock.midnight(since))
    if until is not None:
        rows = rows.filter(at__lt=clock.midnight(until + dt.timedelta(days=1)))
    return rows
