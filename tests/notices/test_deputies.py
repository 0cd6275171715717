"""Dated deputies sign, scans of stamped papers are the issued copy, the office sees what nobody opened."""

import datetime as dt
import hashlib
import uuid

import pytest

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.errors import Conflict, Forbidden, Invalid, NotFound
from backend.notices.models import IssuedCopy, SigningDeputy
from backend.notices.selectors import notices
from backend.notices.services import drafts, issuing, reviewing, scans, signing
from tests.fixtures.rectification import World, fresh


def appointed(world: World, first: int, last: int) -> SigningDeputy:
    day = clock.today()
    return signing.appoint(
        actor=world.leader,
        user_id=world.person(Role.OFFICE).pk,
        starts_on=day + dt.timedelta(days=first),
        ends_on=day + dt.timedelta(days=last),
        reason="外出开会",
    )


def test_a_deputy_signs_on_the_days_named_and_on_no_others(world: World, hand: clock.Hand) -> None:
    appointed(world, 1, 2)
    answers: list[bool | str] = []
    for _ in range(4):
        notice = world.reviewed()
        try:
            answers.append(issuing.issue(actor=world.office, notice_id=notice.pk).signed_by == world.office.name)
        except Forbidden as fault:
            answers.append(fault.code)
        hand.move(days=1)
    assert answers == ["may_not_sign", True, True, "may_not_sign"]


def test_a_deputy_may_be_ended_at_once_and_only_leadership_names_them(world: World) -> None:
    row = appointed(world, 0, 5)
    with pytest.raises(Forbidden):
        signing.end_deputy(actor=world.office, deputy_id=row.pk)
    signing.end_deputy(actor=world.leader, deputy_id=row.pk)
    with pytest.raises(Conflict, match="deputy_ended"):
        signing.end_deputy(actor=world.leader, deputy_id=row.pk)
    with pytest.raises(Forbidden, match="may_not_sign"):
        issuing.issue(actor=world.office, notice_id=world.reviewed().pk)
    today = clock.today()
    with pytest.raises(Forbidden):
        signing.appoint(actor=world.office, user_id=row.user_id, starts_on=today, ends_on=today)
    with pytest.raises(Invalid, match="not_of_the_office"):
        signing.appoint(actor=world.leader, user_id=world.liaison.pk, starts_on=today, ends_on=today)
    for first, last in ((-3, -1), (2, 1), (0, 200)):
        with pytest.raises(Invalid, match="deputy_dates"):
            appointed(world, first, last)


def scanned(world: World, notice_id: uuid.UUID, content: bytes) -> IssuedCopy:
    sha256 = hashlib.sha256(content).hexdigest()
    row = scans.declare(
        actor=world.office, notice_id=notice_id, sha256=sha256, size=len(content), filetype="application/pdf"
    )
    scans.received(evidence_id=str(row.pk), sha256=sha256, intact=True, facts={})
    return row


def test_a_scan_of_the_stamped_paper_is_the_issued_copy_of_its_own_unit(world: World) -> None:
    notice = world.issued()
    first, second = scanned(world, notice.pk, b"one"), scanned(world, notice.pk, b"two")
    shown = [copy.sha256 for copy in notices.get(world.unit, notice.pk).copies.all()]
    assert set(shown) == {first.sha256, second.sha256}
    stranger = world.cast.actor(world.places.liaison(world.places.school(county=world.county)))
    reads = [notices.may_read_blob(actor, first.sha256) for actor in (world.unit, world.leader, stranger)]
    assert reads == [True, True, False]


def test_a_scan_needs_an_issued_notice_the_office_and_an_id_of_its_own(world: World) -> None:
    draft = world.draft()
    fact = {"sha256": "a" * 64, "size": 5, "filetype": "application/pdf"}
    with pytest.raises(Conflict, match="bad_state"):
        scans.declare(actor=world.office, notice_id=draft.pk, **fact)  # type: ignore[arg-type]
    notice = world.issued()
    with pytest.raises(Forbidden):
        scans.declare(actor=world.unit, notice_id=notice.pk, **fact)  # type: ignore[arg-type]
    row = scans.declare(actor=world.office, notice_id=notice.pk, **fact)  # type: ignore[arg-type]
    again = scans.declare(actor=world.office, notice_id=notice.pk, copy_id=row.pk, **fact)  # type: ignore[arg-type]
    assert again.pk == row.pk
    with pytest.raises(Conflict, match="id_reused"):
        scans.declare(actor=world.office, notice_id=notice.pk, copy_id=row.pk, **{**fact, "size": 6})  # type: ignore[arg-type]
    assert not notices.may_read_blob(world.unit, "a" * 64)
    with pytest.raises(NotFound):
        scans.declare(
            actor=world.cast.actor(world.places.liaison(world.places.school(county=world.county))),
            notice_id=notice.pk,
            **fact,  # type: ignore[arg-type]
        )


def test_the_office_sees_which_notices_nobody_opened_after_so_many_hours(world: World, hand: clock.Hand) -> None:
    lonely = world.issued(target=world.places.school(county=world.county))
    opened, unopened = world.issued(), world.issued()
    issuing.opened(actor=world.unit, notice=notices.get(world.unit, opened.pk))
    drafts.review(actor=world.office, notice_id=world.draft().pk)

    def waiting(hours: int) -> set[object]:
        return set(notices.filtered(notices.scoped(world.office), unopened_hours=hours).values_list("pk", flat=True))

    assert (waiting(0), waiting(24)) == ({lonely.pk, unopened.pk}, set())
    hand.move(hours=24)
    assert waiting(24) == {lonely.pk, unopened.pk}


def test_every_finding_is_closed_under_its_own_number_and_loses_it_with_a_relapse(world: World) -> None:
    notice = world.closed(["minor", "serious"])
    numbers = notice.findings.order_by("number").values_list("close_number", flat=True)
    assert list(numbers) == ["云督销项〔2026〕1号", "云督销项〔2026〕2号"]
    item = notice.findings.get(number=2)
    reviewing.reopen(actor=world.office, notice_id=notice.pk, item_ids=[item.pk], reason="回头看发现反弹")
    assert list(numbers.all()) == ["云督销项〔2026〕1号", ""]
    world.report(fresh(notice), [item])
    reviewing.decide(actor=world.office, notice_id=notice.pk, verdicts=[reviewing.Verdict(item.pk, "closed")])
    assert list(numbers.all()) == ["云督销项〔2026〕1号", "云督销项〔2026〕3号"]
