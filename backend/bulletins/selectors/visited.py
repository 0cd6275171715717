"""The schools of an annex: which were visited, how often, and how many findings that gave."""

from collections import Counter
from typing import Any

from backend.bulletins.selectors.window import Window, findings, visits
from backend.registry.models import Target, TargetKind


def schools(window: Window) -> list[dict[str, Any]]:
    """Schools with visits in the window, district by district, with the number of visits and of findings."""
    times = Counter(visits(window).filter(target__kind=TargetKind.SCHOOL).values_list("target_id", flat=True))
    found = Counter(findings(window).filter(target_id__in=list(times)).values_list("target_id", flat=True))
    rows = Target.objects.filter(pk__in=list(times)).order_by("district__code", "code")
    return [
        {"target": str(pk), "name": name, "visits": times[pk], "findings": found[pk]}
        for pk, name in rows.values_list("pk", "name")
    ]
