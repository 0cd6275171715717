"""The queue in front of the writers."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection

from backend.journal.turnstile import Turnstile, Yielding

WAIT = 10.0


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.mark.parametrize("places", [1, 2])
def test_no_more_than_its_places_are_inside_and_who_came_first_goes_first(places: int) -> None:
    turnstile, order, inside, most = Turnstile(places), list[int](), 0, 0
    for _ in range(places):
        turnstile.enter()

    def work(number: int) -> None:
        nonlocal inside, most
        turnstile.enter()
        inside += 1
        most = max(most, inside)
        order.append(number)
        time.sleep(0.01)
        inside -= 1
        turnstile.leave()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for number, thread in enumerate(threads):
        thread.start()
        until(lambda waiting=number + 1: len(turnstile._waiting) == waiting)  # type: ignore[misc]
    for _ in range(places):
        turnstile.leave()
    for thread in threads:
        thread.join(WAIT)
    assert (sorted(order), most) == (list(range(6)), places)
    assert places > 1 or order == list(range(6))


@pytest.mark.django_db(transaction=True)
def test_who_waits_holds_no_connection_that_a_reader_could_have() -> None:
    turnstile, held = Yielding(1), list[bool]()
    turnstile.enter()

    def work() -> None:
        connection.ensure_connection()
        held.append(connection.connection is not None)
        turnstile.enter()
        held.append(connection.connection is not None)
        turnstile.leave()

    thread = threading.Thread(target=work)
    thread.start()
    until(lambda: len(turnstile._waiting) == 1)
    turnstile.leave()
    thread.join(WAIT)
    assert held == [True, False]


@pytest.mark.django_db(transaction=True)
def test_who_need_not_wait_keeps_its_connection() -> None:
    turnstile = Yielding(1)
    connection.ensure_connection()
    turnstile.enter()
    assert connection.connection is not None
    turnstile.leave()
