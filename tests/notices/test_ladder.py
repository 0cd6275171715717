"""Escalation: each step at its instant, once, with its paper and its messages (workflow.md section 9)."""

import datetime as dt

import pytest

from backend.accounts.roles import Role
from backend.core import clock
from backend.journal.models import Outbox
from backend.media.services import blobs
from backend.notices.models import EscalationPaper, InboxEntry, Reminder, RectificationNotice
from backend.notices.rules.ladder import DAYS, LABELS, Rung, due_steps, escalation, instant_of
from backend.notices.selectors import codes, ledger
from backend.notices.services import drafts, escalation_printing, escalations, inbox, ladder, replies, reviewing
from backend.notices.tasks import escalate
from backend.registry.rules.workdays import shipped
from tests.fixtures.rectification import World, fresh


def told(kind: str) -> list[int]:
    return sorted(Outbox.objects.filter(kind=kind).values_list("recipient_id", flat=True))


def said() -> list[str]:
    return list(Reminder.objects.order_by("pk").values_list("step", flat=True))


def papers() -> list[tuple[str, str, str]]:
    return list(EscalationPaper.objects.order_by("pk").values_list("kind", "state", "number"))


def test_a_neglected_notice_climbs_step_by_step_each_once_with_its_paper(world: World, hand: clock.Hand) -> None:
    world.acknowledged(["moderate"])
    taken = {}
    for _ in range(60):
        taken[clock.today()] = [escalate(), escalate()]
        hand.move(days=1)
    assert {day: counts[0] for day, counts in taken.items() if counts != [0, 0]} == {
        dt.date(2026, 11, 19): 1,
        dt.date(2026, 11, 24): 1,
        dt.date(2026, 11, 26): 1,
        dt.date(2026, 12, 2): 1,
        dt.date(2026, 12, 14): 1,
        dt.date(2027, 1, 4): 1,
    }
    assert {counts[1] for counts in taken.values()} == {0}
    assert said() == ["提醒", "催办", "督办", "约谈", "通报", "问责"]
    assert papers() == [
        ("reminder", "issued", "云督催〔2026〕1号"),
        ("supervised_order", "drafted", ""),
        ("admonition_talk", "drafted", ""),
        ("circular", "proposed", "云督通建〔2026〕1号"),
        ("accountability", "proposed", "云督问建〔2027〕1号"),
    ]
    for paper in EscalationPaper.objects.exclude(pdf_sha256=""):
        assert blobs.read(paper.pdf_sha256).startswith(b"%PDF-")
