"""Candidates for good practice: what the figures say of a unit. The office picks, and writes what is done there.

Two kinds: at least three approved, valid visits in the ninety days before the cut-off and not one finding; and at least
three findings closed in the window, every one in time, with nothing left open. Unlicensed sites are no example.
"""

import datetime as dt
import uuid
from collections import defaultdict
from typing import Any

from backend.bulletins.rules import naming
from backend.bulletins.selectors.rectification import Line, on_time
from backend.bulletins.selectors.window import Window, submitted_visits
from backend.bulletins.selectors.window import visits as visits_of
from backend.core import clock
from backend.inspections.models import Finding, FindingState, VisitState
from backend.inspections.selectors import copies
from backend.registry.models import Target

SPAN = dt.timedelta(days=90)
LEAST_VISITS = LEAST_CLOSED = 3
MOST = 12
MOST_PHOTOS = 2


def candidates(window: Window, lines: list[Line]) -> list[dict[str, Any]]:
    """At most twelve, as `{target, unit, type, place, text, kind, records, photos}`: `records` are the ids of the
    visits or findings that the text counts, `photos` the hashes of copies that may be shown.
    """
    visited = set(visits_of(window).values_list("target_id", flat=True))
    flawless = _flawless(window, visited)
    prompt = _prompt(window, lines)
    targets = Target.objects.in_bulk({*flawless, *prompt})
    made = [_without_finding(targets[pk], ids, window) for pk, ids in flawless.items()]
    made += [_all_in_time(targets[pk], ids) for pk, ids in prompt.items()]
    made = [one for one in made if one["type"] not in naming.NEVER_NAMED]
    photos = _photos(window, [uuid.UUID(one["target"]) for one in made])
    return [one | {"photos": photos.get(one["target"], [])} for one in made]


def _flawless(window: Window, visited: set[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """By target, its visits, those with the most first."""
    since = window.cut_off - SPAN
    rows = submitted_visits(window.county_id, window.cut_off).filter(received_at__gte=since, target__in=visited)
    counted = rows.filter(state=VisitState.APPROVED, counts_for_coverage=True)
    own: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for pk, target in counted.order_by("pk").values_list("pk", "target_id"):
        own[target].append(pk)
    faulty = set(
        Finding.objects.filter(county_id=window.county_id, recorded_at__gte=since, recorded_at__lt=window.cut_off)
        .exclude(state=FindingState.WITHDRAWN)
        .values_list("target_id", flat=True)
    )
    able = [(target, ids) for target, ids in own.items() if len(ids) >= LEAST_VISITS and target not in faulty]
    return dict(sorted(able, key=lambda pair: (-len(pair[1]), pair[0]))[: MOST // 2])


def _prompt(window: Window, lines: list[Line]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """By target, its findings closed in the window, where each was in time and none is left."""
    target_of = dict(Finding.objects.filter(pk__in=[line.finding for line in lines]).values_list("pk", "target_id"))
    own: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for line in lines:
        own[target_of[line.finding]].append(line.finding)
    in_time = on_time(window, lines)
    able = [(target, ids) for target, ids in own.items() if len(ids) >= LEAST_CLOSED and in_time.issuperset(ids)]
    chosen = sorted(able, key=lambda pair: (-len(pair[1]), pair[0]))[: MOST // 2]
    return {target: sorted(ids) for target, ids in chosen}


def _without_finding(target: Target, ids: list[uuid.UUID], window: Window) -> dict[str, Any]:
    since = clock.local_date(window.cut_off - SPAN)
    text = f"{since.month}月{since.day}日以来接受督查{len(ids)}次，均未发现问题。"
    return _candidate(target, text, "visit", ids)


def _all_in_time(target: Target, ids: list[uuid.UUID]) -> dict[str, Any]:
    text = f"整改台账所列{len(ids)}个问题全部按期整改并销号，无逾期、无遗留。"
    return _candidate(target, text, "finding", ids)


def _candidate(target: Target, text: str, kind: str, ids: list[uuid.UUID]) -> dict[str, Any]:
    return {
        "target": str(target.pk),
        "unit": target.name,
        "type": target.type_code,
        "place": target.name,
        "text": text,
        "kind": kind,
        "records": [str(pk) for pk in ids],
    }


def _photos(window: Window, targets: list[uuid.UUID]) -> dict[str, list[str]]:
    """By target, current copies of photos of its visits in the window that prove no finding."""
    seen = visits_of(window).filter(target__in=targets)
    rows = copies.current().filter(
        county_id=window.county_id, evidence__visit__in=seen.values("pk"), evidence__finding__isnull=True
    )
    found: dict[str, list[str]] = defaultdict(list)
    for target, sha256 in rows.order_by("evidence_id").values_list("evidence__visit__target_id", "sha256"):
        if len(found[str(target)]) < MOST_PHOTOS:
            found[str(target)].append(sha256)
    return found
