"""Confirming a message and choosing how to be told, as a unit's people do it: by forms."""

from typing import Any

import pytest
from django.test import Client

from backend.core.actor import system
from backend.environment import Gateway
from backend.inspections.models import Visit
from backend.journal.writing import write
from backend.notices.models import InboxEntry, InboxPreference
from backend.notices.services import inbox
from tests.fixtures.rectification import World

WISHES = "/unit/inbox/wishes"


@pytest.fixture
def head(world: World, client: Client) -> Client:
    client.force_login(world.liaison)
    return client


def told(world: World, kind: str) -> InboxEntry:
    with write(actor=system(world.county.pk)) as change:
        change.tell(kind, [world.liaison.pk], Visit(), number="云督整〔2026〕1号")
    inbox.deliver_waiting()
    return InboxEntry.objects.filter(user_id=world.liaison.pk).latest("seq")


def test_a_message_that_asks_for_it_is_confirmed_by_a_button(world: World, head: Client) -> None:
    entry, plain = told(world, "notice.overdue"), told(world, "notice.closed")
    page = head.get("/unit/inbox").content.decode()
    assert page.count("确认收到") == 1
    answer = head.post(f"/unit/inbox/{entry.pk}/acknowledge")
    assert (answer.status_code, answer["Location"]) == (302, "/unit/inbox")
    assert InboxEntry.objects.get(pk=entry.pk).acknowledged_at is not None
    assert "确认收到</p>" in head.get("/unit/inbox").content.decode()
    assert head.post(f"/unit/inbox/{plain.pk}/acknowledge").status_code == 409
    assert head.get(f"/unit/inbox/{entry.pk}/acknowledge").status_code == 405


def test_without_second_channels_the_page_says_so(head: Client) -> None:
    assert "没有启用邮件或短信" in head.get(WISHES).content.decode()


def test_a_wish_is_kept_and_a_wrong_one_shown_again(world: World, head: Client, settings: Any) -> None:
    settings.GATEWAY = Gateway("https://gateway.example.org/", "{to}{text}")
    good = {"channels": ["gateway"], "number": "13800000000", "mute_from": "22:00", "mute_until": "07:30"}
    page = head.post(WISHES, good).content.decode()
    assert ("已保存" in page, 'value="22:00"' in page) == (True, True)
    kept = InboxPreference.objects.get(pk=world.liaison.pk)
    assert (kept.channels, kept.number, str(kept.mute_until)) == (["gateway"], "13800000000", "07:30:00")
    for wrong in ({"email": "x"}, {"mute_from": "25:00"}, {"mute_until": ""}, {"number": "1 2"}, {"email": "a" * 200}):
        refused = head.post(WISHES, good | wrong)
        assert refused.status_code == 400
        assert 'role="alert"' in refused.content.decode()
    assert InboxPreference.objects.get(pk=world.liaison.pk).number == "13800000000"


def test_nobody_else_has_these_pages(client: Client, world: World) -> None:
    entry = told(world, "notice.overdue")
    assert client.get(WISHES).status_code == 302
    client.force_login(world.person("office"))
    assert client.get(WISHES).status_code == 403
    assert client.post(f"/unit/inbox/{entry.pk}/acknowledge").status_code == 403
