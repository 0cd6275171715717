"""How far back the sweeper looks for what was never judged."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DataError, connection
from django.db.models import QuerySet

from backend.core import clock
from backend.core.ids import uuid7
from backend.sync.models import Operation, SweepMark, Verdict
from backend.sync.models.verdict import Status
from backend.sync.services import sweeping
from backend.sync.services.reviewable import open_operations
from backend.sync.services.sweeping import sweep
from tests.fixtures.phones import Phone
from tests.fixtures.visits import Fieldwork

A_WHILE = dt.timedelta(minutes=10)


class Custody:
    """Operations that a crash left without a verdict."""

    def __init__(self, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
        self.phone, self.monkeypatch = phone, monkeypatch

    def take(self, received_at: dt.datetime) -> uuid.UUID:
        def crash(*_: object, **__: object) -> None:
            raise SystemError("power cut")

        op = self.phone.op("answer.set", uuid7(), {"answers": {"TY-01": {"value": "yes"}}})
        with self.monkeypatch.context() as patched:
            patched.setattr("backend.sync.services.push.judge", crash)
            assert self.phone.push(op)["results"][0]["status"] == "error"
        Operation.objects.filter(pk=op["op"]).update(received_at=received_at)
        return uuid.UUID(op["op"])


@pytest.fixture
def custody(phone: Phone, fieldwork: Fieldwork, monkeypatch: pytest.MonkeyPatch) -> Custody:
    return Custody(phone, monkeypatch)


def judged() -> set[uuid.UUID]:
    return set(Verdict.objects.values_list("pk", flat=True))


def test_it_looks_at_what_came_since_all_was_judged_and_once_a_day_at_everything(custody: Custody) -> None:
    now = clock.now()
    seen, hidden = custody.take(now), custody.take(now)
    with clock.fixed(now) as hand:
        Operation.objects.update(received_at=now + dt.timedelta(days=1))
        assert sweep() == 0
        mark = SweepMark.objects.get()
        assert (mark.judged_to, mark.whole_at) == (now - A_WHILE, now)
        Operation.objects.filter(pk=seen).update(received_at=now - A_WHILE)  # its transaction ended long after that
        Operation.objects.filter(pk=hidden).update(received_at=now - A_WHILE - dt.timedelta(seconds=1))
        assert (sweep(), judged()) == (1, {seen})
        hand.move(hours=23, minutes=59)
        assert (sweep(), judged()) == (0, {seen})
        hand.move(minutes=1)
        assert (sweep(), judged()) == (1, {seen, hidden})


def test_it_goes_on_from_the_oldest_operation_without_a_verdict(
    custody: Custody, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    first = now - dt.timedelta(hours=5)
    for place in range(5):
        custody.take(first + place * 2 * A_WHILE)
    monkeypatch.setattr("backend.sync.services.sweeping.BATCH", 2)
    with clock.fixed(now):
        for steps, tried in ((0, 2), (4, 2), (8, 1)):
            assert sweep() == tried
            assert SweepMark.objects.get().judged_to == first + steps * A_WHILE
        assert sweep() == 0
        assert SweepMark.objects.get().judged_to == now - A_WHILE


def test_a_clock_that_was_put_back_hides_nothing_from_it(custody: Custody) -> None:
    now = clock.now()
    with clock.fixed(now + dt.timedelta(days=2)):
        assert sweep() == 0
    custody.take(now - dt.timedelta(hours=1))
    with clock.fixed(now):
        assert sweep() == 1


def test_what_the_database_refuses_to_judge_becomes_an_error_that_people_see_and_is_tried_again(
    custody: Custody, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise DataError("no such value")

    now = clock.now()
    custody.take(now)
    with clock.fixed(now) as hand:
        with monkeypatch.context() as patched:
            patched.setattr("backend.sync.services.judging._sit", refuse)
            hand.move(minutes=5)
            assert (sweep(), judged()) == (1, set())
            hand.move(minutes=6)
            assert sweep() == 1
            assert (Verdict.objects.get().status, Verdict.objects.get().tries) == ("error", 1)
        hand.move(minutes=2)
        assert sweep() == 1
    assert (Verdict.objects.get().status, Verdict.objects.get().tries) == ("held", 2)


QUESTIONS: dict[str, tuple[Callable[[], QuerySet[Any]], str]] = {
    "what came since the mark": (
        lambda: Operation.objects.filter(
            verdict__isnull=True, received_at__gte=clock.now() - A_WHILE, received_at__lt=clock.now()
        ).order_by("received_at"),
        "operation_by_time",
    ),
    "what failed": (lambda: sweeping.undecided(Status.ERROR).order_by("looked_at"), "verdict_open"),
    "what is held": (lambda: sweeping.undecided(Status.HELD).order_by("looked_at"), "verdict_open"),
    "what is on the desk": (lambda: open_operations().order_by("received_at"), "verdict_open"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("question", QUESTIONS)
def test_what_is_asked_every_minute_is_answered_by_an_index(question: str) -> None:
    """Never by a look at all operations or verdicts, of which there are millions."""
    rows, index = QUESTIONS[question]
    if connection.vendor == "postgresql":  # for a handful of rows it would not use any
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert index in rows()[:200].explain()
