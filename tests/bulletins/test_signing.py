"""Signing: only whole periods, one number each, never used again; nothing changes after it."""

import datetime as dt

import pytest

from backend.accounts.models import County
from backend.accounts.roles import Role
from backend.bulletins.models import Bulletin, BulletinSnapshot, BulletinTransition
from backend.bulletins.rules.periods import Period
from backend.bulletins.services import compiling, editing, publishing, signing
from backend.core import clock, codec
from backend.core.actor import Actor
from backend.core.errors import Conflict, Forbidden, Invalid
from backend.documents import bulletin as printed
from backend.documents import bulletin_data
from backend.journal.models import Outbox
from tests.bulletins.records import MARCH, NEXT, Records, at
from tests.fixtures.people import Cast


@pytest.fixture
def reviewed(maker: Actor) -> Bulletin:
    bulletin = compiling.compile(actor=maker, period_start=MARCH)
    return editing.review(actor=maker, bulletin_id=bulletin.pk)


def issue(maker: Actor, signer: Actor, start: dt.date) -> Bulletin:
    bulletin = compiling.compile(actor=maker, period_start=start)
    editing.review(actor=maker, bulletin_id=bulletin.pk)
    return signing.sign(actor=signer, bulletin_id=bulletin.pk)


def refused(code: str, service: object, **given: object) -> None:
    assert callable(service)
    with pytest.raises(Conflict) as caught:
        service(**given)
    assert caught.value.code == code


def test_nothing_is_signed_before_its_period_has_ended(maker: Actor, signer: Actor, hand: clock.Hand) -> None:
    hand.set(at(15, 23))
    bulletin = compiling.compile(actor=maker, period_start=MARCH)
    editing.review(actor=maker, bulletin_id=bulletin.pk)
    refused("period_running", signing.sign, actor=signer, bulletin_id=bulletin.pk)
    hand.set(at(16, 0))
    refused("snapshot_incomplete", signing.sign, actor=signer, bulletin_id=bulletin.pk)
    assert Bulletin.objects.get().issue_number is None
    assert issue(maker, signer, MARCH).number_text == "2026年第1期（总第1期）"


def test_only_leadership_signs(maker: Actor, reviewed: Bulletin) -> None:
    with pytest.raises(Forbidden) as caught:
        signing.sign(actor=maker, bulletin_id=reviewed.pk)
    assert caught.value.code == "may_not_sign"


def test_only_what_is_reviewed_is_signed(maker: Actor, signer: Actor) -> None:
    bulletin = compiling.compile(actor=maker, period_start=MARCH)
    refused("bad_state", signing.sign, actor=signer, bulletin_id=bulletin.pk)


def test_numbers_count_in_the_year_of_the_period_and_in_all(maker: Actor, signer: Actor, hand: clock.Hand) -> None:
    """The last issue of a year is signed in the next one and counts in its own."""
    hand.set(dt.datetime(2027, 1, 20, 9, tzinfo=clock.CHINA))
    starts = (dt.date(2026, 12, 1), dt.date(2026, 12, 16), dt.date(2027, 1, 1))
    issues = [issue(maker, signer, start) for start in starts]
    numbers = [(one.issue_year, one.issue_number, one.total_issue_number) for one in issues]
    assert numbers == [(2026, 1, 1), (2026, 2, 2), (2027, 1, 3)]


def test_counties_count_apart(maker: Actor, signer: Actor, cast: Cast, other_county: County) -> None:
    people = {role: cast.actor(cast.person(role, county=other_county)) for role in (Role.OFFICE, Role.LEADERSHIP)}
    assert issue(maker, signer, MARCH).total_issue_number == 1
    assert issue(people[Role.OFFICE], people[Role.LEADERSHIP], MARCH).total_issue_number == 1


def test_a_withdrawn_number_is_gone_and_its_successor_a_correction(
    maker: Actor, signer: Actor, hand: clock.Hand
) -> None:
    first = issue(maker, signer, MARCH)
    publishing.publish(actor=maker, bulletin_id=first.pk)
    publishing.withdraw(actor=signer, bulletin_id=first.pk, reason="数据有误。")
    second = issue(maker, signer, MARCH)
    assert second.pk != first.pk
    assert (second.number_text, second.corrects) == ("2026年第2期（总第2期）", "2026年第1期")
    assert Outbox.objects.filter(kind="bulletin.withdrawn").count() == 2
    assert Bulletin.objects.get(pk=first.pk).total_issue_number == 1


def test_figures_and_words_of_a_signed_issue_never_change(maker: Actor, signer: Actor) -> None:
    signed = issue(maker, signer, MARCH)
    refused("bad_state", compiling.compile, actor=maker, period_start=MARCH)
    refused("bad_state", editing.edit, actor=maker, bulletin_id=signed.pk, texts={"inspection": ["另写一句。"]})
    refused("bad_state", editing.revise, actor=signer, bulletin_id=signed.pk, reason="再改。")
    refused("bad_state", signing.sign, actor=signer, bulletin_id=signed.pk)
    now = Bulletin.objects.get()
    assert (now.texts, now.version, now.pdf_sha256) == (signed.texts, 1, signed.pdf_sha256)


def test_a_snapshot_is_frozen_under_its_hash(reviewed: Bulletin) -> None:
    snapshot = BulletinSnapshot.objects.get()
    assert codec.content_hash(snapshot.facts) == snapshot.facts_hash == reviewed.snapshot_hash
    with pytest.raises(TypeError):
        snapshot.save()


def test_a_crash_between_number_and_signature_loses_no_number(
    maker: Actor, signer: Actor, reviewed: Bulletin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(data: object) -> None:
        raise RuntimeError("the process died")

    with monkeypatch.context() as patch:
        patch.setattr(printed, "render", crash)
        with pytest.raises(RuntimeError):
            signing.sign(actor=signer, bulletin_id=reviewed.pk)
    half = Bulletin.objects.get()
    assert (half.state, half.issue_number, half.pdf_sha256) == ("reviewed", 1, "")
    signed = signing.sign(actor=signer, bulletin_id=reviewed.pk)
    assert (signed.issue_number, signed.total_issue_number) == (1, 1)


def test_what_is_compiled_while_it_is_printed_is_not_signed(
    maker: Actor, signer: Actor, reviewed: Bulletin, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = printed.render

    def meanwhile(data: bulletin_data.Bulletin) -> object:
        compiling.compile(actor=maker, period_start=MARCH)
        editing.review(actor=maker, bulletin_id=reviewed.pk)
        return press(data)

    monkeypatch.setattr(printed, "render", meanwhile)
    refused("signed_elsewhere", signing.sign, actor=signer, bulletin_id=reviewed.pk)
    assert Bulletin.objects.get().pdf_sha256 == ""


def test_compiling_again_keeps_what_was_written_by_hand_and_the_texts_it_replaced(maker: Actor) -> None:
    bulletin = compiling.compile(actor=maker, period_start=MARCH)
    practice = [{"place": "某小学", "text": "作业一周一公示。"}]
    texts = {"inspection": ["改过的话。"], "good_practices": practice}
    editing.edit(actor=maker, bulletin_id=bulletin.pk, texts=texts)
    editing.review(actor=maker, bulletin_id=bulletin.pk)
    again = compiling.compile(actor=maker, period_start=MARCH)
    assert (again.state, again.version, again.reviewed_by) == ("draft", 2, "")
    assert again.texts["good_practices"] == practice
    assert again.texts["inspection"] != ["改过的话。"]
    assert again.snapshot.replaced_texts["inspection"] == ["改过的话。"]
    assert list(BulletinTransition.objects.order_by("pk").values_list("action", flat=True)) == [
        "compile", "review", "compile",
    ]  # fmt: skip


def test_a_period_that_has_not_begun_is_not_compiled(maker: Actor, hand: clock.Hand) -> None:
    hand.set(at(15, 23))
    with pytest.raises(Invalid) as caught:
        compiling.compile(actor=maker, period_start=NEXT)
    assert caught.value.code == "not_begun"


def test_cases_are_chosen_from_the_snapshot(records: Records, maker: Actor) -> None:
    visit = records.visit(records.target(records.team()), at(3))
    serious, minor = records.finding(visit, "serious"), records.finding(visit, "minor")
    bulletin = compiling.compile(actor=maker, period_start=MARCH)
    assert [one["finding"] for one in bulletin.texts["cases"]] == [str(serious.pk), str(minor.pk)]
    chosen = [{"finding": str(minor.pk), "text": "已整改。"}]
    edited = editing.edit(actor=maker, bulletin_id=bulletin.pk, texts={"cases": chosen})
    assert edited.texts["cases"] == chosen
    for wrong in ([{"finding": str(visit.pk), "text": "无此问题。"}], chosen * 2):
        with pytest.raises(Invalid) as caught:
            editing.edit(actor=maker, bulletin_id=bulletin.pk, texts={"cases": wrong})
        assert caught.value.code == "unknown_case"


def test_a_period_knows_its_name() -> None:
    assert Period(dt.date(2026, 3, 16), dt.date(2026, 3, 31)).label == "2026年3月16日至31日"
