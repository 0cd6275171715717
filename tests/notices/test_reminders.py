"""Deadlines speak up: each step once, to whom it concerns (workflow.md section 9)."""

import datetime as dt

from backend.accounts.roles import Role
from backend.core import clock
from backend.journal.models import Outbox
from backend.notices.models import InboxEntry, Reminder
from backend.notices.selectors import ledger
from backend.notices.services import inbox, reminders
from tests.fixtures.rectification import World


def told(kind: str) -> list[int]:
    return sorted(Outbox.objects.filter(kind=kind).values_list("recipient_id", flat=True))


def said() -> list[str]:
    return list(Reminder.objects.order_by("pk").values_list("step", flat=True))


def test_every_step_is_announced_once_on_its_day(world: World, hand: clock.Hand) -> None:
    world.acknowledged(["moderate"])
    announced = {}
    for day in range(26):
        announced[day] = [reminders.remind_due(), reminders.remind_due()]
        hand.move(days=1)
    days = {day: count[0] for day, count in announced.items() if count != [0, 0]}
    assert days == {5: 1, 8: 1, 10: 1, 14: 1, 22: 1}
    assert {count[1] for count in announced.values()} == {0}
    assert said() == ["提醒", "催办", "督办", "约谈", "通报"]


def test_the_unit_is_reminded_and_urged_the_office_hears_what_is_due(world: World, hand: clock.Hand) -> None:
    office, leader, unit = world.person(Role.OFFICE).pk, world.person(Role.LEADERSHIP).pk, world.liaison.pk
    notice = world.acknowledged(["serious"])
    hand.move(days=2)
    reminders.remind_due()
    assert (told("notice.reminder"), told("notice.escalation")) == ([unit], [])
    hand.move(days=2)
    reminders.remind_due()
    assert (told("notice.overdue"), told("notice.escalation")) == ([unit], sorted([office, leader]))
    hand.move(days=2)
    reminders.remind_due()
    assert told("notice.overdue") == [unit]
    inbox.deliver_waiting()
    bodies = list(InboxEntry.objects.filter(user_id=unit).order_by("seq").values_list("body", flat=True))
    assert bodies[1:] == [
        f"{notice.number}的整改期限为2026年11月21日，请按期提交整改报告。",
        f"{notice.number}已超过整改期限，请立即提交整改报告。",
    ]
    last = InboxEntry.objects.filter(user_id=leader).order_by("seq").last()
    assert last is not None
    assert last.body == f"{world.target.name}办理{notice.number}已逾期3日，应予督办。"


def test_nobody_is_reminded_of_what_is_reported_or_not_issued(world: World, hand: clock.Hand) -> None:
    world.reported(["serious"])
    world.reviewed(["serious"])
    hand.move(days=4)
    assert reminders.remind_due() == 0


def test_a_new_deadline_is_spoken_of_anew_and_stands_in_the_ledger(world: World, hand: clock.Hand) -> None:
    notice = world.acknowledged(["serious"])
    hand.move(days=4)
    reminders.remind_due()
    world.report(notice)
    world.decide(notice, "returned")
    hand.move(days=4)
    assert reminders.remind_due() == 1
    assert said() == ["催办", "催办"]
    line = ledger.line(ledger.lines(world.office).get())
    assert line["reminders"] == [f"{dt.date(2026, 11, day)} 催办" for day in (22, 26)]
