"""The audit trail is sealed in batches, and any change of it is found."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from backend.core import clock
from backend.core.actor import system
from backend.journal import sealing
from backend.journal.models import AuditSeal, SealedLine
from backend.journal.writing import write
from tests.fixtures.phones import Probe

pytestmark = pytest.mark.django_db


def lines(count: int, county_id: int = 1) -> None:
    for number in range(count):
        with write(actor=system(county_id)) as change:
            change.log("probe.put", Probe(str(number), "crew:a", number), value=number)


def tamper(sql: str) -> None:
    """Somebody with a hand in the database."""
    with write(actor=system(1)), connection.cursor() as cursor:
        cursor.execute(sql)


def test_batches_make_one_chain_per_county() -> None:
    lines(3)
    lines(2, county_id=2)
    assert sealing.seal_all() == 5
    lines(4)
    assert sealing.seal_all() == 4
    assert sealing.seal_all() == 0
    assert list(AuditSeal.objects.filter(county_id=1).values_list("length", flat=True)) == [3, 7]
    found = sealing.verify(1)
    assert (found.lines, found.broken_at) == (7, None)
    assert found.root == AuditSeal.objects.filter(county_id=1).latest("length").root


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal_auditline SET actor_name = 'x' WHERE verb = 'probe.put' AND object_id = '2'",
        "UPDATE journal_auditline SET detail = '{}' WHERE object_id = '2'",
        "UPDATE journal_sealedline SET hash = place WHERE place = 3",
        "DELETE FROM journal_sealedline WHERE place = 3",
        "UPDATE journal_auditseal SET root = 'x'",
        "UPDATE journal_auditchain SET length = 4",
    ],
)
def test_every_change_of_the_past_is_found(change: str) -> None:
    lines(5)
    sealing.seal_all()
    tamper(change)
    broken = sealing.verify(1).broken_at
    assert broken is not None
    assert broken >= 3
    with pytest.raises(SystemExit):
        call_command("audit", "verify", stdout=StringIO())


def test_a_removed_end_is_found() -> None:
    lines(5)
    sealing.seal_all()
    last = SealedLine.objects.latest("place").line_id
    tamper("DELETE FROM journal_sealedline WHERE place = 5")
    tamper(f"DELETE FROM journal_auditline WHERE id = {last}")  # noqa: S608 -- a number of our own
    assert sealing.verify(1).broken_at == 5


def test_the_root_of_a_day_is_that_of_its_last_seal() -> None:
    with clock.fixed(clock.now()) as hand:
        first = clock.today()
        lines(2)
        sealing.seal_all()
        root = sealing.verify(1).root
        hand.move(days=1)
        lines(2)
        sealing.seal_all()
        today, yesterday = sealing.daily_root(1, clock.today()), sealing.daily_root(1, first)
        assert today is not None
        assert yesterday is not None
        assert yesterday.root == root
        assert today.root == sealing.verify(1).root


def test_commands_speak_chinese() -> None:
    lines(1)
    said: Callable[[str], str] = run
    assert said("seal").startswith("已封存 1 条")
    assert "完整" in said("verify")
    assert sealing.verify(1).root in said("root")


def run(*words: str) -> str:
    out = StringIO()
    call_command("audit", *words, stdout=out)
    return out.getvalue()
