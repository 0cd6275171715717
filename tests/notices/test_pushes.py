"""What leaves the house by e-mail, SMS or WeChat Work, and when."""

import datetime as dt

import pytest

from backend.core import clock
from backend.notices.rules import pushes
from backend.notices.rules.messages import TEMPLATES, Audience

pytestmark = pytest.mark.once

FIELD = [kind for kind in TEMPLATES if kind.startswith(pushes.FIELD_ROOMS)]


@pytest.mark.parametrize("kind", [*FIELD, "assignment.released", "draw.confirmed", "visit.something_new"])
def test_of_plans_and_visits_every_text_says_the_same(kind: str) -> None:
    assert pushes.text_of(kind, of_unit=False) == "您有新任务，请登录督导系统查看。"


@pytest.mark.parametrize("kind", sorted(TEMPLATES))
@pytest.mark.parametrize("of_unit", [True, False])
def test_no_text_holds_a_name_number_or_day(kind: str, of_unit: bool) -> None:
    text = pushes.text_of(kind, of_unit=of_unit)
    assert text.endswith("，请登录督导系统查看。")
    assert len(text) < 40
    assert not set("{}0123456789〔〕") & set(text)
    assert not any(word in text for word in ("到访", "检查记录", "计划", "抽取", "督查组"))


def test_a_unit_is_told_nothing_that_is_not_for_units() -> None:
    staff = [kind for kind, each in TEMPLATES.items() if each.audience is Audience.STAFF]
    assert {pushes.text_of(kind, of_unit=True) for kind in [*staff, "unknown"]} == {pushes.OTHER_TEXT}
    assert pushes.text_of("notice.issued", of_unit=True) == "收到整改通知书，请登录督导系统查看。"


def at(time: str, day: int = 18) -> dt.datetime:
    return dt.datetime.combine(dt.date(2026, 11, day), dt.time.fromisoformat(time), clock.CHINA)


@pytest.mark.parametrize(
    ("now", "since", "until", "sent"),
    [
        (at("12:00"), None, None, at("12:00")),
        (at("12:00"), "22:00", "07:30", at("12:00")),
        (at("23:10"), "22:00", "07:30", at("07:30", 19)),
        (at("00:10"), "22:00", "07:30", at("07:30")),
        (at("07:30"), "22:00", "07:30", at("07:30")),
        (at("22:00"), "22:00", "07:30", at("07:30", 19)),
        (at("12:59"), "12:00", "14:00", at("14:00")),
        (at("11:59"), "12:00", "14:00", at("11:59")),
        (at("12:00"), "12:00", "12:00", at("12:00")),
    ],
)
def test_nothing_is_sent_in_mute_hours(now: dt.datetime, since: str, until: str, sent: dt.datetime) -> None:
    hours = [dt.time.fromisoformat(each) if each else None for each in (since, until)]
    assert pushes.after_mute(now.astimezone(dt.UTC), *hours) == sent


def test_tries_come_further_apart_and_end() -> None:
    now = at("12:00")
    waits = [pushes.next_try(tries, now) for tries in range(1, 7)]
    assert waits[-1] is None
    assert [(each - now).total_seconds() / 60 for each in waits[:-1] if each] == [1, 5, 30, 120, 720]
