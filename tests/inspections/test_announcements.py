"""Announcements reach every phone of the county and can be taken back."""

import uuid

from backend.accounts.models import County
from backend.journal.models import Outbox
from tests.fixtures.people import Cast, Client
from tests.fixtures.phones import Phone

PATH = "/api/v1/announcements"
TEXT = {"title": "作业公示检查口径", "body": "以学校公示栏当日内容为准。"}


def test_an_announcement_reaches_phones_and_lists_and_is_taken_back(
    phone: Phone, office_client: Client, inspector_client: Client, cast: Cast, other_county: County
) -> None:
    made = office_client.post_json(PATH, TEXT)
    assert made.status_code == 201
    row = made.json()
    phone.pull()
    assert phone.documents("announcement")[row["id"]]["title"] == TEXT["title"]
    assert [one["id"] for one in inspector_client.get(PATH).json()["items"]] == [row["id"]]
    stranger = cast.client(cast.person("office", county=other_county))
    assert stranger.get(PATH).json()["items"] == []
    assert stranger.post_json(f"{PATH}/{row['id']}/withdraw").status_code == 404
    assert [office_client.post_json(f"{PATH}/{row['id']}/withdraw").status_code for _ in range(2)] == [200, 200]
    phone.pull()
    assert phone.documents("announcement") == {}
    assert inspector_client.get(PATH).json()["items"] == []


def test_only_the_office_announces_and_schools_are_told_nothing(
    inspector_client: Client, school_client: Client, office_client: Client
) -> None:
    assert inspector_client.post_json(PATH, TEXT).status_code == 403
    assert school_client.get(PATH).status_code == 403
    office_client.post_json(PATH, TEXT)
    told = set(Outbox.objects.filter(kind="announcement.published").values_list("recipient_id", flat=True))
    assert told == {inspector_client.user.pk}
    assert office_client.post_json(f"{PATH}/{uuid.uuid4()}/withdraw").status_code == 404
