"""A county in which everything that a bulletin counts has happened, drawn at random, as raw rows."""

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

from backend.core.actor import system
from backend.inspections.models import Finding, FindingState, Visit, VisitState
from backend.inspections.services.templates import publish_catalogue
from backend.journal.writing import write
from backend.notices.models import NoticeTransition, RectificationNotice
from backend.registry.models import InstitutionClass, Stage, Target, TargetKind, Track
from tests.bulletins.records import Records, at

RULES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "ZY-02": ("homework", lambda value: value == "yes"),
    "ZY-06": ("homework", lambda value: value == "no"),
    "ZY-07#4": ("homework", lambda value: value <= 60),
    "ZY-08#8": ("homework", lambda value: value <= 90),
    "WX-01": ("sleep", lambda value: value >= "08:20"),
    "WX-11": ("phone", lambda value: value <= 0),
    "WX-14": ("reading", lambda value: value == "no"),
    "WX-22": ("fitness", lambda value: value == "no"),
}
"""Answer, the management that it is about, and when it passes: read from the checklists, not from the product."""

VALUES: dict[str, list[Any]] = {
    "ZY-02": ["yes", "no"], "ZY-06": ["yes", "no"], "ZY-07#4": [40, 60, 75.5], "ZY-08#8": [70, 90, 95],
    "WX-01": ["08:10", "08:20", "08:30"], "WX-11": [0, 2], "WX-14": ["yes", "no"], "WX-22": ["yes", "no"],
    "KH-01": [3, 5, 6], "KH-02": [1.5, 2, 3], "KH-08": [100, 150, 200], "KH-09": [50, 80, 100],
}  # fmt: skip

VISITS = 32
MANAGEMENT_OF = {"ZY": "homework", "WX": "sleep"}
"""Of the item that raw findings name: ZY-02, WX-02."""


def fill(records: Records, chance: random.Random) -> None:
    """Months around the first half of March: visits, findings, notices and what became of them."""
    publish_catalogue(actor=system(records.county.pk))
    targets, stations = _targets(records)
    for _ in range(VISITS):
        target = chance.choice(targets)
        station = target.stage and chance.random() < 0.4
        visit = _visit(records, chance, target, stations if station else target.team)
        for _ in range(chance.choice([0, 0, 1, 2])):
            _finding(records, chance, visit)
    for visit in records.visits:
        own = [row for row in records.findings if row.visit_id == visit.pk and row.state == FindingState.CONFIRMED]
        if own and chance.random() < 0.8:
            _notice(records, chance, visit, own)


def _targets(records: Records) -> tuple[list[Target], Any]:
    station, districts = records.station(), [records.district("甲学区"), records.district("乙学区")]
    teams = [records.team(), records.team()]
    crew = records.team(Track.STATION, station)
    made = [
        records.target(teams[n % 2], station=station if n < 6 else None, district=districts[n % 2],
                       stage=Stage.NINE_YEAR)
        for n in range(8)
    ]  # fmt: skip
    accounts = [(9_999, 10_000), (10_000, 10_000), (None, 10_000), (5, 6)]
    classes = [InstitutionClass.SUBJECT, InstitutionClass.NON_SUBJECT, InstitutionClass.SUBJECT]
    for number, kind in enumerate([*classes, InstitutionClass.UNLICENSED]):
        balance, least = accounts[number]
        made.append(
            records.target(teams[number % 2], TargetKind.INSTITUTION, institution_class=kind, escrow_balance=balance,
                           minimum_balance=least, status=["正常", "已压减"][number % 2])
        )  # fmt: skip
    made.append(records.target(teams[0], TargetKind.SUSPECTED_SITE))
    records.target(None, TargetKind.INSTITUTION, institution_class=InstitutionClass.SUBJECT, is_active=False,
                   status="已关停")  # fmt: skip
    return made, crew


def _visit(records: Records, chance: random.Random, target: Target, team: Any) -> Visit:
    received = at(chance.randint(1, 24), chance.randint(8, 20), month=chance.choice([2, 3, 3, 3]))
    given = {key: chance.choice(values) for key, values in VALUES.items() if target.stage and chance.random() < 0.6}
    state = chance.choice([VisitState.APPROVED, VisitState.APPROVED, VisitState.SUBMITTED, VisitState.CANCELLED])
    visit = records.visit(
        target, received, team=team, answers=given, state=state, valid=chance.random() < 0.8,
        photos=chance.randint(0, 2), score=chance.randint(60, 100),
    )  # fmt: skip
    if chance.random() < 0.2:
        with write(actor=records.actor):
            visit.started_at = received - dt.timedelta(days=chance.randint(1, 20))
            visit.save(update_fields=["started_at"])
    return visit


def _finding(records: Records, chance: random.Random, visit: Visit) -> Finding:
    return records.finding(
        visit,
        chance.choice(["minor", "moderate", "serious", "veto"]),
        recorded_at=(visit.submitted_at or visit.started_at) + dt.timedelta(days=chance.choice([0, 0, 0, 9])),
        template=chance.choice(["ZY", "KH", "WX"]),
        state=chance.choice([FindingState.CONFIRMED, FindingState.CONFIRMED, FindingState.WITHDRAWN]),
        on_spot=chance.random() < 0.3,
    )


def _notice(records: Records, chance: random.Random, visit: Visit, own: list[Finding]) -> None:
    assert visit.submitted_at is not None
    issued = visit.submitted_at + dt.timedelta(days=chance.randint(1, 3))
    due_on = (issued + dt.timedelta(days=chance.randint(3, 12))).date()
    notice = records.notice(visit, issued, due_on, *own)
    for finding in own:
        moved = issued
        for state in chance.choice([[], [FindingState.REPORTED], [FindingState.CLOSED],
                                    [FindingState.CLOSED, FindingState.RECTIFYING]]):  # fmt: skip
            moved += dt.timedelta(days=chance.randint(1, 6))
            records.move(finding, state, moved)
    for action in ("acknowledge", "return", "close"):
        if chance.random() < 0.5:
            _step(records, notice, action, issued + dt.timedelta(days=chance.randint(0, 10)))


def _step(records: Records, notice: RectificationNotice, action: str, when: dt.datetime) -> None:
    with write(actor=records.actor):
        NoticeTransition.objects.create(
            notice=notice, action=action, before="issued", after="issued", actor_name="督导办", at=when
        )
