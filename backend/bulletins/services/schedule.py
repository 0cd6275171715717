"""The product compiles by itself: one draft for every period that has ended, however long it was switched off."""

import logging

from backend.accounts.models import County
from backend.bulletins.models import Bulletin
from backend.bulletins.rules import periods
from backend.bulletins.rules.periods import Period
from backend.bulletins.selectors.window import submitted_visits
from backend.bulletins.services import compiling
from backend.core import clock
from backend.core.actor import system
from backend.core.errors import Conflict

log = logging.getLogger(__name__)

MOST_AT_ONCE = 24
"""Periods caught up per county and call: a year."""


def compile_due() -> int:
    """Compile what has ended and was never compiled, in every county; how many drafts were made.

    Safe to run twice at once: the row of a county and period is unique, and whoever comes second finds it there.
    """
    return sum(_compile(county, period) for county in County.objects.order_by("pk") for period in due(county))


def due(county: County) -> list[Period]:
    """The county's ended periods after its last issue, oldest first; before its first, the newest if visits exist."""
    newest = periods.last_ended(clock.today())
    last = Bulletin.objects.filter(county_id=county.pk).order_by("-period_start").first()
    if last is None:
        begun = submitted_visits(county.pk, newest.ends_at).exists()
        return [newest] if begun else []
    missed: list[Period] = []
    period = last.period.after()
    while period.start <= newest.start and len(missed) < MOST_AT_ONCE:
        missed.append(period)
        period = period.after()
    return missed


def _compile(county: County, period: Period) -> int:
    try:
        compiling.compile(actor=system(county.pk), period_start=period.start, only_first=True)
    except Conflict:
        log.info("bulletin of %s for %s was compiled elsewhere", county.code, period.start)
        return 0
    return 1
