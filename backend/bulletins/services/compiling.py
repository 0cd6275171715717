"""From the rows to a draft: figures frozen, texts written.

Reading happens before the transaction, in one consistent state of the database, so that nobody waits for it.
"""

import datetime as dt
from typing import Any

from django.db import IntegrityError

from backend.accounts.roles import Role
from backend.accounts.selectors import people
from backend.bulletins.models import Bulletin, BulletinSnapshot
from backend.bulletins.rules import periods, wording
from backend.bulletins.rules.lifecycle import State
from backend.bulletins.rules.periods import Period
from backend.bulletins.selectors import facts
from backend.bulletins.selectors.window import Window
from backend.bulletins.services import progress, versions
from backend.bulletins.services.steps import Step, permit, remember
from backend.core import clock, codec
from backend.core.actor import Actor
from backend.core.errors import Conflict, Invalid
from backend.journal.reading import snapshot
from backend.journal.writing import Change, write

STEPS = ("汇总数据", "写入初稿")


def compile(*, actor: Actor, period_start: dt.date, only_first: bool = False) -> Bulletin:
    """Freeze the figures of the period that begins on `period_start`, up to its end or now, and write the draft.

    Again before signing: a new snapshot, new texts, back to the draft; what was written by hand stays, and the texts
    replaced stay with the history. After a withdrawal: a correction issue. `only_first` leaves a period alone that was
    ever compiled. Raises `Forbidden`, `Invalid(bad_period, not_begun)`, `Conflict`: `bad_state` once it is signed,
    `compiled_elsewhere`.
    """
    permit(actor, "compile")
    period = periods.beginning(period_start)
    now = clock.now()
    if now <= period.begins_at:
        raise Invalid("not_begun", "该时段尚未开始，不能汇编。", path="period_start")
    if only_first and Bulletin.objects.filter(county_id=actor.county_id, period_start=period.start).exists():
        raise _elsewhere()
    with progress.working(actor=actor, period_start=period.start, what="compile", steps=STEPS) as go_on:
        with snapshot():
            gathered = facts.gather(Window(actor.county_id, period, min(now, period.ends_at)))
        go_on()
        try:
            with write(actor=actor) as change:
                return _store(change, period, gathered, only_first)
        except IntegrityError:
            raise _elsewhere() from None


def _elsewhere() -> Conflict:
    return Conflict("compiled_elsewhere", "该时段的半月报已由他人汇编，请刷新后再看。")


def _store(change: Change, period: Period, gathered: dict[str, Any], only_first: bool) -> Bulletin:
    # One look: between two, another worker may commit the issue that the first did not find.
    issues = list(
        Bulletin.objects.select_for_update().filter(county_id=change.actor.county_id, period_start=period.start)
    )
    if only_first and issues:
        raise _elsewhere()
    bulletin = next((each for each in issues if each.state != State.WITHDRAWN), None)
    if bulletin is None:
        bulletin = Bulletin(
            county_id=change.actor.county_id,
            period_start=period.start,
            period_end=period.end,
            corrects=_corrected(period, change.actor.county_id),
        )
        before = ""
    else:
        before, bulletin.state = bulletin.state, Step(change, bulletin, change.actor).check("compile")
    _freeze(change, bulletin, gathered)
    remember(change, bulletin, "compile", before, version=bulletin.version, snapshot=bulletin.snapshot_hash)
    change.tell("bulletin.drafted", _editors(change.actor), bulletin, title=bulletin.title)
    return bulletin


def _freeze(change: Change, bulletin: Bulletin, gathered: dict[str, Any]) -> None:
    replaced = bulletin.texts
    by_hand = {part: replaced[part] for part in wording.BY_HAND if replaced.get(part)}
    bulletin.texts = wording.written(gathered) | by_hand
    bulletin.version += 1
    bulletin.cut_off = dt.datetime.fromisoformat(gathered["cut_off"])
    bulletin.snapshot_hash = codec.content_hash(gathered)
    bulletin.reviewed_by, bulletin.reviewer_id = "", None
    bulletin.texts_version += 1
    bulletin.save()
    versions.keep(change, bulletin, sorted(bulletin.texts))
    BulletinSnapshot.objects.create(
        bulletin=bulletin,
        version=bulletin.version,
        cut_off=bulletin.cut_off,
        facts=gathered,
        facts_hash=bulletin.snapshot_hash,
        replaced_texts=replaced,
        made_by=change.actor.user_id,
    )


def _corrected(period: Period, county_id: int) -> str:
    """The newest withdrawn issue of the period, as a correction names it; empty when there is none."""
    rows = Bulletin.objects.filter(county_id=county_id, period_start=period.start, state=State.WITHDRAWN)
    newest = rows.order_by("-withdrawn_at").first()
    return f"{newest.issue_year}年第{newest.issue_number}期" if newest else ""


def _editors(actor: Actor) -> set[int]:
    return people.with_role(actor.county_id, {Role.OFFICE}) - {actor.user_id or 0}
