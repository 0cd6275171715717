"""Four schedulers at once, killed anywhere: no step of the ladder is taken twice, none is lost, no number is missing."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection

from backend.core import clock
from backend.journal.models import Outbox
from backend.notices.models import EscalationPaper, PaperCode, Reminder
from backend.notices.services import escalation_printing, ladder
from backend.notices.tasks import escalate
from tests.fixtures.rectification import World
from tests.notices.test_numbers import at_once

NOTICES = 5
STEPS = ("催办", "督办", "约谈", "通报")
KILLS = 6


def late(world: World, hand: clock.Hand) -> None:
    for _ in range(NOTICES):
        world.acknowledged(["serious"])
    hand.move(days=26)


def check(world: World) -> None:
    assert Counter(Reminder.objects.values_list("step", flat=True)) == dict.fromkeys(STEPS, NOTICES)
    assert Counter(EscalationPaper.objects.values_list("kind", "state")) == dict.fromkeys(
        [
            ("reminder", "issued"),
            ("supervised_order", "drafted"),
            ("admonition_talk", "drafted"),
            ("circular", "proposed"),
        ],
        NOTICES,
    )
    for kind in ("reminder", "circular"):
        serials = EscalationPaper.objects.filter(kind=kind).order_by("number_serial")
        assert list(serials.values_list("number_serial", flat=True)) == list(range(1, NOTICES + 1))
    told = Counter(Outbox.objects.values_list("kind", flat=True))
    assert (told["notice.overdue"], told["notice.proposal"]) == (NOTICES, NOTICES)
    assert told["notice.escalation"] == NOTICES * len(STEPS) * 2  # the office and leadership
    codes = PaperCode.objects.filter(subject_kind="escalation_paper", issued_at__isnull=False)
    assert codes.count() == 2 * NOTICES


def finish() -> None:
    """Turns of one scheduler, until there is nothing left to do."""
    while ladder.climb() or escalation_printing.print_waiting():
        pass


def scheduler() -> int:
    """A process of its own that works until nothing is left; its id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        finish()
        code = 0
    finally:
        os._exit(code)


def killed_after(child: int, seconds: float) -> bool:
    """Kill a scheduler wherever it is after `seconds`; whether it was still at work."""
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.django_db(transaction=True)
def test_four_schedulers_at_once_take_each_step_once(world: World, hand: clock.Hand, transactional_db: None) -> None:
    late(world, hand)
    work: list[Callable[[], object]] = [partial(finish)] * 4
    assert at_once(work) == [None] * 4
    check(world)
    assert escalate() == 0


@pytest.mark.django_db(transaction=True)
def test_schedulers_killed_anywhere_leave_every_step_taken_once(
    world: World, hand: clock.Hand, transactional_db: None
) -> None:
    late(world, hand)
    chance = random.Random()
    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()
    running = [scheduler() for _ in range(4)]
    for _ in range(KILLS):
        killed_after(running.pop(0), chance.uniform(0, 0.1))
        running.append(scheduler())
    assert {os.waitpid(child, 0)[1] for child in running} == {0}
    finish()
    check(world)
