"""Late arrivals: what was done before the period began and reached the server in it.

They count in the issue of the period in which they came, never in two; here they are named, so that the issue says how
much of its figures is a supplement to earlier ones. When a visit was made is what its check-in says by the clock of the
phone; without one, when we first heard of it.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from backend.bulletins.rules.figures import Figures, counted
from backend.bulletins.selectors.window import Window, findings, visits


def figures(window: Window) -> Figures:
    """Visits made before the period, and findings that belong to such visits or were added to earlier ones."""
    rows = list(visits(window).values_list("pk", "started_at", "check_in"))
    late = {pk for pk, started_at, check_in in rows if _made_at(started_at, check_in) < window.start}
    of_window = {pk for pk, _, _ in rows}
    found = findings(window).values_list("pk", "visit_id")
    added = [pk for pk, visit in found if visit in late or visit not in of_window]
    return {"supplement.visits": counted("visit", late), "supplement.findings": counted("finding", added)}


def _made_at(started_at: dt.datetime, check_in: Mapping[str, Any] | None) -> dt.datetime:
    said = (check_in or {}).get("device_at") or ""
    try:
        return min(started_at, dt.datetime.fromisoformat(said))
    except (TypeError, ValueError):  # no clock on it, or one without a zone
        return started_at
