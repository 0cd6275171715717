"""The product compiles by itself on the 1st and the 16th: every ended period once, however long it was switched off."""

import datetime as dt
import threading

import pytest
from django.db import connection

from backend.accounts.models import County
from backend.accounts.roles import Role
from backend.bulletins.models import Bulletin, BulletinSnapshot
from backend.bulletins.services import compiling, editing, publishing, schedule, signing
from backend.core import clock
from backend.core.actor import Actor
from backend.core.duties import duties
from backend.journal.models import Outbox
from tests.bulletins.records import MARCH, Records, at
from tests.fixtures.people import Cast
from tests.fixtures.places import Places


def starts(county: County) -> list[str]:
    rows = Bulletin.objects.filter(county_id=county.pk).order_by("period_start")
    return [f"{day:%m-%d}" for day in rows.values_list("period_start", flat=True)]


def test_the_duty_compiles_what_has_ended_and_tells_the_office(records: Records, maker: Actor, county: County) -> None:
    records.visit(records.target(records.team()), at(3))
    duties["bulletins.compile"].run()
    duties["bulletins.compile"].run()
    bulletin = Bulletin.objects.get()
    assert (starts(county), bulletin.state, bulletin.version) == (["03-01"], "draft", 1)
    assert bulletin.cut_off == at(16, 0)
    told = Outbox.objects.filter(kind="bulletin.drafted").values_list("recipient_id", flat=True)
    assert list(told) == [maker.user_id]


def test_nothing_is_compiled_while_a_period_runs(records: Records, county: County, hand: clock.Hand) -> None:
    hand.set(at(15, 23))
    records.visit(records.target(records.team()), at(3))
    assert schedule.compile_due() == 0
    hand.set(at(16, 0))
    assert schedule.compile_due() == 1


def test_after_a_downtime_every_missed_period_is_compiled_once(
    records: Records, county: County, hand: clock.Hand
) -> None:
    records.visit(records.target(records.team()), at(3))
    schedule.compile_due()
    hand.set(at(2, month=5))
    assert [schedule.compile_due(), schedule.compile_due()] == [3, 0]
    assert starts(county) == ["03-01", "03-16", "04-01", "04-16"]
    assert BulletinSnapshot.objects.count() == 4


def test_a_county_that_has_not_begun_gets_no_bulletin(county: County, other_county: County) -> None:
    assert schedule.compile_due() == 0
    assert not Bulletin.objects.exists()


def test_a_draft_made_by_hand_is_left_alone(records: Records, maker: Actor) -> None:
    records.visit(records.target(records.team()), at(3))
    bulletin = compiling.compile(actor=maker, period_start=MARCH)
    editing.edit(actor=maker, bulletin_id=bulletin.pk, texts={"inspection": ["办公室改过的话。"]})
    assert schedule.compile_due() == 0
    assert Bulletin.objects.get().texts["inspection"] == ["办公室改过的话。"]


def test_a_withdrawn_issue_is_not_compiled_again_by_itself(records: Records, maker: Actor, signer: Actor) -> None:
    bulletin = compiling.compile(actor=maker, period_start=MARCH)
    editing.review(actor=maker, bulletin_id=bulletin.pk)
    signing.sign(actor=signer, bulletin_id=bulletin.pk)
    publishing.withdraw(actor=signer, bulletin_id=bulletin.pk, reason="数据有误。")
    assert schedule.compile_due() == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_draft() -> None:
    cast = Cast()
    records = Records(cast, Places(cast), cast.county())
    cast.person(Role.OFFICE)
    records.visit(records.target(records.team()), at(3))
    gate, made = threading.Barrier(2), list[int]()

    def work() -> None:
        try:
            gate.wait(10)
            made.append(schedule.compile_due())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(made) == [0, 1]
    assert (Bulletin.objects.get().version, BulletinSnapshot.objects.count()) == (1, 1)
    assert Outbox.objects.filter(kind="bulletin.drafted").count() == 1
    assert dt.date(2026, 3, 1) == Bulletin.objects.get().period_start
