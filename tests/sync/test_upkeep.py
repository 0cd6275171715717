"""Verify, purge, epoch, stats."""

import json
import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from backend.accounts.models import User
from backend.core import clock
from backend.core.actor import Actor
from backend.journal import upkeep
from backend.journal.models import FeedRow, Scope
from backend.journal.writing import write
from backend.registry.models import Target
from backend.sync.models import SyncState
from backend.sync.services import epochs
from tests.fixtures.people import Cast
from tests.fixtures.phones import Phone, Probe
from tests.fixtures.places import Places
from tests.fixtures.visits import Fieldwork


@pytest.fixture
def actor(cast: Cast, inspector: User) -> Actor:
    return cast.actor(inspector)


def run(*words: str) -> str:
    out = StringIO()
    call_command("sync", *words, stdout=out)
    return out.getvalue()


def test_a_true_feed_verifies(places: Places) -> None:
    places.school()
    assert "全部一致" in run("verify")


def test_the_order_in_which_a_database_keeps_json_is_no_difference(fieldwork: Fieldwork) -> None:
    fieldwork.approved()
    assert "全部一致" in run("verify", "--dry-run")


def test_a_wrong_sum_and_a_wrong_document_are_mended_and_reach_the_phones(phone: Phone, places: Places) -> None:
    school = places.school()
    phone.pull()
    with write(actor=Actor(None, school.county_id, "x")):
        Target.objects.filter(pk=school.pk).update(name="改名小学（演示）")
        Scope.objects.filter(name=school.journal_scope).update(csum=5)
    with pytest.raises(SystemExit):
        run("verify")
    assert "全部一致" in run("verify")
    phone.pull()
    assert phone.documents("target")[str(school.pk)]["name"] == "改名小学（演示）"
    assert phone.sums[school.journal_scope] == phone.sum_of(school.journal_scope)


def test_a_dry_run_mends_nothing(places: Places) -> None:
    school = places.school()
    with write(actor=Actor(None, school.county_id, "x")):
        Scope.objects.filter(name=school.journal_scope).update(csum=5)
    for _ in range(2):
        with pytest.raises(SystemExit):
            run("verify", "--dry-run")


def test_only_tombstones_older_than_180_days_are_purged(
    phone: Phone, actor: Actor, grant: Callable[..., None], inspector: User
) -> None:
    grant(inspector, "crew:a")
    with clock.fixed(clock.now()) as hand:
        for name in ("kept", "gone"):
            with write(actor=actor) as change:
                change.put(Probe(name, "crew:a", 1))
        with write(actor=actor) as change:
            change.remove(Probe("gone", "", 0))
        hand.move(days=179)
        assert upkeep.purge() == 0
        hand.move(days=2)
        assert upkeep.purge() == 1
    assert list(FeedRow.objects.filter(kind="probe").values_list("object_id", flat=True)) == ["kept"]
    assert Scope.objects.get(name="crew:a").floor == 3


def test_after_a_bump_every_cursor_belongs_to_another_epoch(phone: Phone) -> None:
    phone.pull()
    assert run("epoch").strip() == "现为 e1。"
    name = re.findall(r"e\d+-[0-9a-f]{16}", run("epoch", "--bump"))[0]
    answer = phone.pull_page()
    assert (answer.status_code, answer.json()["code"], answer["Sync-Epoch"]) == (409, "epoch", name)
    phone.cursor = None
    phone.pull()


def test_two_restores_of_one_backup_are_two_epochs(phone: Phone) -> None:
    with clock.fixed(clock.now()):  # even within one minute
        names = {"e1"}
        for _ in range(5):
            SyncState.objects.update(epoch=1, mark="")  # as it is in the backup
            names.add(epochs.bump().name)
    assert len(names) == 6


def test_stats_say_what_is_stuck(phone: Phone, probes: list[str]) -> None:
    phone.push(phone.op("probe.put", "x", {"scope": "crew:of-others"}), phone.op("no.such", "y"))
    found: dict[str, Any] = json.loads(run("stats", "--json"))
    assert found["operations"] == 2
    assert {status: row["count"] for status, row in found["by_status"].items()} == {"held": 1, "quarantined": 1}
    assert found["devices_with_gaps"] == []
