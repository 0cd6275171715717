"""Pull: what a phone may see, exactly (protocol, Pull)."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from backend.accounts.models import User
from backend.core import clock, codec
from backend.core.actor import Actor
from backend.journal.models import Scope
from backend.journal.writing import write
from backend.sync.services.pull import pull
from backend.sync.wire import PullIn
from tests.fixtures.people import Cast
from tests.fixtures.phones import Phone, Probe

Grant = Callable[..., None]


@pytest.fixture
def actor(cast: Cast, inspector: User) -> Actor:
    return cast.actor(inspector)


def put(actor: Actor, object_id: str, scope: str = "crew:a", value: int = 0) -> None:
    with write(actor=actor) as change:
        change.put(Probe(object_id, scope, value))


def remove(actor: Actor, object_id: str) -> None:
    with write(actor=actor) as change:
        change.remove(Probe(object_id, "", 0))


def test_documents_arrive_with_their_revision(phone: Phone, actor: Actor, grant: Grant, inspector: User) -> None:
    grant(inspector, "crew:a")
    put(actor, "one", value=1)
    phone.pull()
    assert phone.rows["probe", "one"] == ("crew:a", {"rev": 1, "value": 1})
    put(actor, "one", value=2)
    phone.pull()
    assert phone.rows["probe", "one"] == ("crew:a", {"rev": 2, "value": 2})


def test_an_unchanged_document_is_not_sent_again(phone: Phone, actor: Actor, grant: Grant, inspector: User) -> None:
    grant(inspector, "crew:a")
    put(actor, "one", value=1)
    phone.pull()
    put(actor, "one", value=1)
    assert phone.pull_page().json()["rows"] == []


def test_small_pages_reach_the_same_point(phone: Phone, second_phone: Phone, actor: Actor, grant: Grant) -> None:
    user = User.objects.get(pk=actor.person)
    for scope in ("crew:a", "crew:b", "crew:c"):
        grant(user, scope)
        for number in range(7):
            put(actor, f"{scope}-{number}", scope, number)
    remove(actor, "crew:b-3")
    phone.pull(limit=2)
    second_phone.pull()
    assert len(phone.documents("probe")) == 20
    assert phone.rows == second_phone.rows
    assert phone.sums == second_phone.sums


def test_sums_are_what_the_phone_computes(phone: Phone, actor: Actor, grant: Grant, inspector: User) -> None:
    grant(inspector, "crew:a")
    for number in range(5):
        put(actor, f"p{number}", value=number)
    remove(actor, "p2")
    put(actor, "p1", value=11)
    phone.pull()
    assert phone.sums["crew:a"] == phone.sum_of("crew:a")


def test_a_phone_with_another_sum_gets_the_scope_again(
    phone: Phone, actor: Actor, grant: Grant, inspector: User
) -> None:
    grant(inspector, "crew:a")
    put(actor, "one", value=1)
    phone.pull()
    phone.rows.clear()
    phone.sums["crew:a"] = phone.sum_of("crew:a")
    page = phone.pull_page().json()
    assert page["reset"] == ["crew:a"]
    phone.apply(page)
    assert phone.documents("probe") == {"one": {"rev": 1, "value": 1}}


def test_a_phone_that_is_merely_behind_is_not_reset(phone: Phone, actor: Actor, grant: Grant, inspector: User) -> None:
    grant(inspector, "crew:a")
    put(actor, "one")
    phone.pull()
    put(actor, "two")
    page = phone.pull_page().json()
    assert (page["reset"], len(page["rows"])) == ([], 1)


def test_a_removed_document_leaves_the_phone(phone: Phone, actor: Actor, grant: Grant, inspector: User) -> None:
    grant(inspector, "crew:a")
    put(actor, "one")
    phone.pull()
    remove(actor, "one")
    page = phone.pull_page().json()
    assert page["rows"] == [["crew:a", "probe", "one", None]]


def test_from_the_beginning_no_tombstones_are_sent(phone: Phone, actor: Actor, grant: Grant, inspector: User) -> None:
    grant(inspector, "crew:a")
    put(actor, "one")
    remove(actor, "one")
    assert phone.pull_page().json()["rows"] == []


def test_a_lost_scope_is_dropped_and_a_gained_one_comes_whole(
    phone: Phone, actor: Actor, grant: Grant, inspector: User
) -> None:
    grant(inspector, "crew:a")
    put(actor, "one", "crew:a")
    put(actor, "two", "crew:b")
    phone.pull()
    with write(actor=actor) as change:
        change.end_grant(inspector.pk, "crew:a")
        change.grant(inspector.pk, "crew:b")
    page = phone.pull_page().json()
    assert page["drop"] == ["crew:a"]
    phone.apply(page)
    assert phone.documents("probe") == {"two": {"rev": 1, "value": 0}}


def test_an_object_that_moves_between_scopes_is_kept_in_either_order(
    phone: Phone, actor: Actor, grant: Grant, inspector: User
) -> None:
    for scope in ("crew:a", "crew:b"):
        grant(inspector, scope)
        put(actor, f"ballast-{scope}", scope)
    put(actor, "one", "crew:b")
    phone.pull()
    for scope in ("crew:a", "crew:b"):
        put(actor, "one", scope, value=7)
        phone.pull()
        assert phone.rows["probe", "one"][0] == scope
        assert phone.sums == {name: phone.sum_of(name) for name in phone.sums}


def test_grants_hold_from_their_beginning_to_their_end(
    phone: Phone, actor: Actor, grant: Grant, inspector: User
) -> None:
    with clock.fixed(clock.now()) as hand:
        start = clock.now() + dt.timedelta(minutes=3)
        grant(inspector, "crew:a", starts_at=start, ends_at=start + dt.timedelta(minutes=3))
        put(actor, "one")
        for moment, held in ((clock.now(), 0), (start, 1), (start + dt.timedelta(minutes=3), 0)):
            hand.set(moment)
            phone.pull()
            assert len(phone.documents("probe")) == held


def test_a_risen_floor_sends_the_scope_again(phone: Phone, actor: Actor, grant: Grant, inspector: User) -> None:
    grant(inspector, "crew:a")
    put(actor, "one")
    phone.pull()
    put(actor, "two")
    with write(actor=actor):
        Scope.objects.filter(name="crew:a").update(floor=2)
    page = phone.pull_page().json()
    assert page["reset"] == ["crew:a"]
    assert len(page["rows"]) == 2


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "A" * 400, "密钥"])
def test_a_forged_cursor_means_another_epoch(phone: Phone, cursor: str) -> None:
    phone.cursor = cursor
    answer = phone.pull_page()
    assert (answer.status_code, answer.json()["code"]) == (409, "epoch")


def test_a_cursor_is_good_for_one_person(phone: Phone, cast: Cast) -> None:
    phone.pull()
    other = Phone(cast.client(cast.person("inspector")), cursor=phone.cursor)
    assert other.pull_page().json()["code"] == "epoch"


def test_old_clients_must_update_before_they_pull(phone: Phone) -> None:
    answer = phone.client.post_json("/api/v1/sync/pull", {}, HTTP_SYNC_SCHEMA="0")
    assert (answer.status_code, answer.json()["code"], answer.json()["min_schema"]) == (426, "upgrade", 1)


@pytest.mark.parametrize("body", [{"limit": 0}, {"limit": "x"}, {"cursor": 7}, {"csum": []}, {"csum": {"a": 1}}])
def test_broken_pulls_are_told_so(phone: Phone, body: dict[str, object]) -> None:
    answer = phone.client.post_json("/api/v1/sync/pull", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_somebody_who_reads_very_many_scopes_gets_them_all(phone: Phone, actor: Actor) -> None:
    with write(actor=actor) as change:
        for number in range(1300):
            change.grant(actor.person, f"crew:{number}")
            change.put(Probe(f"p{number}", f"crew:{number}", number))
    phone.pull(limit=700)
    assert phone.documents("probe") == {f"p{number}": {"rev": 1, "value": number} for number in range(1300)}


def test_a_scope_larger_than_a_page_comes_in_order_between_others(phone: Phone, actor: Actor, grant: Grant) -> None:
    user = User.objects.get(pk=actor.person)
    for scope, count in (("crew:a", 2), ("crew:b", 9), ("crew:c", 3)):
        grant(user, scope)
        for number in range(count):
            put(actor, f"{scope}-{number}", scope, 1)
            put(actor, f"{scope}-{number}", scope, 2)
    pages, more = [], True
    while more:
        page = phone.pull_page(limit=4).json()
        phone.apply(page)
        pages.append([row[2].rpartition(":")[2] for row in page["rows"]])
        more = page["more"]
    assert pages == [
        ["a-0", "a-1", "b-0", "b-1"],
        ["b-2", "b-3", "b-4", "b-5"],
        ["b-6", "b-7", "b-8", "c-0"],
        ["c-1", "c-2"],
    ]


def test_a_phone_that_lacks_nothing_costs_two_statements(
    phone: Phone, actor: Actor, grant: Grant, django_assert_num_queries: Callable[..., AbstractContextManager[None]]
) -> None:
    for number in range(20):
        grant(User.objects.get(pk=actor.person), f"crew:{number}")
        put(actor, f"p{number}", f"crew:{number}")
    phone.pull()
    with django_assert_num_queries(2):  # the epoch, and where all scopes stand
        page = codec.loads(pull(actor, PullIn(cursor=phone.cursor, csum=phone.sums)).body)
    assert (page["rows"], page["more"], page["csum"]) == ([], False, phone.sums)
