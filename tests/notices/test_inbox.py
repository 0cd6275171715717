"""The inbox: told once, numbered without gaps, silent to units about anything unannounced."""

import datetime as dt
import threading
import uuid
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import County, User
from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor, system
from backend.core.errors import NotFound
from backend.journal.models import AuditLine, FeedRow, Outbox
from backend.journal.writing import write
from backend.notices.models import InboxEntry
from backend.notices.services import inbox
from backend.notices.sync import ReadInbox, missed, read_inbox
from backend.sync.registry import Command
from tests.fixtures.people import Cast, Client

INBOX = "/api/v1/inbox"


def tell(county: County, kind: str, recipients: Iterable[User], **detail: Any) -> None:
    with write(actor=system(county.pk)) as change:
        change.tell(kind, [user.pk for user in recipients], county, **detail)


def entries(user: User) -> list[tuple[int, str, str]]:
    rows = InboxEntry.objects.filter(user_id=user.pk).order_by("seq")
    return list(rows.values_list("seq", "title", "body"))


def test_messages_arrive_in_order_and_are_numbered_from_one(county: County, office: User) -> None:
    tell(county, "notice.acknowledged", [office], unit="云川第1小学（演示）", number="云督整〔2026〕1号")
    tell(county, "visit.submitted", [office])
    assert inbox.deliver_waiting() == 2
    assert entries(office) == [
        (1, "整改通知书已签收", "云川第1小学（演示）已签收云督整〔2026〕1号。"),
        (2, "有检查记录待审核", "请打开督导系统查看。"),
    ]


def test_a_second_delivery_finds_nothing(county: County, office: User) -> None:
    tell(county, "visit.submitted", [office])
    assert [inbox.deliver_waiting(), inbox.deliver_waiting()] == [1, 0]
    assert len(entries(office)) == 1
    assert Outbox.objects.filter(delivered_at__isnull=True).count() == 0


def test_people_in_the_field_hear_only_that_there_is_a_task(county: County, inspector: User) -> None:
    for kind in ("assignment.released", "assignment.revealed", "plan.published", "draw.made"):
        tell(county, kind, [inspector], target="云川第1小学（演示）")
    inbox.deliver_waiting()
    assert {row[1:] for row in entries(inspector)} == {("您有新任务", "请打开督导应用查看。")}


def test_an_unknown_kind_is_told_in_a_neutral_sentence(county: County, office: User) -> None:
    tell(county, "something.new", [office], target="云川第1小学（演示）")
    inbox.deliver_waiting()
    assert entries(office) == [(1, "您有一条新消息", "请打开督导系统查看。")]


def test_a_sentence_with_missing_names_is_left_out(county: County, office: User) -> None:
    tell(county, "notice.acknowledged", [office])
    inbox.deliver_waiting()
    assert entries(office) == [(1, "整改通知书已签收", "")]


@pytest.mark.parametrize(
    "kind", ["assignment.released", "plan.published", "draw.made", "visit.submitted", "visit.alarm", "something.new"]
)
def test_a_unit_hears_nothing_of_what_is_not_for_units(
    kind: str, county: County, school_user: User, school_client: Client
) -> None:
    tell(county, kind, [school_user])
    assert inbox.deliver_waiting() == 1
    assert school_client.get(INBOX).json() == {"items": [], "next": None, "unread": 0, "last": 0}
    assert FeedRow.objects.filter(scope__name=school_user.scope).count() == 0
    assert AuditLine.objects.filter(verb="inbox.withheld").count() == 1


def test_who_lost_every_role_is_told_as_little_as_a_unit(county: County, cast: Cast) -> None:
    user = cast.person(Role.INSPECTOR)
    with write(actor=system(county.pk)):
        user.role_assignments.update(ends_at=clock.now() - dt.timedelta(minutes=1))
    tell(county, "assignment.released", [user])
    inbox.deliver_waiting()
    assert entries(user) == []


def test_the_inbox_document_lives_in_the_users_own_scope(county: County, inspector: User) -> None:
    tell(county, "visit.returned", [inspector])
    inbox.deliver_waiting()
    row = FeedRow.objects.get(kind="inbox")
    assert row.scope.name == f"user:{inspector.pk}"
    assert '"seq":1' in str(row.document)
    assert '"read":false' in str(row.document)


def test_listing_is_newest_first_and_pages_by_number(county: County, office: User, office_client: Client) -> None:
    for _ in range(3):
        tell(county, "visit.submitted", [office])
    inbox.deliver_waiting()
    first = office_client.get(INBOX, {"limit": 2}).json()
    second = office_client.get(INBOX, {"limit": 2, "after": first["next"]}).json()
    assert [row["seq"] for row in first["items"]] == [3, 2]
    assert [row["seq"] for row in second["items"]] == [1]
    assert (first["unread"], first["last"], second["next"]) == (3, 3, None)


def test_reading_counts_down_and_changes_the_document(county: County, office: User, office_client: Client) -> None:
    for _ in range(3):
        tell(county, "visit.submitted", [office])
    inbox.deliver_waiting()
    rows = office_client.get(INBOX).json()["items"]
    assert office_client.post_json(f"{INBOX}/read", {"ids": [rows[0]["id"]]}).json() == {"unread": 2, "last": 3}
    assert office_client.post_json(f"{INBOX}/read", {"upto": 2}).json() == {"unread": 0, "last": 3}
    assert office_client.get(INBOX, {"unread": "true"}).json()["items"] == []
    assert sorted(FeedRow.objects.filter(kind="inbox").values_list("rev", flat=True)) == [2, 2, 2]


def test_another_persons_message_is_not_there(county: County, office: User, inspector_client: Client) -> None:
    tell(county, "visit.submitted", [office])
    inbox.deliver_waiting()
    theirs = str(InboxEntry.objects.get().pk)
    answers = [inspector_client.post_json(f"{INBOX}/read", {"ids": [each]}) for each in (theirs, str(uuid.uuid4()))]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()
    assert inspector_client.get(INBOX).json()["items"] == []


@pytest.mark.parametrize("body", [{"ids": ["x"]}, {"upto": -1}, {"upto": 2**70}, {"ids": 7}])
def test_a_bad_body_is_told_so(body: dict[str, Any], office_client: Client) -> None:
    assert office_client.post_json(f"{INBOX}/read", body).status_code == 400


def command(actor: Actor, entry_id: str, upto: int | None = None) -> Command[ReadInbox]:
    return Command(actor, uuid.uuid4(), 1, entry_id, None, clock.now(), None, ReadInbox(upto))


def test_a_phone_marks_read_once_and_the_repeat_is_merged(county: County, cast: Cast, inspector: User) -> None:
    tell(county, "visit.returned", [inspector])
    inbox.deliver_waiting()
    actor, entry = cast.actor(inspector), str(InboxEntry.objects.get().pk)
    assert [read_inbox(command(actor, entry)).status for _ in range(2)] == ["applied", "merged"]


def test_a_phone_that_reads_anothers_message_is_held(county: County, cast: Cast, office: User, inspector: User) -> None:
    tell(county, "visit.submitted", [office])
    inbox.deliver_waiting()
    with pytest.raises(NotFound) as caught:
        read_inbox(command(cast.actor(inspector), str(InboxEntry.objects.get().pk)))
    assert caught.value.kind == "inbox"


def test_counties_are_numbered_and_delivered_apart(county: County, other_county: County, cast: Cast) -> None:
    here, there = cast.person(Role.OFFICE), cast.person(Role.OFFICE, county=other_county)
    tell(county, "visit.submitted", [here])
    tell(other_county, "visit.submitted", [there])
    assert inbox.deliver_waiting() == 2
    assert [InboxEntry.objects.get(user_id=user.pk).county_id for user in (here, there)] == [county.pk, other_county.pk]


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_the_same_queries_at_any_length(
    count: int, county: County, office: User, office_client: Client
) -> None:
    for _ in range(count):
        tell(county, "visit.submitted", [office])
    inbox.deliver_waiting()
    office_client.get(INBOX)
    with CaptureQueriesContext(connection) as queries:
        office_client.get(INBOX)
    assert len([q for q in queries if "notices_" in q["sql"]]) == 3


def test_after_commit_the_live_line_hears_number_and_unread(
    county: County, office: User, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[int, int, int]] = []
    monkeypatch.setattr(inbox, "_heralds", [lambda *message: heard.append(message)])
    tell(county, "visit.submitted", [office])
    tell(county, "visit.submitted", [office])
    with django_capture_on_commit_callbacks(execute=True):
        inbox.deliver_waiting()
    assert heard == [(office.pk, 2, 2)]


def in_threads(count: int, work: Callable[[], object]) -> list[object]:
    """Run `work` in `count` threads that start together; their answers, or the exception of the first that failed."""
    barrier, answers, faults = threading.Barrier(count), [], []

    def run() -> None:
        try:
            barrier.wait(10)
            answers.append(work())
        except Exception as fault:  # noqa: BLE001 -- handed on to the test below
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if faults:
        raise faults[0]
    return answers


@pytest.mark.django_db(transaction=True)
def test_two_racing_deliverers_deliver_everything_exactly_once(
    cast: Cast, county: County, transactional_db: None
) -> None:
    readers = [cast.person(Role.OFFICE) for _ in range(3)]
    for _ in range(40):
        tell(county, "visit.submitted", readers)

    def drain() -> int:
        return sum(iter(lambda: inbox.deliver_waiting(limit=7), 0))

    assert sum(int(str(moved)) for moved in in_threads(2, drain)) == 120
    for reader in readers:
        seqs = InboxEntry.objects.filter(user_id=reader.pk).order_by("seq").values_list("seq", flat=True)
        assert list(seqs) == list(range(1, 41))


def test_hello_is_answered_with_what_was_missed(county: County, cast: Cast, inspector: User) -> None:
    for _ in range(2):
        tell(county, "visit.returned", [inspector])
    inbox.deliver_waiting()
    actor = cast.actor(inspector)
    said = [missed(actor, {"type": "hello", "inbox": seen}) for seen in (0, 1, 2, None, "x", True)]
    assert said == [[{"type": "inbox", "seq": 2, "unread": 2}]] * 2 + [[]] * 4
