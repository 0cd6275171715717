"""A small part of the demonstration term, played through the services and counted again."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest

from backend.accounts.hashers import DemoPasswordHasher
from backend.accounts.models import County
from backend.core import clock
from backend.core.errors import Conflict
from backend.desk.rules import story
from backend.desk.rules.term import HALVES, LAST_DAY
from backend.desk.selectors import term
from backend.desk.services.term import playing
from backend.desk.services.term.playing import Choice, Script
from backend.inspections.models import Answer, Evidence, Finding, Visit
from backend.journal import upkeep
from backend.journal.models import AuditLine, Outbox
from backend.notices.models import NoticeFinding, RectificationNotice
from backend.registry.services import demo

SECOND_OF_SEPTEMBER = 1
PART = Choice(halves=(SECOND_OF_SEPTEMBER,), teams=("T17", "ST8"))


@dataclass
class Played:
    county: int
    script: Script
    said: list[str]


@pytest.fixture
def demo_mode(settings: Any, quick_passwords: None) -> None:
    settings.DEMO = True
    settings.PASSWORD_HASHERS = [f"{DemoPasswordHasher.__module__}.{DemoPasswordHasher.__name__}"]


def play() -> Played:
    said: list[str] = []
    script = playing.load(seed="1", say=said.append, choice=PART)
    return Played(County.objects.get().pk, script, said)


@pytest.mark.once
@pytest.mark.django_db
def test_a_part_of_the_term_is_in_the_rows_as_it_was_planned(demo_mode: None) -> None:
    played = play()
    half, planned = HALVES[SECOND_OF_SEPTEMBER], story.tally(played.script.visits)
    counted = term.counted(played.county, half)
    assert (counted.visits, counted.findings, counted.on_spot) == tuple(
        planned[name] for name in ("visits", "findings", "on_spot")
    )
    assert counted.grades == {name: planned[name] for name in counted.grades}
    _check_bulletin(played, counted)
    _check_notices(played)
    _check_times(played)
    _check_volume(played)
    assert upkeep.verify(repair=False).wrong_documents == []
    with pytest.raises(Conflict) as refused:
        play()
    assert refused.value.code == "already_visited"
    assert Visit.objects.count() == planned["visits"]


def _check_bulletin(played: Played, counted: term.Counted) -> None:
    """What the signed issue says is what was counted without it."""
    told = term.printed(played.county, HALVES[SECOND_OF_SEPTEMBER])
    assert told["state"] == "published"
    assert (told["visits"], told["findings"], told["findings.on_spot"]) == (
        counted.visits,
        counted.findings,
        counted.on_spot,
    )
    assert {name: told[f"findings.severity.{name}"] for name in counted.grades} == counted.grades
    assert {grade: told[f"homework.grade.{grade}"] for grade in counted.homework} == counted.homework


def _check_notices(played: Played) -> None:
    """Each on its day, each finding with the deadline it was planned with."""
    planned = Counter((n.issued_on, part.finding.item, part.due_on) for n in played.script.notices for part in n.parts)
    rows = NoticeFinding.objects.exclude(notice__issued_at=None).values_list("notice__issued_at", "item_code", "due_on")
    assert Counter((clock.local_date(at), code, due_on) for at, code, due_on in rows if at) == planned
    closed = [n for n in played.script.notices if n.decided_on]
    assert RectificationNotice.objects.filter(state="closed").count() == len(closed)


def _check_times(played: Played) -> None:
    arrived = {visit.arrives for visit in played.script.visits}
    assert set(Visit.objects.values_list("submitted_at", flat=True)) == arrived
    assert not AuditLine.objects.filter(at__gt=clock.midnight(LAST_DAY + dt.timedelta(days=1))).exists()


def _check_volume(played: Played) -> None:
    """Load model of the demonstration: 60 to 110 answers a visit on the average; all bytes there; everybody told."""
    assert 60 <= Answer.objects.count() / len(played.script.visits) <= 110
    assert set(Evidence.objects.values_list("state", flat=True)) == {"verified"}
    assert set(Finding.objects.filter(rectified_on_spot=True).values_list("state", flat=True)) <= {"closed"}
    assert not Outbox.objects.filter(delivered_at__isnull=True).exists()


@pytest.mark.django_db
def test_a_county_founded_after_the_term_began_is_refused(demo_mode: None) -> None:
    with clock.fixed(clock.midnight(HALVES[-1].start)):
        demo.load()
    with pytest.raises(Conflict) as refused:
        play()
    assert refused.value.code == "founded_too_late"
