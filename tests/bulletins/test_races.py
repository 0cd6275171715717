"""Two people at once, over real connections: no number twice, none missing, no issue signed twice."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from backend.accounts.roles import Role
from backend.bulletins.models import Bulletin, BulletinNumber, BulletinTransition
from backend.bulletins.services import compiling, editing, signing
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict
from tests.bulletins.records import MARCH, NEXT, at
from tests.fixtures.people import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], object]) -> list[str]:
    """Run each in a thread of its own, all starting together; the codes of their refusals, "" for success."""
    gate, ends = threading.Barrier(len(works)), list[str]()

    def run(work: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            work()
            ends.append("")
        except Conflict as fault:
            ends.append(fault.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return sorted(ends)


@pytest.fixture
def people(hand: clock.Hand) -> tuple[Actor, Actor, Actor]:
    """One of the office, two of the leadership; both halves of March are over."""
    hand.set(at(1, month=4))
    cast = Cast()
    cast.county()
    office, *signers = (cast.actor(cast.person(role)) for role in (Role.OFFICE, Role.LEADERSHIP, Role.LEADERSHIP))
    return office, signers[0], signers[1]


def reviewed(office: Actor, start: dt.date) -> Bulletin:
    bulletin = compiling.compile(actor=office, period_start=start)
    return editing.review(actor=office, bulletin_id=bulletin.pk)


def test_two_issues_signed_at_once_get_two_numbers(people: tuple[Actor, Actor, Actor]) -> None:
    office, first, second = people
    issues = [reviewed(office, start) for start in (MARCH, NEXT)]
    ends = at_once(
        lambda: signing.sign(actor=first, bulletin_id=issues[0].pk),
        lambda: signing.sign(actor=second, bulletin_id=issues[1].pk),
    )
    assert ends == ["", ""]
    rows = Bulletin.objects.values_list("issue_number", "total_issue_number")
    assert sorted(rows) == [(1, 1), (2, 2)]
    assert set(BulletinNumber.objects.values_list("year", "last")) == {(0, 2), (2026, 2)}


def test_one_issue_signed_by_two_at_once_is_signed_once(people: tuple[Actor, Actor, Actor]) -> None:
    office, first, second = people
    issue = reviewed(office, MARCH)
    ends = at_once(
        lambda: signing.sign(actor=first, bulletin_id=issue.pk),
        lambda: signing.sign(actor=second, bulletin_id=issue.pk),
    )
    assert ends[0] == ""
    assert ends[1] in ("bad_state", "signed_elsewhere")
    signed = Bulletin.objects.get()
    assert (signed.state, signed.issue_number, signed.total_issue_number) == ("signed", 1, 1)
    assert BulletinTransition.objects.filter(action="sign").count() == 1
    assert signing.rebuild(bulletin=signed).sha256 == signed.pdf_sha256
