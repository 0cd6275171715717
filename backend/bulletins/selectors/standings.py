"""Who can be ranked in a month, and with what."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from backend.bulletins.rules.ranking import GROUPS, REVIEW_DAYS, Entrant, TeamRecord, placed
from backend.bulletins.selectors.coverage import Month
from backend.bulletins.selectors.window import Window, visits
from backend.inspections.models import Finding, FindingState, VisitMode, VisitRound, VisitTransition
from backend.notices.models import FindingReport, RectificationNotice

UNKNOWN_TO_UNIT = (FindingState.RECORDED, FindingState.CONFIRMED)
"""Of findings in these states no notice has told the unit yet."""


def groups(window: Window) -> list[dict[str, Any]]:
    """`{group, placed: [{rank, unit, name, visits, score}], others}`: of each group of comparable units those that
    take part, and the number of its visited units that do not.

    Ranked are approved valid visits whose unit knows of them: it was an open visit or a notice was issued, and no
    finding of it still waits for its notice. The table would otherwise tell of a visit before the notice does.
    """
    found: dict[str, list[Entrant]] = defaultdict(list)
    for kind, entrant in _entrants(window):
        if kind in GROUPS:
            found[GROUPS[kind]].append(entrant)
    return [_group(name, found[name]) for name in dict.fromkeys(GROUPS.values()) if found[name]]


def _group(name: str, entrants: list[Entrant]) -> dict[str, Any]:
    rows = placed(entrants)
    told = [
        {"rank": one.rank, "unit": one.entrant.unit, "name": one.entrant.name, "visits": one.entrant.visits,
         "score": one.entrant.score}
        for one in rows
    ]  # fmt: skip
    return {"group": name, "placed": told, "others": len(entrants) - len(rows)}


def _entrants(window: Window) -> Iterable[tuple[str, Entrant]]:
    known = _told(window)
    rounds = VisitRound.objects.filter(visit__in=known, submitted_at__lt=window.cut_off)
    columns = ("visit_id", "score", "counts_for_coverage", "content__answers", "visit__target_id")
    last = {row[0]: row for row in rounds.order_by("round").values_list(*columns)}
    by_unit: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in last.values():
        if row[2] and row[1] is not None:
            by_unit[row[4]].append(row)
    targets = {visit.target_id: visit.target for visit in visits(window).select_related("target")}
    for unit, rows in by_unit.items():
        scores = [row[1] for row in rows]
        answers = sum(len(row[3] or ()) for row in rows)
        mean = round(sum(scores) / len(scores), 1)
        yield targets[unit].type_code, Entrant(str(unit), targets[unit].name, len(rows), answers, mean)


def _told(window: Window) -> set[uuid.UUID]:
    """The window's approved visits that their units know of."""
    approved = VisitTransition.objects.filter(
        visit__county_id=window.county_id, verb="approve", at__lt=window.cut_off
    ).values("visit_id")
    rows = visits(window).filter(pk__in=approved).values_list("pk", "mode")
    waiting = Finding.objects.filter(county_id=window.county_id, state__in=UNKNOWN_TO_UNIT)
    open_findings = set(waiting.values_list("visit_id", flat=True))
    issued = RectificationNotice.objects.filter(county_id=window.county_id, issued_at__lt=window.cut_off)
    noticed = set(issued.filter(withdrawn_at__isnull=True).values_list("visit_id", flat=True))
    return {
        pk for pk, mode in rows if pk not in open_findings and (mode == VisitMode.OPEN or pk in noticed)
    }  # fmt: skip


def teams(window: Window, month: Month) -> list[TeamRecord]:
    """The teams at work with their coverage of the month, and the reviews of reports on their findings."""
    shares = {row.team.pk: row.share for row in month.found.teams}
    reviews = _reviews(window)
    return [
        TeamRecord(
            team.code, team.name, team.track, len(shares[team.pk].scope), len(shares[team.pk].covered),
            *reviews.get(team.pk, (0, 0)),
        )
        for team in month.teams
    ]  # fmt: skip


def _reviews(window: Window) -> dict[uuid.UUID, tuple[int, int]]:
    """By team: reports whose review fell due or was done by the cut-off, and those reviewed in time."""
    rows = FindingReport.objects.filter(
        window.within("report__received_at"), item__county_id=window.county_id
    ).values_list("item__finding__visit__assignment__team_id", "report__received_at", "decided_at")
    found: dict[uuid.UUID, tuple[int, int]] = {}
    for team, received_at, decided_at in rows:
        due = received_at + dt.timedelta(days=REVIEW_DAYS)
        done = decided_at if decided_at is not None and decided_at < window.cut_off else None
        if done is None and due >= window.cut_off:
            continue
        all_, in_time = found.get(team, (0, 0))
        found[team] = (all_ + 1, in_time + (done is not None and done <= due))
    return found
