"""Figures of rectification, counted again by other means."""

import datetime as dt
from statistics import median
from typing import Any

import pytest

from backend.accounts.roles import Role
from backend.core import clock
from backend.inspections.models import FindingTransition
from backend.notices.models import NoticeFinding, NoticeTransition, RectificationReport
from backend.notices.services import drafts, reviewing
from tests.fixtures.rectification import World, fresh

PROGRESS = "/api/v1/notices/progress"


@pytest.fixture
def term(world: World, hand: clock.Hand) -> World:
    """Notices of two schools with every fate: closed in time and late, returned, relapsed and closed again, late and
    silent, waiting, withdrawn; one was issued a month before."""
    world.closed(["moderate"])
    hand.move(days=30)
    elsewhere = world.places.school(county=world.county, team=world.places.team(county=world.county))
    first = world.acknowledged(["minor", "moderate", "serious"])
    world.issued(["serious", "minor"], target=elsewhere)
    gone = world.issued(["minor"])
    drafts.withdraw(actor=world.office, notice_id=gone.pk, reason="误发")
    hand.move(days=2)
    relapsed = world.closed(["moderate", "minor"])
    hand.move(days=3)
    world.report(first)
    world.decide(fresh(first), "closed", "closed", "returned")
    reviewing.reopen(
        actor=world.office, notice_id=relapsed.pk, item_ids=[relapsed.findings.order_by("number")[0].pk], reason="反弹"
    )
    hand.move(days=1)
    world.issued(["moderate"])
    return world


def recounted(since: dt.date, until: dt.date) -> dict[str, Any]:
    """From steps of notices and findings and from raw reports, without any row's present state but the deadline."""
    out: dict[str, Any] = dict.fromkeys(("issued", "on_time", "late", "waiting", "closed", "reopened"), 0)
    days = []
    for item in NoticeFinding.objects.all():
        steps = {
            each.action: clock.local_date(each.at) for each in NoticeTransition.objects.filter(notice=item.notice_id)
        }
        if "issue" not in steps or "withdraw" in steps or not since <= steps["issue"] <= until:
            continue
        moves = list(FindingTransition.objects.filter(finding=item.finding_id).order_by("pk"))
        reports = RectificationReport.objects.filter(notice=item.notice_id, parts__item=item).order_by("-pk")
        out["issued"] += 1
        out["reopened"] += any(move.before == "closed" for move in moves)
        if moves[-1].after == "closed":
            out["closed"] += 1
            days.append((clock.local_date(moves[-1].at) - steps["issue"]).days)
        if moves[-1].after in ("closed", "reported"):
            part = reports[0].parts.get(item=item)
            assert part.due_on is not None
            in_time = clock.local_date(reports[0].received_at) <= part.due_on
            out["on_time" if in_time else "late"] += 1
        else:
            assert item.due_on is not None
            out["late" if clock.today() > item.due_on else "waiting"] += 1
    return out | {"median_days": median(days) if days else None}


def test_the_figures_are_those_of_an_independent_recount(term: World) -> None:
    client, until = term.cast.client(term.person(Role.OFFICE)), clock.today()
    since = until - dt.timedelta(days=10)
    told = client.get(PROGRESS, {"since": since.isoformat(), "until": until.isoformat()}).json()
    assert told["total"] == recounted(since, until)
    assert (told["total"]["issued"], told["total"]["closed"], told["total"]["reopened"]) == (8, 3, 1)
    for by in ("teams", "districts", "categories"):
        for name in ("issued", "on_time", "late", "waiting", "closed", "reopened"):
            assert sum(part[name] for part in told[by]) == told["total"][name]
    assert sorted(part["issued"] for part in told["teams"]) == [2, 6]
    longer = client.get(PROGRESS).json()
    assert longer["total"] == recounted(until - dt.timedelta(days=180), until)
    assert longer["total"]["issued"] == 9


@pytest.mark.parametrize(
    "query",
    [{"since": "2026-12-01", "until": "2026-11-01"}, {"since": "2025-01-01", "until": "2026-11-01"}, {"since": "x"}],
)
def test_a_span_that_cannot_be_is_refused(query: dict[str, str], world: World) -> None:
    assert world.cast.client(world.person(Role.OFFICE)).get(PROGRESS, query).status_code == 400


def test_nobody_else_is_told(world: World) -> None:
    for role in (Role.INSPECTOR, Role.TEAM_LEADER, Role.SCHOOL_LIAISON):
        assert world.cast.client(world.cast.person(role)).get(PROGRESS).status_code == 403
