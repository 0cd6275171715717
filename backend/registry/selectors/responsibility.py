"""Which team is, was or will be in charge of which target."""

import datetime as dt
import uuid
from typing import Any

from django.db.models import F, Q, QuerySet

from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import NotFound
from backend.registry.models import Target, Team, TeamInCharge, Track
from backend.registry.selectors import targets, teams

Key = tuple[uuid.UUID, str]
"""A target and a track."""


def on_day(day: dt.date) -> Q:
    """The condition that a term holds on `day`: begun, and not ended before it or with it."""
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gt=day))


def in_charge(target_id: uuid.UUID, track: str, day: dt.date | None = None) -> uuid.UUID | None:
    """The id of the team that covered the target on `day` (default today) on `track`; None: no team did."""
    rows = TeamInCharge.objects.filter(on_day(day or clock.today()), target_id=target_id, track=track)
    return rows.values_list("team_id", flat=True).first()


def of_county(county_id: int, day: dt.date) -> dict[Key, uuid.UUID]:
    """For every target of the county and track the team in charge on `day`."""
    rows = TeamInCharge.objects.filter(on_day(day), target__county_id=county_id)
    return {(target, track): team for target, track, team in rows.values_list("target_id", "track", "team_id")}


def in_charge_of(team: Team, day: dt.date | None = None) -> QuerySet[Target]:
    """What `team` covers on `day` (default today), in the order of codes.

    A department's team: its schools and institutions. A station's crew: the schools of its station; institutions
    are visited by the department track only (demo figures: 436 = 115 x 2 + 206).
    """
    held = TeamInCharge.objects.filter(on_day(day or clock.today()), team=team)
    return Target.objects.filter(pk__in=held.values("target")).order_by("code")


def led_targets(user_id: int, day: dt.date | None = None) -> QuerySet[TeamInCharge, Any]:
    """The ids of the targets whose teams in charge on `day` (default today) `user_id` leads, on either track."""
    held = TeamInCharge.objects.filter(on_day(day or clock.today()), team__in=teams.led_by(user_id).values("pk"))
    return held.values("target")


def heads_of(target_id: uuid.UUID, day: dt.date | None = None) -> set[int]:
    """Who has the teams in charge of the target on `day` (default today) in their care: 包片科室 and 片区督导站."""
    held = TeamInCharge.objects.filter(on_day(day or clock.today()), target_id=target_id)
    return set().union(*teams.leaders_of(list(held.values_list("team_id", flat=True))).values())


def terms_of(actor: Actor, target_id: uuid.UUID) -> QuerySet[TeamInCharge]:
    """The terms of a target that `actor` may know of. Raises `NotFound`."""
    return TeamInCharge.objects.filter(target=targets.one(actor, target_id)).select_related("team")


def term(county_id: int, term_id: int) -> TeamInCharge:
    """One term of the county. Raises `NotFound`."""
    rows = TeamInCharge.objects.select_related("team")
    row = rows.filter(pk=term_id, target__county_id=county_id).first()
    if row is None:
        raise NotFound("team_in_charge", term_id)
    return row


def due(county_id: int) -> list[Key]:
    """Where another team stands on the target than is in charge of it today: the day of a term has come, or gone."""
    today, own = clock.today(), Q(target__county_id=county_id)
    begun = TeamInCharge.objects.filter(own, on_day(today))
    other_team = begun.filter(track=Track.DEPARTMENT).exclude(target__team=F("team"))
    other_station = begun.filter(track=Track.STATION, team__station__isnull=False).exclude(
        target__station=F("team__station")
    )
    gone = TeamInCharge.objects.filter(own, track=Track.DEPARTMENT, ends_on__lte=today, target__team=F("team"))
    held = TeamInCharge.objects.filter(on_day(today), track=Track.DEPARTMENT).values("target")
    rows = [*other_team, *other_station, *gone.exclude(target__in=held)]
    return sorted({(row.target_id, str(row.track)) for row in rows})
