"""When the leader of a crew learns the target: some hours before the working day begins (workflow §2). Pure."""

import datetime as dt

DAY_BEGINS = dt.time(8, 30)
"""China standard time; the hours are counted back from it."""

USUAL_HOURS = 2
"""How many, where no plan says otherwise (product default)."""

MOST_HOURS = 72
"""A plan may not say more: who knows three days ahead is warned three days ahead."""


def earliest(midnight: dt.datetime, hours: float = USUAL_HOURS) -> dt.datetime:
    """The first instant at which the leader may know; `midnight` is the beginning of the day of the visit."""
    begins = dt.timedelta(hours=DAY_BEGINS.hour, minutes=DAY_BEGINS.minute)
    return midnight + begins - dt.timedelta(hours=hours)
