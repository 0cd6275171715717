"""The one write path: all of it happens or none (architecture, journal)."""

import threading
from typing import Any

import pytest
from django.db import connection

from backend.accounts.models import User
from backend.core import clock
from backend.core.actor import Actor, system
from backend.journal import grants, upkeep
from backend.journal.models import AuditLine, FeedRow, Grant, Outbox, Scope
from backend.journal.models.feed import digest
from backend.journal.signals import changes_committed
from backend.journal.writing import active, write
from tests.fixtures.guard import WriteOutsideJournal
from tests.fixtures.people import Cast
from tests.fixtures.phones import Probe

ME = system(1)


@pytest.fixture
def heard() -> Any:
    """What `changes_committed` said."""
    said: list[tuple[tuple[str, ...], bool]] = []

    def hear(sender: Any, scopes: tuple[str, ...], told: bool, **_: Any) -> None:
        said.append((scopes, told))

    changes_committed.connect(hear)
    yield said
    changes_committed.disconnect(hear)


@pytest.mark.django_db
def test_a_change_leaves_feed_audit_and_outbox_together() -> None:
    probe = Probe("a", "crew:1", 7)
    with write(actor=ME) as change:
        change.put(probe)
        change.log("probe.put", probe, value=7)
        change.tell("probe.put", [5, 3, 5], probe)
    row = FeedRow.objects.select_related("scope").get()
    assert (row.scope.name, row.seq, row.rev, row.document) == ("crew:1", 1, 1, '{"rev":1,"value":7}')
    line = AuditLine.objects.get()
    assert (line.actor_name, line.verb, line.kind, line.object_id, line.detail) == (
        "系统",
        "probe.put",
        "probe",
        "a",
        {"value": 7},
    )
    assert list(Outbox.objects.order_by("pk").values_list("recipient_id", flat=True)) == [3, 5]


def fail_after(*probes: Probe) -> None:
    """A write that does everything a write can do, and then fails."""
    with write(actor=ME) as change:
        for probe in probes:
            change.put(probe)
            change.log("probe.put", probe)
            change.tell("probe.put", [1], probe)
        change.grant(1, "crew:1")
        raise ZeroDivisionError


@pytest.mark.django_db
def test_a_failure_leaves_nothing() -> None:
    with pytest.raises(ZeroDivisionError):
        fail_after(Probe("a", "crew:1", 7))
    assert not FeedRow.objects.exists()
    assert not AuditLine.objects.exists()
    assert not Grant.objects.exists()
    assert not active()


@pytest.mark.django_db
def test_an_object_put_several_times_is_stored_once_as_it_is_at_the_end() -> None:
    probe = Probe("a", "crew:1", 1)
    with write(actor=ME) as change:
        change.put(probe)
        probe.value = 2
        change.put(probe)
        probe.value = 3
    row = FeedRow.objects.get()
    assert (row.seq, row.rev, row.document) == (1, 1, '{"rev":1,"value":3}')
    assert change.revs == {("probe", "a"): 1}


@pytest.mark.django_db
def test_a_failed_inner_write_undoes_only_itself() -> None:
    with write(actor=ME) as outer:
        outer.put(Probe("kept", "crew:1", 1))
        with pytest.raises(ZeroDivisionError):
            fail_after(Probe("gone", "crew:1", 1), Probe("kept", "crew:1", 99))
        with write(actor=ME) as inner:
            inner.put(Probe("too", "crew:1", 1))
    documents = dict(FeedRow.objects.values_list("object_id", "document"))
    assert documents == {"kept": '{"rev":1,"value":1}', "too": '{"rev":1,"value":1}'}
    assert not AuditLine.objects.exists()
    assert not Outbox.objects.exists()
    assert not Grant.objects.exists()


@pytest.mark.django_db
def test_an_inner_write_logs_its_own_actor() -> None:
    other = Actor(9, 1, "督查员甲")
    with write(actor=ME) as change, write(actor=other) as inner:
        inner.log("inner", Probe("a", "crew:1", 1))
    with write(actor=ME) as change:
        change.log("outer", Probe("a", "crew:1", 1))
    assert dict(AuditLine.objects.values_list("verb", "actor_name")) == {"inner": "督查员甲", "outer": "系统"}


@pytest.mark.django_db
def test_the_sum_of_a_scope_is_that_of_its_live_rows() -> None:
    for step in range(40):
        with write(actor=ME) as change:
            probe = Probe(f"p{step * 7 % 10}", f"crew:{step % 3}", step)
            change.remove(probe) if step % 5 == 4 else change.put(probe)
    for scope in Scope.objects.all():
        live = FeedRow.objects.filter(scope=scope, document__isnull=False)
        total = sum(digest(row.kind, row.object_id, row.rev) for row in live) % 2**64
        assert scope.csum_text == f"{total:016x}"
        assert scope.head == max(FeedRow.objects.filter(scope=scope).values_list("seq", flat=True))


@pytest.mark.django_db
def test_a_moved_object_lives_in_one_scope_and_keeps_counting() -> None:
    for scope in ("crew:1", "target:1", "crew:1"):
        with write(actor=ME) as change:
            change.put(Probe("a", scope, 1))
    live = FeedRow.objects.filter(document__isnull=False).select_related("scope").get()
    assert (live.scope.name, live.rev) == ("crew:1", 3)


@pytest.mark.django_db(transaction=True)
def test_the_signal_names_what_was_touched_after_commit_and_never_before(heard: Any) -> None:
    with write(actor=ME) as change:
        change.put(Probe("b", "crew:2", 1))
        change.put(Probe("a", "crew:1", 1))
        change.tell("x", [4], Probe("a", "crew:1", 1))
        assert heard == []
    assert heard == [(("crew:1", "crew:2"), True)]


@pytest.mark.django_db(transaction=True)
def test_a_failing_listener_never_fails_the_write() -> None:
    def fail(sender: Any, **_: Any) -> None:
        raise RuntimeError("channel layer is down")

    changes_committed.connect(fail)
    try:
        with write(actor=ME) as change:
            change.put(Probe("a", "crew:1", 1))
    finally:
        changes_committed.disconnect(fail)
    assert FeedRow.objects.count() == 1


@pytest.mark.django_db
def test_writing_outside_the_journal_is_caught() -> None:
    with pytest.raises(WriteOutsideJournal):
        Grant.objects.create(county_id=1, user_id=1, scope="crew:1", starts_at=clock.now())


@pytest.mark.django_db
def test_audit_lines_are_never_changed() -> None:
    with write(actor=ME) as change:
        change.log("x", Probe("a", "crew:1", 1))
    line = AuditLine.objects.get()
    with pytest.raises(TypeError):
        line.save()
    with pytest.raises(TypeError):
        line.delete()


@pytest.mark.django_db
def test_grants_are_dated(cast: Cast, inspector: User) -> None:
    with clock.fixed(clock.now()) as hand:
        start = clock.now()
        with write(actor=system(inspector.county_id or 0)) as change:
            change.grant(inspector.pk, "crew:1")
            hand.move(hours=1)
            change.end_grant(inspector.pk, "crew:1")
        assert grants.may_read(inspector.pk, "crew:1", start)
        assert not grants.may_read(inspector.pk, "crew:1")
        assert grants.was_ever_granted(inspector.pk, "crew:1")
        assert not grants.was_ever_granted(inspector.pk, "crew:2")


@pytest.mark.django_db(transaction=True)
def test_numbers_of_a_scope_have_no_gaps_under_parallel_writers() -> None:
    def work(name: int) -> None:
        try:
            for step in range(10):
                with write(actor=ME) as change:
                    for scope in ("crew:b", "crew:a") if step % 2 else ("crew:a", "crew:b"):
                        change.put(Probe(f"{scope}-{name}-{step}", scope, step))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for scope in Scope.objects.all():
        numbers = FeedRow.objects.filter(scope=scope).order_by("seq").values_list("seq", flat=True)
        assert list(numbers) == list(range(1, 41))


@pytest.mark.django_db(transaction=True)
def test_an_object_put_by_many_at_once_counts_every_revision_and_leaves_a_true_sum() -> None:
    """Also where nobody locks the object itself: what was read before the scope's lock may be old."""
    gate = threading.Barrier(4)
    with write(actor=ME) as change:
        change.put(Probe("a", "crew:1", -1))

    def work(name: int) -> None:
        try:
            gate.wait(10)
            for step in range(10):
                with write(actor=ME) as change:
                    change.put(Probe("a", "crew:1", name * 100 + step))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row = FeedRow.objects.select_related("scope").get()
    assert (row.rev, row.seq, row.scope.head) == (41, 41, 41)
    assert upkeep.verify(repair=False).wrong_sums == []
