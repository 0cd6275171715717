"""Dual check (双督查): what the two tracks found of one target in one month, for those who oversee both."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.inspections.models import (
    CrewMember,
    Finding,
    FindingState,
    Publication,
    Visit,
    VisitKind,
    VisitRound,
    VisitState,
)
from backend.inspections.rules.checklist import Template
from backend.inspections.rules.comparison import Agreement, Pair, Side, agreement, compare
from backend.inspections.selectors import templates
from backend.inspections.selectors.assignments import LEADERS, WHOLE_COUNTY
from backend.registry.models import Target, TargetKind, Team, TeamInCharge, Track
from backend.registry.selectors import teams

KINDS = (
    VisitKind.ROUTINE,
    VisitKind.SPECIAL,
    VisitKind.COMPREHENSIVE,
    VisitKind.ADMINISTRATIVE_CHECK,
    VisitKind.JOINT_CHECK,
)
"""Visits of the plan; reviews, tip checks and guidance look at something else."""

DONE = (VisitState.SUBMITTED, VisitState.APPROVED)
UNISSUED = (FindingState.RECORDED, FindingState.CONFIRMED, FindingState.IN_NOTICE, FindingState.RECTIFIED_ON_SPOT)
READ = (
    *("pk", "visit_id", "round", "submitted_at"),
    *("visit__target_id", "visit__track", "visit__templates", "visit__assignment__team__name"),
)

Key = tuple[uuid.UUID, int, uuid.UUID, int, str]


class Round(NamedTuple):
    """A submission of one track; what it holds is read only to be compared."""

    pk: int
    visit: uuid.UUID
    number: int
    submitted_at: dt.datetime
    target: uuid.UUID
    track: str
    templates: list[list[Any]]
    team: str | None


class Rounds(NamedTuple):
    """Of one target the rounds that stand of both tracks' newest submitted visits, their content not read yet."""

    target: Target
    department: Round
    station: Round

    @property
    def key(self) -> Key:
        """Rounds never change, and neither does what follows from two of them."""
        one, other = self.department, self.station
        return one.visit, one.number, other.visit, other.number, self.target.type_code


class Comparison(NamedTuple):
    """Both tracks' answers, item by item (department first)."""

    rounds: Rounds
    pairs: list[Pair]


MOST_AGREEMENTS = 20_000
_agreements: dict[Key, Agreement] = {}
"""What was counted once in this process need not be read again."""


def comparable(actor: Actor, month: str) -> QuerySet[Target]:
    """The targets that both tracks have submitted a visit of in this month, and whose comparison `actor` may see.

    Whoever belongs to a crew that was sent there in that month may not, until both visits are approved and every
    finding stands in a notice that was issued: the tracks are independent, whatever else somebody's office is. Whoever
    leads a team sees the targets that the team is in charge of today, and never sooner than that.
    """
    rows = _targets(actor)
    if not actor.has(*WHOLE_COUNTY):
        rows = rows.filter(_of_own_teams(actor)).exclude(_open(month))
    both = rows.filter(*(Exists(_visits(month).filter(target=OuterRef("pk"), track=track)) for track in Track))
    if not _sent(actor, month).exists():
        return both
    return both.exclude(Q(pk__in=_sent(actor, month).values("assignment__target")) & _open(month))


def _targets(actor: Actor) -> QuerySet[Target]:
    """Schools and licensed institutions; a suspected site is known to its crew and the office only."""
    rows = Target.objects.filter(county_id=actor.county_id).exclude(kind=TargetKind.SUSPECTED_SITE)
    return rows.exclude(stage="", institution_class="")


def _of_own_teams(actor: Actor) -> Q:
    led = teams.led_by(actor.user_id or 0) if actor.has(*LEADERS) else Team.objects.none()
    today = clock.today()
    terms = TeamInCharge.objects.filter(target=OuterRef("pk"), team__in=led.values("pk"), starts_on__lte=today)
    return Q(Exists(terms.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=today))))


def _visits(month: str) -> QuerySet[Visit]:
    return Visit.objects.filter(plan_month=month, kind__in=KINDS, state__in=DONE)


def _sent(actor: Actor, month: str) -> QuerySet[CrewMember]:
    return CrewMember.objects.filter(user_id=actor.user_id or 0, assignment__plan_month=month)


def _open(month: str) -> Q:
    """Something of the month is not yet known to the unit itself."""
    here = {"target": OuterRef("pk"), "plan_month": month}
    unapproved = Visit.objects.filter(**here, kind__in=KINDS).exclude(
        state__in=[VisitState.APPROVED, VisitState.CANCELLED]
    )
    unissued = Finding.objects.filter(
        target=OuterRef("pk"), visit__plan_month=month, publication=Publication.CREW, state__in=UNISSUED
    )
    return Q(Exists(unapproved)) | Q(Exists(unissued))


def rounds_of(county_id: int, month: str, targets: Sequence[Target]) -> list[Rounds]:
    """The rounds to compare of these targets, in their order; targets without a pair are left out. One query."""
    visits = _visits(month).filter(county_id=county_id, target__in=[target.pk for target in targets])
    place = Window(RowNumber(), partition_by=["visit__target", "visit__track"], order_by=["-submitted_at", "-pk"])
    standing = (
        VisitRound.objects.filter(visit__in=visits, round=F("visit__round")).annotate(place=place).filter(place=1)
    )
    rows = VisitRound.objects.filter(pk__in=standing.values("pk")).values_list(
        *READ
    )  # put keys in order, not whole rows
    newest = {(row.target, row.track): row for row in map(Round._make, rows)}
    return [
        Rounds(target, newest[target.pk, Track.DEPARTMENT], newest[target.pk, Track.STATION])
        for target in targets
        if (target.pk, Track.DEPARTMENT) in newest and (target.pk, Track.STATION) in newest
    ]


def agreements(county_id: int, found: Sequence[Rounds]) -> list[Agreement]:
    """How far the tracks agree, in the order given. Three queries at most, none for what is known already."""
    unknown = [rounds for rounds in found if rounds.key not in _agreements]
    if len(_agreements) + len(unknown) > MOST_AGREEMENTS:
        _agreements.clear()
        unknown = list(found)
    for comparison in compared(county_id, unknown):
        _agreements[comparison.rounds.key] = agreement(comparison.pairs)
    return [_agreements[rounds.key] for rounds in found]


def compared(county_id: int, found: Sequence[Rounds]) -> list[Comparison]:
    """The answers side by side, in the order given. Three queries at most."""
    keys = [row.pk for rounds in found for row in (rounds.department, rounds.station)]
    content = dict(VisitRound.objects.filter(pk__in=keys).values_list("pk", "content")) if keys else {}
    wanted = {version for rounds in found for row in (rounds.department, rounds.station) for version in _pinned(row)}
    known = templates.versions(county_id, wanted) if wanted else {}
    return [Comparison(rounds, _pairs(rounds, content, known)) for rounds in found]


def _pairs(rounds: Rounds, content: dict[int, Any], known: dict[tuple[str, int], Template]) -> list[Pair]:
    first, second = (
        Side(tuple(known[version] for version in _pinned(row) if version in known), content[row.pk]["answers"])
        for row in (rounds.department, rounds.station)
    )
    return compare(first, second, templates.target_type(rounds.target))


def _pinned(row: Round) -> list[tuple[str, int]]:
    return [(str(code), int(version)) for code, version in row.templates]


def one(actor: Actor, month: str, target_id: uuid.UUID) -> tuple[Target, Comparison | None]:
    """The comparison of one target; None where there is none, or none for this actor yet. Raises `NotFound`."""
    target = _targets(actor).filter(pk=target_id).first()
    if target is None:
        raise NotFound("target", target_id)
    seen = comparable(actor, month).filter(pk=target_id).exists()
    found = compared(actor.county_id, rounds_of(actor.county_id, month, [target])) if seen else []
    return target, found[0] if found else None
