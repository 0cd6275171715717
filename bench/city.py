"""A draw with all its rows: the demonstration county's 331 targets, and a city of 10,000 made of thirty such counties.

Sealing freezes both libraries and their hashes, running draws and writes the rows; both are one request of the office
each, and are counted together. In a process of its own on a stand of each engine: `python -m bench.city`.
"""

import datetime as dt
import sys
import time
import uuid
from collections.abc import Iterator
from copy import copy
from pathlib import Path
from typing import Any

import django
import msgspec

from bench.stand import on_both, open_county
from bench.table import Line

NOW = dt.datetime(2026, 8, 28, 2, 0, tzinfo=dt.UTC)
SIZES = ((1, ("2026-09", "2026-10", "2026-11"), 0.2), (30, ("2026-12", "2027-01", "2027-02"), 3.0))
"""Counties of the demonstration in one, the months drawn for, and the seconds it may take."""


def lines() -> Iterator[Line]:
    return on_both("bench.city")


def measure() -> Iterator[Line]:
    """In this process, whose database is empty."""
    from backend.accounts.models import User
    from backend.core import clock
    from backend.core.garbage import set_aside_what_stays

    with clock.fixed(NOW):
        engine = open_county()
        county = User.objects.get(username="office1").county_id or 0
        _certify(county)
        for times, months, limit in SIZES:
            if times > 1:
                _grow(county, times)
            set_aside_what_stays()  # as a server does
            turns = sorted(_turn(county, month) for month in months)
            took, computed, targets = turns[len(turns) // 2]
            told = f"{took:.2f} s (computed {computed:.2f} s)"
            yield Line(f"Draw of {targets:,} targets with its rows, {engine}", told, f"≤ {limit} s", took <= limit)


def _turn(county: int, month: str) -> tuple[float, float, int]:
    """Seconds of sealing and drawing, of those computed here, and how many targets were drawn."""
    from backend.accounts.models import User
    from backend.accounts.selectors.people import actor_of
    from backend.inspections.services import draws
    from backend.inspections.services.draw_requests import DrawRequest

    office, witness = (User.objects.get(county_id=county, username=name) for name in ("office1", "lead1"))
    actor = actor_of(office)
    began, computed = time.perf_counter(), time.thread_time()
    draw = draws.seal(actor=actor, request=DrawRequest(track="department", month=month, crew_max=3))
    draws.run(actor=actor, draw_id=draw.pk, witness=witness.pk, contribution="见证")
    return time.perf_counter() - began, time.thread_time() - computed, draw.target_count


def _certify(county: int) -> None:
    """Everybody of a team holds both cards."""
    from backend.registry.models import Certificate, Membership

    people = Membership.objects.filter(team__county_id=county).values_list("user_id", flat=True).distinct()
    Certificate.objects.filter(county_id=county).delete()
    Certificate.objects.bulk_create(
        Certificate(county_id=county, user_id=pk, kind=kind, number=f"{kind}-{pk}", valid_from=dt.date(2025, 1, 1))
        for pk in people
        for kind in ("inspector_card", "enforcement_card")
    )


def _grow(county: int, times: int) -> None:
    """The same teams, people, cards and targets again and again under other ids."""
    from backend.accounts.models import RoleAssignment, User
    from backend.registry.models import Certificate, Membership, Target, Team, TeamInCharge

    for number in range(1, times):
        teams = _again(Team, Team.objects.filter(county_id=county, code__regex="^[^x]+$"), "code", number)
        people = _again(User, User.objects.filter(memberships__team__in=list(teams)).distinct(), "username", number)
        targets = _again(Target, Target.objects.filter(county_id=county, code__regex="^[^x]+$"), "code", number, teams)
        cards = Certificate.objects.filter(user_id__in=list(people))
        _again(Certificate, cards, "number", number, people)
        _again(RoleAssignment, RoleAssignment.objects.filter(user_id__in=list(people)), "", number, people)
        _again(Membership, Membership.objects.filter(team__in=list(teams)), "", number, teams | people)
        _again(TeamInCharge, TeamInCharge.objects.filter(team__in=list(teams)), "", number, teams | targets)


def _again(model: Any, rows: Any, unique: str, number: int, moved: dict[Any, Any] | None = None) -> dict[Any, Any]:
    """Copies of rows, their references moved; old id -> new id."""
    links = [each.attname for each in model._meta.concrete_fields if each.is_relation]
    old, new = list(rows), []
    for row in old:
        twin = copy(row)
        twin._state = copy(row._state)
        twin._state.adding = True
        twin._state.fields_cache = {}
        twin.pk = uuid.uuid4() if model._meta.pk.get_internal_type() == "UUIDField" else None
        if unique:
            setattr(twin, unique, f"{getattr(row, unique)}x{number}")
        for link in links:
            setattr(twin, link, (moved or {}).get(getattr(row, link), getattr(row, link)))
        new.append(twin)
    model.objects.bulk_create(new)
    return {row.pk: twin.pk for row, twin in zip(old, new, strict=True)}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        django.setup()
        Path(sys.argv[1]).write_bytes(msgspec.json.encode(list(measure())))
    else:
        for line in on_both("bench.city"):
            sys.stdout.write(" | ".join(line.cells()) + "\n")
