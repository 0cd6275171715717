"""What leaves the house by e-mail, SMS or WeChat Work: one sentence per kind, and never more.

Such a text is read on lock screens and by whoever holds the phone. It names no unit, number, place, day or person, and
of everything that has to do with plans, draws, assignments and visits it says the same (workflow.md section 12):
「您有新任务」 only. What a message is about is read in the inbox, after signing in.
"""

import datetime as dt

from backend.core import clock
from backend.notices.rules.messages import NEUTRAL, TASK, TEMPLATES, template_of

FIELD_ROOMS = (
    *("assignment.", "plan.", "draw.", "visit.", "crew.", "answer.", "finding.", "evidence."),
    *("recusal.", "conflict.", "target.", "operation.", "look_back."),
)
"""Kinds about unannounced work, and kinds from which somebody could guess at it."""

TASK_TEXT = f"{TASK.title}，请登录督导系统查看。"
OTHER_TEXT = f"{NEUTRAL.title}，请登录督导系统查看。"

TRIES_AFTER = tuple(dt.timedelta(minutes=each) for each in (1, 5, 30, 120, 720))
"""How long after a failed try the next one comes; after the last of them it is given up."""


def text_of(kind: str, *, of_unit: bool) -> str:
    """The sentence for a message of `kind`; the only thing about it that is sent."""
    if of_unit:
        template = template_of(kind, of_unit=True)
        return _said(template.title) if template and kind != "evidence.corrupt" else OTHER_TEXT
    if kind.startswith(FIELD_ROOMS):
        return TASK_TEXT
    known = TEMPLATES.get(kind)
    return _said(known.title) if known else OTHER_TEXT


def _said(title: str) -> str:
    return OTHER_TEXT if "{" in title else f"{title}，请登录督导系统查看。"


def next_try(tries: int, now: dt.datetime) -> dt.datetime | None:
    """When to try again after `tries` failed ones; None: no more."""
    return now + TRIES_AFTER[tries - 1] if tries <= len(TRIES_AFTER) else None


def after_mute(now: dt.datetime, since: dt.time | None, until: dt.time | None) -> dt.datetime:
    """The first instant from `now` on that does not lie in the mute hours, which are times of day in China."""
    if since is None or until is None or since == until:
        return now
    here = now.astimezone(clock.CHINA)
    time = here.time()
    muted = since <= time < until if since < until else time >= since or time < until
    if not muted:
        return now
    day = here.date() if time < until else here.date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, until, clock.CHINA).astimezone(dt.UTC)
