"""What a transaction holds in memory: an attempt that fails leaves no trace, and nobody sees less than was done."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.core import clock
from backend.core.actor import system
from backend.journal import upkeep
from backend.journal.models import AuditLine, FeedRow, Grant, Scope
from backend.journal.rows import Batch
from backend.journal.writing import Change, write
from tests.fixtures.phones import Probe

pytestmark = pytest.mark.django_db

ME = system(1)


class Notebook:
    """Grants that are made in memory and written once."""

    tables: ClassVar[frozenset[str]] = frozenset({Grant._meta.db_table})

    def __init__(self) -> None:
        self.users: tuple[int, ...] = ()
        self.unwritten: tuple[int, ...] = ()
        self.forgotten = False

    def add(self, user: int) -> None:
        self.users += (user,)
        self.unwritten += (user,)

    def mark(self) -> Any:
        return self.users, self.unwritten, self.forgotten

    def back_to(self, mark: Any) -> None:
        self.users, self.unwritten, self.forgotten = mark

    def save(self, batch: Batch) -> None:
        now = clock.now()
        batch.insert([Grant(county_id=1, user_id=user, scope="crew:a", starts_at=now) for user in self.unwritten])
        self.unwritten = ()

    def forget(self) -> None:
        self.forgotten = True


class Refused(Exception):
    pass


def notebook(change: Change) -> Notebook:
    return change.hold("notebook", Notebook)


@contextmanager
def failing() -> Iterator[None]:
    with suppress(Refused), write(actor=ME):
        yield
        raise Refused


def granted() -> list[int]:
    return sorted(Grant.objects.values_list("user_id", flat=True))


def statements(run: Any) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        run()
    return [query["sql"] for query in seen.captured_queries]


def test_what_is_held_is_written_once_at_the_end() -> None:
    def work() -> None:
        with write(actor=ME) as change:
            for user in range(20):
                with write(actor=ME):
                    notebook(change).add(user)

    # SAVEPOINT and RELEASE are the test's own transaction.
    assert len([text for text in statements(work) if "SAVEPOINT" not in text]) <= 2
    assert granted() == list(range(20))


def test_an_attempt_that_fails_takes_back_what_it_did_in_memory() -> None:
    with write(actor=ME) as change:
        notebook(change).add(1)
        with failing():
            notebook(change).add(2)
        with write(actor=ME):
            notebook(change).add(3)
    assert granted() == [1, 3]


def test_what_was_first_held_in_a_failed_attempt_is_not_held_any_longer() -> None:
    with write(actor=ME) as change:
        with failing():
            notebook(change).add(2)
        assert change.held(Notebook) == []
    assert granted() == []


def test_whoever_reads_the_tables_sees_what_is_held() -> None:
    with write(actor=ME) as change:
        notebook(change).add(1)
        assert granted() == [1]
        notebook(change).add(2)
        assert granted() == [1, 2]


def test_what_was_written_for_a_reader_inside_a_failed_attempt_is_written_again() -> None:
    with write(actor=ME) as change:
        notebook(change).add(1)
        with failing():
            notebook(change).add(2)
            assert granted() == [1, 2]
        assert granted() == [1]
    assert granted() == [1]


def test_whoever_changes_the_tables_makes_what_is_held_be_forgotten() -> None:
    with write(actor=ME) as change:
        book = notebook(change)
        book.add(1)
        Grant.objects.filter(user_id=1).update(user_id=7)
        assert (book.forgotten, notebook(change) is book) == (True, False)
    assert granted() == [7]


def test_a_forgotten_thing_is_held_again_when_the_attempt_that_changed_the_tables_fails() -> None:
    with write(actor=ME) as change:
        book = notebook(change)
        book.add(1)
        with failing():
            Grant.objects.filter(user_id=1).update(user_id=7)
        assert (book.forgotten, notebook(change) is book) == (False, True)
    assert granted() == [1]


def test_rows_written_by_a_failed_attempt_are_gone_and_those_of_its_neighbours_stay() -> None:
    with write(actor=ME) as change:
        Scope.objects.create(name="crew:before", county_id=1)
        with failing():
            Scope.objects.create(name="crew:failed", county_id=1)
            with write(actor=ME):
                Scope.objects.create(name="crew:inner", county_id=1)
        with write(actor=ME):
            Scope.objects.create(name="crew:after", county_id=1)
            with failing():
                Scope.objects.create(name="crew:failed", county_id=1)
        change.log("x", _Subject())
    assert sorted(Scope.objects.values_list("name", flat=True)) == ["crew:after", "crew:before"]
    assert AuditLine.objects.count() == 1


def test_what_waits_to_be_written_survives_the_failure_of_a_neighbour() -> None:
    with write(actor=ME) as change:
        change.batch.insert([Grant(county_id=1, user_id=1, scope="crew:a", starts_at=clock.now())])
        change.put(Probe("a", "crew:a", 7))
        change.number()
        with failing():
            change.batch.insert([Grant(county_id=1, user_id=2, scope="crew:a", starts_at=clock.now())])
            change.flush()
        change.put(Probe("b", "crew:a", 8))
    assert granted() == [1]
    assert list(FeedRow.objects.order_by("seq").values_list("seq", "object_id")) == [(1, "a"), (2, "b")]
    assert upkeep.verify(repair=False).wrong_sums == []


def test_lines_written_early_by_a_failed_attempt_are_not_lost() -> None:
    with write(actor=ME) as change:
        change.log("before", _Subject())
        with failing():
            change.log("inside", _Subject())
            change.flush()
        change.log("after", _Subject())
    assert list(AuditLine.objects.order_by("pk").values_list("verb", flat=True)) == ["before", "after"]


class _Subject:
    journal_kind, journal_id = "probe", "a"
