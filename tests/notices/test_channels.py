"""Messages beside the inbox: who is sent what on which way and when, and messages that have to be confirmed."""

from collections.abc import Iterator
from typing import Any

import pytest

from backend.accounts.models import User
from backend.core import clock
from backend.core.actor import system
from backend.environment import Gateway
from backend.inspections.models import Visit
from backend.journal.models import AuditLine
from backend.journal.writing import write
from backend.notices.models import InboxDelivery, InboxEntry
from backend.notices.services import dispatching, inbox
from tests.fixtures.people import Cast, Client
from tests.fixtures.rectification import World
from tests.notices.posts import GatewayServer, MailServer, gateway_server, mail_server

PREFERENCES = "/api/v1/inbox/preferences"
WISH = {"channels": ["email", "gateway"], "email": "a@example.org", "number": "13800000000"}


@pytest.fixture
def posts(settings: Any) -> Iterator[tuple[GatewayServer, MailServer]]:
    """Both channels on, to servers of our own."""
    with gateway_server() as gateway, mail_server() as mail:
        settings.GATEWAY = Gateway(gateway.url, '{"to": "{to}", "text": "{text}", "id": "{id}"}', private=True)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.MAIL_ON = "127.0.0.1", mail.port, True
        yield gateway, mail


def tell(user: User, kind: str = "visit.approved", **detail: Any) -> InboxEntry:
    """One message, delivered to the inbox."""
    with write(actor=system(user.county_id or 0)) as change:
        change.tell(kind, [user.pk], Visit(), **detail)
    inbox.deliver_waiting()
    return InboxEntry.objects.filter(user_id=user.pk).latest("seq")


def wish(client: Client, **more: Any) -> None:
    answer = client.put(PREFERENCES, WISH | more, format="json")
    assert answer.status_code == 200, answer.content


def states() -> list[tuple[str, str, int, str]]:
    rows = InboxDelivery.objects.order_by("entry__seq", "channel")
    return [(row.channel, row.state, row.tries, row.fault) for row in rows]


def test_without_a_wish_nothing_leaves_the_inbox(inspector: User, posts: tuple[GatewayServer, MailServer]) -> None:
    tell(inspector)
    assert (states(), dispatching.dispatch_due()) == ([], 0)


def test_both_channels_say_one_sentence_and_their_state_is_told(
    hand: clock.Hand, inspector: User, inspector_client: Client, posts: tuple[GatewayServer, MailServer]
) -> None:
    gateway, mail = posts
    wish(inspector_client)
    entry = tell(inspector)
    assert [state for _, state, _, _ in states()] == ["waiting", "waiting"]
    assert dispatching.dispatch_due() == 2
    assert dispatching.dispatch_due() == 0
    [(_, _, body)] = gateway.received
    assert "您有新任务，请登录督导系统查看。" in body.decode()
    assert "13800000000" in body.decode()
    [text] = mail.mails
    assert f"Message-ID: <dudao-{entry.pk}-email@localhost>" in text
    told = inspector_client.get(f"/api/v1/inbox/{entry.pk}/deliveries").json()["deliveries"]
    assert [(each["channel"], each["state"], each["tries"], each["fault"]) for each in told] == [
        ("email", "sent", 1, ""),
        ("gateway", "sent", 1, ""),
    ]


@pytest.fixture
def at_work(hand: clock.Hand, inspector: User, posts: tuple[GatewayServer, MailServer]) -> Client:
    """An inspector who wants the gateway alone."""
    client = Cast().client(inspector)
    wish(client, channels=["gateway"])
    return client


def test_a_silent_gateway_is_asked_again_and_given_up_at_last(
    hand: clock.Hand, at_work: Client, inspector: User, posts: tuple[GatewayServer, MailServer]
) -> None:
    posts[0].status = 503
    tell(inspector)
    for tries, minutes in enumerate((1, 5, 30, 120, 720), start=1):
        assert dispatching.dispatch_due() == 1
        assert states() == [("gateway", "waiting", tries, "网关返回 503")]
        hand.move(minutes=minutes, seconds=-1)
        assert dispatching.dispatch_due() == 0
        hand.move(seconds=1)
    assert dispatching.dispatch_due() == 1
    assert states() == [("gateway", "failed", 6, "网关返回 503")]
    hand.move(days=30)
    assert dispatching.dispatch_due() == 0


def test_a_message_that_fails_once_arrives_later(
    hand: clock.Hand, at_work: Client, inspector: User, posts: tuple[GatewayServer, MailServer]
) -> None:
    posts[0].status = 500
    tell(inspector)
    dispatching.dispatch_due()
    posts[0].status = 200
    hand.move(minutes=1)
    dispatching.dispatch_due()
    ids = {headers["idempotency-key"] for _, headers, _ in posts[0].received}
    assert (states(), len(posts[0].received), len(ids)) == ([("gateway", "sent", 2, "")], 2, 1)


def test_a_claim_that_was_never_settled_runs_out(hand: clock.Hand, at_work: Client, inspector: User) -> None:
    """The process died between sending and writing it down."""
    tell(inspector)
    assert len(dispatching._claim(10)) == 1
    assert dispatching.dispatch_due() == 0
    hand.move(minutes=5)
    assert dispatching.dispatch_due() == 1
    assert states() == [("gateway", "sent", 2, "")]


def test_what_is_read_before_it_is_sent_is_not_sent(
    hand: clock.Hand, at_work: Client, inspector: User, posts: tuple[GatewayServer, MailServer]
) -> None:
    tell(inspector)
    at_work.post_json("/api/v1/inbox/read", {"upto": 1})
    dispatching.dispatch_due()
    assert (states(), posts[0].received) == ([("gateway", "dropped", 1, "已在系统中阅读")], [])


def test_mute_hours_hold_back_and_an_alarm_does_not_wait(
    hand: clock.Hand, at_work: Client, inspector: User, posts: tuple[GatewayServer, MailServer]
) -> None:
    wish(at_work, channels=["gateway"], mute_from="09:00", mute_until="10:00")
    tell(inspector)
    tell(inspector, "visit.alarm", target="甲", text="乙")
    assert dispatching.dispatch_due() == 1
    assert [state for _, state, _, _ in states()] == ["waiting", "sent"]
    hand.move(minutes=30)
    assert dispatching.dispatch_due() == 1


def test_quiet_kinds_stay_in_the_inbox_unless_they_ask_to_be_confirmed(
    hand: clock.Hand, world: World, posts: tuple[GatewayServer, MailServer]
) -> None:
    client = world.cast.client(world.liaison)
    wish(client, channels=["gateway"], quiet_kinds=["notice"])
    for kind in ("notice.closed", "notice.overdue"):
        tell(world.liaison, kind, number="云督整〔2026〕1号")
    assert [row.entry.kind for row in InboxDelivery.objects.select_related("entry")] == ["notice.overdue"]


def test_an_address_that_the_mail_server_refuses_is_final(
    hand: clock.Hand, inspector: User, posts: tuple[GatewayServer, MailServer]
) -> None:
    wish(Cast().client(inspector), channels=["email"])
    posts[1].refused.add("a@example.org")
    tell(inspector)
    dispatching.dispatch_due()
    assert (states(), posts[1].mails) == ([("email", "failed", 1, "收件地址被拒绝")], [])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"channels": ["gateway"]}, "channel_off"),
        ({"channels": ["pigeon"]}, "invalid"),
        ({"number": "138 0000"}, "invalid"),
        ({"email": "nobody"}, "invalid"),
        ({"mute_from": "22:00"}, "mute_hours"),
        ({"quiet_kinds": ["x"]}, "invalid"),
    ],
)
def test_a_wish_that_cannot_be_is_refused(body: dict[str, Any], code: str, inspector_client: Client) -> None:
    answer = inspector_client.put(PREFERENCES, body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert inspector_client.get(PREFERENCES).json()["available"] == []


def test_what_asks_to_be_confirmed_is_confirmed_once_and_its_office_sees_what_is_not(
    hand: clock.Hand, world: World
) -> None:
    unit, office = world.cast.client(world.liaison), world.cast.client(world.person("office"))
    entry = tell(world.liaison, "notice.overdue", number="云督整〔2026〕1号")
    [waiting] = office.get("/api/v1/inbox/unconfirmed").json()["items"]
    assert (waiting["id"], waiting["name"], waiting["read"]) == (str(entry.pk), world.liaison.name, False)
    path = f"/api/v1/inbox/{entry.pk}/acknowledge"
    assert office.post_json(path).status_code == 404
    for _ in range(2):
        told = unit.post_json(path).json()
        assert (told["needs_ack"], told["acknowledged"], told["read"]) == (True, True, True)
    assert AuditLine.objects.filter(verb="inbox.acknowledged").count() == 1
    assert office.get("/api/v1/inbox/unconfirmed").json()["items"] == []
    plain = tell(world.liaison, "notice.closed", number="云督整〔2026〕1号")
    refused = unit.post_json(f"/api/v1/inbox/{plain.pk}/acknowledge")
    assert (refused.status_code, refused.json()["code"]) == (409, "no_ack_asked")
    assert unit.get("/api/v1/inbox/unconfirmed").status_code == 403


def test_what_was_missed_is_asked_for_by_number(hand: clock.Hand, world: World) -> None:
    client = world.cast.client(world.liaison)
    for _ in range(3):
        tell(world.liaison, "notice.closed", number="云督整〔2026〕1号")
    assert [each["seq"] for each in client.get("/api/v1/inbox", {"since": 1}).json()["items"]] == [3, 2]
