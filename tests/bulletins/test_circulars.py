"""Circulars: whole months only, named by leadership's signature, read by all once published; ranking without leaks."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from backend.accounts.models import County
from backend.accounts.roles import Role
from backend.bulletins.models import Circular
from backend.bulletins.services import circulars
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid
from backend.inspections.models import VisitMode, VisitState
from backend.journal.writing import write
from backend.media.services import blobs
from backend.notices.models import InboxEntry
from backend.notices.services.inbox import deliver_waiting
from backend.registry.models import Stage, Target, TargetKind
from tests.bulletins.records import Records, at
from tests.fixtures.people import Cast, Client

PATH = "/api/v1"
MONTH = "2026-03"
ANSWERS = {f"ZY-{number:02d}": "yes" for number in range(1, 26)}


def words(paper: bytes) -> str:
    """The text of a paper without line ends and spaces."""
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    return text.replace("\n", "").replace(" ", "")


@pytest.fixture(autouse=True)
def april(hand: clock.Hand) -> None:
    hand.set(at(1, 9, month=4))


def approved(records: Records, target: Target, score: int, **more: Any) -> Any:
    """An approved visit of a unit that knows of it."""
    visit = records.visit(target, at(5), answers=more.pop("answers", ANSWERS), **more)
    records.step(visit, "approve", at(7))
    with write(actor=records.actor):
        visit.rounds.update(score=score)
    return visit


def ranking(maker: Actor) -> dict[str, list[tuple[int, str]]]:
    groups = circulars.compile(actor=maker, month=MONTH).facts["groups"]
    return {one["group"]: [(row["rank"], row["name"]) for row in one["placed"]] for one in groups}


def test_comparable_units_are_ranked_by_score(records: Records, maker: Actor) -> None:
    team = records.team()
    schools = [records.target(team) for _ in range(4)]
    for target, score in zip(schools, (90, 95, 90, 70), strict=True):
        approved(records, target, score)
    approved(records, records.target(team, stage=Stage.JUNIOR), 99)
    names = [target.name for target in schools]
    assert ranking(maker) == {
        "小学": [(1, names[1]), (2, names[0]), (2, names[2]), (4, names[3])],
        "初中": [],
    }


def test_nobody_is_ranked_by_a_visit_that_its_unit_does_not_know_of(records: Records, maker: Actor) -> None:
    """Not yet approved; a finding still waits for its notice; covert and without a notice."""
    team = records.team()
    known = [records.target(team) for _ in range(3)]
    for target in known:
        approved(records, target, 90)
    records.visit(records.target(team), at(5), answers=ANSWERS, state=VisitState.SUBMITTED)
    records.finding(approved(records, records.target(team), 80), "serious")
    covert = approved(records, records.target(team), 100)
    with write(actor=records.actor):
        covert.mode = VisitMode.COVERT
        covert.save()
    assert {name for _, name in ranking(maker)["小学"]} == {target.name for target in known}


def test_small_samples_do_not_take_part(records: Records, maker: Actor) -> None:
    team = records.team()
    for _ in range(3):
        approved(records, records.target(team), 90)
    few = records.target(team)
    approved(records, few, 100, answers={"ZY-01": "yes"})
    compiled = circulars.compile(actor=maker, month=MONTH)
    [group] = compiled.facts["groups"]
    assert (few.name in {one["name"] for one in group["placed"]}, group["others"]) == (False, 1)


@pytest.fixture
def signed(records: Records, maker: Actor, signer: Actor) -> Circular:
    target = records.target(records.team())
    visit = approved(records, target, 80)
    told, untold = records.finding(visit, "serious", text="五年级作业平均78分钟。"), records.finding(visit, "serious")
    records.notice(visit, at(8), at(20).date(), told)
    circular = circulars.compile(actor=maker, month=MONTH)
    assert [one["finding"] for one in circular.facts["problems"]] == [str(told.pk)]
    with pytest.raises(Invalid) as caught:
        circulars.edit(
            actor=maker, circular_id=circular.pk, texts={"problems": [{"finding": str(untold.pk), "text": "点名。"}]}
        )
    assert caught.value.code == "unknown_case"
    circulars.review(actor=maker, circular_id=circular.pk)
    return circulars.sign(actor=signer, circular_id=circular.pk)


def test_only_leadership_decides_who_is_named_and_only_of_whole_months(
    records: Records, maker: Actor, signer: Actor, hand: clock.Hand
) -> None:
    hand.set(at(20))
    circular = circulars.compile(actor=maker, month=MONTH)
    circulars.review(actor=maker, circular_id=circular.pk)
    with pytest.raises(Forbidden):
        circulars.sign(actor=maker, circular_id=circular.pk)
    with pytest.raises(Conflict, match="period_running"):
        circulars.sign(actor=signer, circular_id=circular.pk)
    hand.set(at(1, month=4))
    with pytest.raises(Conflict, match="snapshot_incomplete"):
        circulars.sign(actor=signer, circular_id=circular.pk)
    with pytest.raises(Invalid, match="not_begun"):
        circulars.compile(actor=maker, month="2026-05")


def test_the_paper_names_the_unit_and_is_rebuilt_with_the_same_bytes(
    signed: Circular, records: Records, hand: clock.Hand
) -> None:
    paper = blobs.read(signed.pdf_sha256)
    told = words(paper)
    name = records.visits[0].target.name
    for part in (
        "云川县人民政府教育督导委员会办公室文件", "云督通〔2026〕1号", "关于2026年3月“双减”督查情况的通报",
        f"1.{name}。五年级作业平均78分钟。", "抄送：县委教育工作领导小组", "2026年4月1日印发",
    ):  # fmt: skip
        assert part in told
    hand.move(days=50)
    assert circulars.rebuild(circular=Circular.objects.get()).content == paper
    assert signed.pdf_warnings == []


def test_schools_read_it_once_it_is_published(cast: Cast, signed: Circular, maker: Actor, signer: Actor) -> None:
    school = cast.client(cast.person(Role.SCHOOL_LIAISON))
    assert school.get(f"{PATH}/unit/circulars").json()["items"] == []
    assert school.get(f"{PATH}/blobs/{signed.pdf_sha256}").status_code == 404
    circulars.publish(actor=maker, circular_id=signed.pk)
    deliver_waiting(limit=1000)
    assert [row.kind for row in InboxEntry.objects.filter(user_id=school.user.pk)] == ["circular.published"]
    told = school.get(f"{PATH}/unit/circulars/{signed.pk}").json()
    assert (told["number"], set(told)) == (
        "云督通〔2026〕1号", {"id", "title", "number", "published_at", "pdf_sha256", "pdf_pages"},
    )  # fmt: skip
    assert school.get(f"{PATH}/blobs/{signed.pdf_sha256}").status_code == 200
    assert school.get(f"{PATH}/circulars/{signed.pk}").status_code == 403
    assert Circular.objects.get().receipts.count() == 1
    circulars.withdraw(actor=signer, circular_id=signed.pk, reason="数据有误。")
    assert school.get(f"{PATH}/unit/circulars/{signed.pk}").status_code == 404
    assert school.get(f"{PATH}/blobs/{signed.pdf_sha256}").status_code == 404


def test_a_withdrawn_number_is_not_used_again(signed: Circular, maker: Actor, signer: Actor) -> None:
    circulars.withdraw(actor=signer, circular_id=signed.pk, reason="数据有误。")
    again = circulars.compile(actor=maker, month=MONTH)
    assert again.pk != signed.pk
    circulars.review(actor=maker, circular_id=again.pk)
    assert circulars.sign(actor=signer, circular_id=again.pk).number_text == "云督通〔2026〕2号"


def test_over_rest_from_draft_to_publication(
    cast: Cast, county: County, records: Records, office_client: Client
) -> None:
    leadership = cast.client(cast.person(Role.LEADERSHIP))
    approved(records, records.target(records.team(), TargetKind.SCHOOL), 80)
    made = office_client.post_json(f"{PATH}/circulars/compile", {"month": MONTH}).json()
    one = f"{PATH}/circulars/{made['id']}"
    edited = office_client.patch(f"{one}/texts", {"demands": ["请各校自查。"]}, format="json")
    assert edited.json()["texts"]["demands"] == ["请各校自查。"]
    assert office_client.post_json(f"{one}/review", {}).json()["state"] == "reviewed"
    assert leadership.post_json(f"{one}/revise", {"reason": "再核。"}).json()["state"] == "draft"
    office_client.post_json(f"{one}/review", {})
    proof: Any = leadership.get(f"{one}/proof")
    assert (proof.status_code, proof["Content-Type"]) == (200, "application/pdf")
    assert leadership.post_json(f"{one}/sign", {}).json()["number"] == "云督通〔2026〕1号"
    assert office_client.post_json(f"{one}/publish", {}).json()["state"] == "published"
    assert [row["id"] for row in office_client.get(f"{PATH}/circulars").json()["items"]] == [made["id"]]
    assert office_client.post_json(f"{PATH}/circulars/compile", {"month": "2026-13"}).status_code == 400
