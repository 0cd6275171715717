"""Heads of departments and stations remark on a draft once they are asked, and see no other head's units by name."""

from typing import Any

import pytest

from backend.accounts.models import County
from backend.accounts.roles import Role
from backend.bulletins.models import Bulletin
from backend.bulletins.selectors import consulted
from backend.bulletins.services import check, comments, compiling, editing, signing
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, NotFound
from backend.journal.writing import write
from backend.notices.models import InboxEntry
from backend.notices.services.inbox import deliver_waiting
from backend.registry.models import Membership, Team, Track
from tests.bulletins.records import MARCH, Records, at
from tests.fixtures.people import Cast


def leads(head: Actor, team: Team) -> None:
    assert head.user_id
    with write(actor=head):
        Membership.objects.create(team=team, user_id=head.user_id, is_leader=True)


@pytest.fixture
def head(cast: Cast, county: County, hand: clock.Hand) -> Actor:
    return cast.actor(cast.person(Role.DEPARTMENT_HEAD))


@pytest.fixture
def draft(records: Records, maker: Actor, head: Actor) -> Bulletin:
    """Two serious findings: one of a school of the head's team, one of another team's."""
    own, other = records.team(), records.team()
    leads(head, own)
    for team, name in ((own, "演示本组小学"), (other, "演示他组小学")):
        visit = records.visit(records.target(team, name=name), at(3))
        records.finding(visit, "serious", text=f"{name}未公示作业。")
    return compiling.compile(actor=maker, period_start=MARCH)


def asked(maker: Actor, draft: Bulletin) -> Bulletin:
    return editing.consult(actor=maker, bulletin_id=draft.pk)


def test_nobody_knows_of_a_draft_before_the_office_asks(draft: Bulletin, head: Actor) -> None:
    assert list(consulted.scoped(head)) == []
    with pytest.raises(NotFound):
        comments.remark(actor=head, bulletin_id=draft.pk, text="有误。")


def test_a_head_is_told_reads_and_remarks(draft: Bulletin, maker: Actor, head: Actor) -> None:
    asked(maker, draft)
    deliver_waiting(limit=1000)
    assert [row.kind for row in InboxEntry.objects.all() if row.user_id == head.user_id] == ["bulletin.consulted"]
    assert list(consulted.scoped(head)) == [draft]
    row = comments.remark(actor=head, bulletin_id=draft.pk, text="本组数据无误。", part="findings")
    assert list(consulted.remarks(head, draft)) == [row]
    assert list(comments.readable(maker, draft.pk)) == [row]


def test_names_of_other_heads_units_are_replaced(draft: Bulletin, maker: Actor, head: Actor) -> None:
    texts: Any = {"findings": ["演示本组小学和演示他组小学各有一个问题。"]}
    editing.edit(actor=maker, bulletin_id=draft.pk, texts=texts)
    shown = consulted.shown(head, asked(maker, draft))
    findings = next(part for part in shown["parts"] if part["part"] == "findings")
    assert findings["paragraphs"] == ["演示本组小学和某小学各有一个问题。"]
    assert {(one["place"], one["text"]) for one in shown["cases"]} == {
        ("演示本组小学", "演示本组小学未公示作业。"),
        ("某小学", "某小学未公示作业。"),
    }


def test_the_head_of_a_station_knows_the_units_of_its_area(records: Records, cast: Cast, maker: Actor) -> None:
    head, station = cast.actor(cast.person(Role.STATION_HEAD)), records.station()
    team = records.team(Track.STATION, station)
    leads(head, team)
    records.target(records.team(), name="演示片内小学", station=station)
    records.target(records.team(), name="演示片外小学")
    assert consulted.own_units(head) == {"演示片内小学"}


def test_a_head_reads_no_remark_of_others_and_settles_none(
    draft: Bulletin, maker: Actor, head: Actor, cast: Cast
) -> None:
    asked(maker, draft)
    row = comments.remark(actor=maker, bulletin_id=draft.pk, text="演示他组小学一案须核。")
    assert list(comments.readable(head, draft.pk)) == []
    with pytest.raises(Forbidden):
        comments.settle(actor=head, bulletin_id=draft.pk, comment_id=row.pk)
    inspector = cast.actor(cast.person(Role.INSPECTOR))
    with pytest.raises(Forbidden):
        comments.remark(actor=inspector, bulletin_id=draft.pk, text="有误。")


def test_the_office_sees_who_has_not_answered(draft: Bulletin, maker: Actor, head: Actor, cast: Cast) -> None:
    other = cast.person(Role.STATION_HEAD)
    bulletin = asked(maker, draft)
    assert len(consulted.silent(bulletin)) == 2
    comments.remark(actor=head, bulletin_id=draft.pk, text="没有意见。")
    assert consulted.silent(bulletin) == [str(other)]
    assert "heads_silent" in {hint.code for hint in check.hints(bulletin)}


def test_a_signed_issue_is_no_draft_any_more(draft: Bulletin, maker: Actor, signer: Actor, head: Actor) -> None:
    asked(maker, draft)
    editing.review(actor=maker, bulletin_id=draft.pk)
    assert consulted.get(head, draft.pk) == draft
    with pytest.raises(Conflict, match="bad_state"):
        asked(maker, draft)
    signing.sign(actor=signer, bulletin_id=draft.pk)
    with pytest.raises(NotFound):
        comments.remark(actor=head, bulletin_id=draft.pk, text="晚了。")


def test_only_the_office_asks(draft: Bulletin, signer: Actor, head: Actor) -> None:
    for actor, fault in ((signer, Forbidden), (head, NotFound)):
        with pytest.raises(fault):
            editing.consult(actor=actor, bulletin_id=draft.pk)
