"""Numbers of papers are consecutive, whatever happens at once or goes wrong in between."""

import datetime as dt
import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection

from backend.accounts.models import County
from backend.core import clock
from backend.core.actor import system
from backend.core.errors import Conflict
from backend.journal.writing import write
from backend.notices.models import RectificationNotice
from backend.notices.services import drafts, issuing, numbers
from tests.fixtures.people import Cast
from tests.fixtures.places import Places
from tests.fixtures.rectification import World, fresh


def taken(county: County, year: int = 2026, kind: str = "rectification_notice") -> int:
    with write(actor=system(county.pk)):
        return numbers.take(county_id=county.pk, kind=kind, year=year)


def test_each_county_kind_and_year_counts_for_itself(county: County, other_county: County) -> None:
    assert [taken(county), taken(county), taken(other_county), taken(county, 2027), taken(county, kind="close_out")] == [
        1, 2, 1, 1, 1,
    ]  # fmt: skip


def test_a_number_whose_transaction_fails_is_given_to_the_next(county: County) -> None:
    def lost() -> None:
        with write(actor=system(county.pk)):
            numbers.take(county_id=county.pk, kind="rectification_notice", year=2026)
            raise RuntimeError

    assert taken(county) == 1
    with pytest.raises(RuntimeError):
        lost()
    assert taken(county) == 2


def test_the_number_begins_with_the_countys_own_word(cast: Cast, places: Places, other_county: County) -> None:
    notice = World(cast, places, other_county).issued()
    assert notice.number == f"邻督整〔{notice.number_year}〕1号"


def test_a_withdrawn_number_is_never_used_again(world: World) -> None:
    first = world.issued()
    drafts.withdraw(actor=world.office, notice_id=first.pk, reason="误发")
    second = world.issued()
    assert (fresh(first).number_serial, second.number_serial) == (1, 2)


def test_a_crash_between_number_and_paper_costs_no_number(world: World) -> None:
    notice = world.reviewed()
    issuing._begin(world.leader, notice.pk)
    assert (fresh(notice).state, fresh(notice).number_serial) == ("reviewed", 1)
    assert issuing.issue(actor=world.leader, notice_id=notice.pk).number_serial == 1
    assert world.issued().number_serial == 2


def test_the_number_belongs_to_the_year_of_signing(world: World) -> None:
    with clock.fixed(dt.datetime(2026, 12, 31, 15, 59, tzinfo=dt.UTC)) as hand:
        assert world.issued().number == "云督整〔2026〕1号"
        hand.move(minutes=2)
        assert world.issued().number == "云督整〔2027〕1号"


def at_once(work: list[Callable[[], object]]) -> list[object]:
    """Run all of `work` in threads that start together; what each answered or raised."""
    barrier, out = threading.Barrier(len(work)), []

    def run(one: Callable[[], object]) -> None:
        try:
            barrier.wait(20)
            out.append(one())
        except Exception as fault:  # noqa: BLE001 -- handed to the test, which judges it
            out.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return out


@pytest.mark.django_db(transaction=True)
def test_issues_at_once_get_consecutive_numbers(world: World, transactional_db: None) -> None:
    signer, many = world.leader, {"postgresql": 64, "sqlite": 16}[connection.vendor]
    waiting = [world.reviewed().pk for _ in range(many)]
    out = at_once([partial(issuing.issue, actor=signer, notice_id=pk) for pk in waiting])
    assert [type(one) for one in out] == [RectificationNotice] * many
    serials = RectificationNotice.objects.order_by("number_serial").values_list("number_serial", flat=True)
    assert list(serials) == list(range(1, many + 1))
    assert set(RectificationNotice.objects.values_list("state", flat=True)) == {"delivered"}


@pytest.mark.django_db(transaction=True)
def test_one_notice_signed_by_two_at_once_is_issued_once(world: World, transactional_db: None) -> None:
    signer, notice = world.leader, world.reviewed()
    out = at_once([lambda: issuing.issue(actor=signer, notice_id=notice.pk)] * 2)
    assert sorted(type(one).__name__ for one in out) == ["Conflict", "RectificationNotice"]
    assert next(one.status for one in out if isinstance(one, Conflict)) == 409
    assert fresh(notice).number_serial == 1
    assert notice.transitions.filter(action="issue").count() == 1
