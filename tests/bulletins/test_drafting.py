"""Working on a draft together: nothing is written over unseen, deputies sign on their days, hints say what is amiss."""

import datetime as dt
from typing import Any

import pytest

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.bulletins.models import Bulletin, BulletinWork
from backend.bulletins.rules.editions import Edition
from backend.bulletins.services import check, comments, compiling, editing, signing
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid
from backend.documents.rendered import Rendered
from backend.media.services import blobs
from backend.notices.services import signing as deputies
from tests.bulletins.records import MARCH, NEXT, Records, at
from tests.fixtures.people import Cast, Client

PATH = "/api/v1/bulletins"


@pytest.fixture
def draft(maker: Actor) -> Bulletin:
    return compiling.compile(actor=maker, period_start=MARCH)


def test_what_somebody_else_changed_is_not_written_over_unseen(draft: Bulletin, office_client: Client) -> None:
    read = office_client.get(f"{PATH}/{draft.pk}").json()["texts_version"]

    def save(**texts: Any) -> Any:
        return office_client.patch(f"{PATH}/{draft.pk}/texts", {"based_on": read} | texts, format="json")

    assert save(inspection=["甲写的。"]).status_code == 200
    refused = save(inspection=["乙写的。"], tips=["乙写的。"])
    assert (refused.status_code, refused.json()["code"], refused.json()["parts"]) == (
        409, "edited_elsewhere", ["inspection"],
    )  # fmt: skip
    assert save(tips=["乙写的。"]).status_code == 200
    texts = Bulletin.objects.get().texts
    assert (texts["inspection"], texts["tips"]) == (["甲写的。"], ["乙写的。"])


def test_a_part_goes_back_to_the_words_over_the_figures(draft: Bulletin, office_client: Client) -> None:
    path = f"{PATH}/{draft.pk}"
    own = draft.texts["tips"]
    office_client.patch(f"{path}/texts", {"tips": ["手写。"]}, format="json")
    stale = office_client.post_json(f"{path}/restore", {"part": "tips", "based_on": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "edited_elsewhere")
    assert office_client.post_json(f"{path}/restore", {"part": "cases"}).status_code == 400
    restored = office_client.post_json(f"{path}/restore", {"part": "tips", "based_on": 2}).json()
    assert (restored["texts"]["tips"], restored["texts_version"]) == (own, 3)


def test_every_version_of_the_words_is_kept(draft: Bulletin, maker: Actor, office_client: Client) -> None:
    editing.edit(actor=maker, bulletin_id=draft.pk, texts={"tips": ["第二版。"]})
    editing.edit(actor=maker, bulletin_id=draft.pk, texts={"tips": ["第三版。"], "inspection": ["改。"]})
    rows = office_client.get(f"{PATH}/{draft.pk}/versions").json()["items"]
    assert [(row["number"], row["parts"]) for row in rows[:2]] == [(3, ["inspection", "tips"]), (2, ["tips"])]
    assert rows[0]["author"] == maker.name
    second = office_client.get(f"{PATH}/{draft.pk}/versions/2").json()
    assert second["texts"]["tips"] == ["第二版。"]
    assert office_client.get(f"{PATH}/{draft.pk}/versions/4").status_code == 404


def test_remarks_are_made_and_settled(draft: Bulletin, office_client: Client) -> None:
    made = office_client.post_json(f"{PATH}/{draft.pk}/comments", {"part": "homework", "text": "样本太少。"})
    assert made.status_code == 201
    assert office_client.post_json(f"{PATH}/{draft.pk}/comments", {"part": "weather", "text": "雨"}).status_code == 400
    codes = {one["code"] for one in office_client.get(f"{PATH}/{draft.pk}/hints").json()["items"]}
    assert "comments_open" in codes
    one = f"{PATH}/{draft.pk}/comments/{made.json()['id']}/settle"
    assert office_client.post_json(one, {}).json()["settled_at"]
    assert office_client.post_json(one, {}).status_code == 409
    codes = {one["code"] for one in office_client.get(f"{PATH}/{draft.pk}/hints").json()["items"]}
    assert "comments_open" not in codes


def test_hints_name_what_the_school_edition_hides_and_what_no_face_has(
    records: Records, maker: Actor, hand: clock.Hand, office_client: Client
) -> None:
    hand.move(minutes=1)  # the period has begun and is not over
    target = records.target(records.team())
    draft = compiling.compile(actor=maker, period_start=NEXT)
    texts = {"homework": [f"{target.name}表现突出。"], "tips": ["\U0001f9ff收到。"], "after_school": []}
    editing.edit(actor=maker, bulletin_id=draft.pk, texts=texts)
    hints = office_client.get(f"{PATH}/{draft.pk}/hints").json()["items"]
    told = {one["code"]: one["detail"] for one in hints}
    assert told["name_hidden"] == f"“作业管理”写有单位名称（{target.name}），学校版将隐去。"
    assert told["part_empty"] == "“课后服务”没有文字。"
    assert "snapshot_incomplete" in told
    assert "print" in told


def test_a_draft_is_printed_again_for_other_words_and_not_for_the_same(
    draft: Bulletin, maker: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    editions: list[str] = []
    drawn = signing.drawn

    def counted(bulletin: Bulletin, edition: Edition) -> Rendered:
        editions.append(edition)
        return drawn(bulletin, edition)

    monkeypatch.setattr(signing, "drawn", counted)
    before = check.hints(draft)
    assert check.hints(draft) == before
    assert editions == list(Edition)
    draft = editing.edit(actor=maker, bulletin_id=draft.pk, texts={"tips": ["\U0001f9ff收到。"]})
    after = check.hints(draft)
    assert editions == [*Edition, *Edition]
    assert [one.code for one in after if one not in before].count("print") == len(Edition)


def test_the_work_tells_how_far_it_is(draft: Bulletin, maker: Actor, signer: Actor, office_client: Client) -> None:
    def work() -> dict[str, Any]:
        return dict(office_client.get(f"{PATH}/work", {"period_start": "2026-03-01"}).json())

    assert (work()["what"], work()["done"], work()["steps"], bool(work()["ended_at"])) == ("compile", 2, 2, True)
    editing.review(actor=maker, bulletin_id=draft.pk)
    signing.sign(actor=signer, bulletin_id=draft.pk)
    assert (work()["what"], work()["done"], work()["fault"]) == ("sign", 4, "")
    with pytest.raises(Conflict):
        signing.sign(actor=signer, bulletin_id=draft.pk)
    assert "不能签发" in work()["fault"]
    assert office_client.get(f"{PATH}/work", {"period_start": "2026-02-01"}).status_code == 404


def test_work_is_visible_while_it_goes_on(
    draft: Bulletin, maker: Actor, signer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    keep = blobs.keep

    def look(**given: Any) -> str:
        seen.append(BulletinWork.objects.get().step)
        return keep(**given)

    monkeypatch.setattr(blobs, "keep", look)
    editing.review(actor=maker, bulletin_id=draft.pk)
    signing.sign(actor=signer, bulletin_id=draft.pk)
    assert seen == ["排印领导版", "排印领导版", "排印学校版"]


class TestDeputies:
    @pytest.fixture
    def deputy(self, cast: Cast) -> User:
        return cast.person(Role.OFFICE)

    def appoint(self, signer: Actor, deputy: User, first: int, last: int) -> Any:
        return deputies.appoint(
            actor=signer, user_id=deputy.pk, starts_on=dt.date(2026, 3, first), ends_on=dt.date(2026, 3, last),
            reason="外出开会",
        )  # fmt: skip

    def test_a_deputy_signs_on_the_days_of_the_appointment(
        self, cast: Cast, draft: Bulletin, maker: Actor, signer: Actor, deputy: User, hand: clock.Hand
    ) -> None:
        self.appoint(signer, deputy, 17, 18)
        editing.review(actor=maker, bulletin_id=draft.pk)
        for day in (16, 19):
            hand.set(at(day, 12))
            with pytest.raises(Forbidden, match="may_not_sign"):
                signing.sign(actor=cast.actor(deputy), bulletin_id=draft.pk)
        hand.set(at(18, 23))
        signed = signing.sign(actor=cast.actor(deputy), bulletin_id=draft.pk)
        assert signed.signed_by == f"{signer.name}（{cast.actor(deputy).name}代）"
        assert signing.rebuild(bulletin=signed).content == blobs.read(signed.pdf_sha256)

    def test_a_deputy_does_not_sign_what_they_reviewed(
        self, cast: Cast, draft: Bulletin, signer: Actor, deputy: User
    ) -> None:
        self.appoint(signer, deputy, 16, 20)
        editing.review(actor=cast.actor(deputy), bulletin_id=draft.pk)
        with pytest.raises(Conflict, match="own_review"):
            signing.sign(actor=cast.actor(deputy), bulletin_id=draft.pk)

    def test_an_appointment_that_was_taken_back_is_none(
        self, cast: Cast, draft: Bulletin, maker: Actor, signer: Actor, deputy: User, hand: clock.Hand
    ) -> None:
        made = self.appoint(signer, deputy, 16, 20)
        deputies.end_deputy(actor=signer, deputy_id=made.pk)
        hand.move(minutes=1)
        editing.review(actor=maker, bulletin_id=draft.pk)
        with pytest.raises(Forbidden):
            signing.sign(actor=cast.actor(deputy), bulletin_id=draft.pk)

    def test_only_leaders_appoint_and_only_people_of_the_office(
        self, cast: Cast, maker: Actor, signer: Actor, deputy: User
    ) -> None:
        with pytest.raises(Forbidden):
            self.appoint(maker, deputy, 16, 17)
        with pytest.raises(Invalid, match="not_of_the_office"):
            self.appoint(signer, cast.person(Role.TEAM_LEADER), 16, 17)
        for first, last in ((18, 17), (1, 2)):
            with pytest.raises(Invalid, match="deputy_dates"):
                self.appoint(signer, deputy, first, last)


def test_remarks_are_for_makers(cast: Cast, draft: Bulletin) -> None:
    with pytest.raises(Forbidden):
        comments.remark(actor=cast.actor(cast.person(Role.TEAM_LEADER)), bulletin_id=draft.pk, text="我说一句。")
