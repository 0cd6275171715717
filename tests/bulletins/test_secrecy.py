"""Nobody but its makers knows of an issue before it is published; accounts of units never; another county never."""

import datetime as dt
import uuid
from typing import Any

import pytest

from backend.accounts.models import County, User
from backend.accounts.roles import Role
from backend.bulletins.models import Bulletin
from backend.bulletins.services import compiling, editing, publishing, signing
from backend.core.actor import Actor
from backend.notices.models import InboxEntry
from backend.notices.services.inbox import deliver_waiting
from tests.bulletins.records import MARCH, Records, at
from tests.fixtures.people import Cast, Client

PATH = "/api/v1/bulletins"
PERIOD = {"period_start": "2026-03-01"}
REASON = {"reason": "数据有误。"}
ONE: tuple[tuple[str, str, Any], ...] = (
    ("get", "", None),
    ("get", "/records?figure=visits", None),
    ("get", "/proof", None),
    ("patch", "/texts", {"inspection": ["另写一句。"]}),
    ("post", "/review", {}),
    ("post", "/revise", REASON),
    ("post", "/sign", {}),
    ("post", "/publish", {}),
    ("post", "/withdraw", REASON),
)
"""Every address of one issue, with a good body."""


@pytest.fixture
def published(records: Records, maker: Actor, signer: Actor) -> Bulletin:
    records.visit(records.target(records.team()), at(5))
    bulletin = compiling.compile(actor=maker, period_start=MARCH)
    editing.review(actor=maker, bulletin_id=bulletin.pk)
    signing.sign(actor=signer, bulletin_id=bulletin.pk)
    return publishing.publish(actor=maker, bulletin_id=bulletin.pk)


def call(client: Client, method: str, path: str, data: Any) -> tuple[int, bytes]:
    answer = (
        client.generic(method.upper(), path) if data is None else getattr(client, method)(path, data, format="json")
    )
    return answer.status_code, answer.content


@pytest.mark.parametrize("role", [Role.SCHOOL_LIAISON, Role.INSTITUTION_CONTACT, Role.INSPECTOR, Role.TIP_CLERK])
def test_others_are_refused_alike_whether_it_exists_or_not(
    cast: Cast, county: County, published: Bulletin, role: Role
) -> None:
    client = cast.client(cast.person(role))
    for method, path, data in ONE:
        real = call(client, method, f"{PATH}/{published.pk}{path}", data)
        none = call(client, method, f"{PATH}/{uuid.uuid4()}{path}", data)
        assert real == none
        assert real[0] == 403
    assert call(client, "get", PATH, None)[0] == 403
    assert call(client, "post", f"{PATH}/compile", PERIOD)[0] == 403
    assert client.get(f"/api/v1/blobs/{published.pdf_sha256}").status_code == 404


@pytest.mark.parametrize("role", [Role.OFFICE, Role.LEADERSHIP, Role.TEAM_LEADER])
def test_another_county_finds_nothing(cast: Cast, other_county: County, published: Bulletin, role: Role) -> None:
    client = cast.client(cast.person(role, county=other_county))
    for method, path, data in ONE:
        real = call(client, method, f"{PATH}/{published.pk}{path}", data)
        none = call(client, method, f"{PATH}/{uuid.uuid4()}{path}", data)
        assert real == none
        assert real[0] in (404, 403)
    assert client.get(PATH).json()["items"] == []
    assert client.get(f"/api/v1/blobs/{published.pdf_sha256}").status_code == 404


def test_another_countys_rows_are_in_no_figure(
    cast: Cast, records: Records, maker: Actor, other_county: County
) -> None:
    theirs = Records(cast, records.places, other_county)
    visit = theirs.visit(theirs.target(theirs.team()), at(5))
    theirs.notice(visit, at(6), dt.date(2026, 3, 9), theirs.finding(visit, "serious"))
    facts = compiling.compile(actor=maker, period_start=MARCH).facts
    assert {key: one for key, one in facts["figures"].items() if one["records"]} == {}
    assert (facts["teams"], facts["serious"], facts["late"], facts["ledger"]) == ([], [], [], [])


def test_readers_know_of_nothing_before_it_is_published(
    cast: Cast, records: Records, maker: Actor, signer: Actor
) -> None:
    leader = cast.client(cast.person(Role.TEAM_LEADER))
    bulletin = compiling.compile(actor=maker, period_start=MARCH)
    editing.review(actor=maker, bulletin_id=bulletin.pk)
    sha256 = signing.sign(actor=signer, bulletin_id=bulletin.pk).pdf_sha256
    none = call(leader, "get", f"{PATH}/{uuid.uuid4()}", None)
    assert call(leader, "get", f"{PATH}/{bulletin.pk}", None) == none
    assert leader.get(PATH).json()["items"] == []
    assert leader.get(f"/api/v1/blobs/{sha256}").status_code == 404
    publishing.publish(actor=maker, bulletin_id=bulletin.pk)
    assert leader.get(f"{PATH}/{bulletin.pk}").status_code == 200
    publishing.withdraw(actor=maker, bulletin_id=bulletin.pk, reason="数据有误。")
    assert call(leader, "get", f"{PATH}/{bulletin.pk}", None) == none
    assert leader.get(f"/api/v1/blobs/{sha256}").status_code == 404


def test_readers_see_figures_but_not_the_records_behind_them(cast: Cast, published: Bulletin) -> None:
    leader = cast.client(cast.person(Role.TEAM_LEADER))
    visit = published.facts["figures"]["visits"]["records"][0]
    answer = leader.get(f"{PATH}/{published.pk}")
    assert answer.status_code == 200
    assert visit not in answer.content.decode()
    assert leader.get(f"{PATH}/{published.pk}/records?figure=visits").status_code == 403


def test_accounts_of_units_are_told_of_their_own_edition_only(school_user: User, published: Bulletin) -> None:
    deliver_waiting(limit=1000)
    mine = InboxEntry.objects.filter(user_id=school_user.pk).values_list("kind", flat=True)
    assert list(mine) == ["bulletin.school_published"]
    assert InboxEntry.objects.filter(kind="bulletin.published").count() == 2


def test_minor_cases_do_not_name_their_school(records: Records, maker: Actor) -> None:
    target = records.target(records.team())
    visit = records.visit(target, at(5))
    records.finding(visit, "minor", text=f"{target.name}作业公示栏未更新。")
    records.finding(visit, "serious", text=f"{target.name}五年级作业平均78分钟。")
    records.finding(visit, "serious", text="尚未审核。", state="recorded")
    facts = compiling.compile(actor=maker, period_start=MARCH).facts
    assert [(one["place"], one["text"]) for one in facts["cases"]] == [
        (target.name, f"{target.name}五年级作业平均78分钟。"),
        ("某小学", "某小学作业公示栏未更新。"),
    ]
    assert len(facts["serious"]) == 2
