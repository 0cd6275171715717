"""Taking a step in the life of a notice: one transaction, one row of history, one audit line, also for a refusal."""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from backend.accounts.models import User
from backend.accounts.roles import UNIT_ROLES, Role
from backend.accounts.selectors import people
from backend.core import clock
from backend.core.actor import Actor
from backend.core.errors import Forbidden
from backend.inspections.models import SeverityLevel
from backend.journal.writing import Change, write
from backend.notices.models import Extension, NoticeFinding, NoticeTransition, RectificationNotice
from backend.notices.rules.lifecycle import ASKABLE, TRANSITIONS, WITH_THE_UNIT, Party, State, refusal, state_after
from backend.notices.selectors import deputies, notices
from backend.notices.selectors.possible import OPEN_FINDINGS
from backend.notices.services.refusals import on_record
from backend.registry.selectors import responsibility, targets

LAPSED = "通知书已转入其他环节，延期申请自行终止。"

RIGHT_TO_SIGN = "notices.sign_notice"


@dataclass
class Step:
    """A notice being changed inside a transaction, locked."""

    change: Change
    notice: RectificationNotice
    actor: Actor

    def take(self, action: str, reason: str = "") -> None:
        """Move the notice by the table. Raises `Conflict(bad_state)`, `Forbidden`."""
        self.permit(action)
        before, after = self.notice.state, state_after(action, self.notice.state)
        NoticeTransition.objects.create(
            notice=self.notice,
            action=action,
            before=before,
            after=after,
            actor_id=self.actor.user_id,
            actor_name=self.actor.name,
            at=clock.now(),
            reason=reason,
        )
        self.notice.state = after
        self.change.log(f"notice.{action}", self.notice, before=str(before), after=str(after), reason=reason)

    def permit(self, action: str) -> None:
        """Raises `Forbidden` unless the step belongs to the actor's party."""
        require(self.actor, TRANSITIONS[action].party)

    def only_in(self, name: str, *states: str) -> None:
        """For what is done to a notice without moving it. Raises `Conflict(bad_state)`."""
        if self.notice.state not in states:
            raise refusal(name, self.notice.state)

    @property
    def person(self) -> int:
        """Who acts; raises `Forbidden` for the system, which writes no reports."""
        if self.actor.user_id is None:
            raise Forbidden()
        return self.actor.user_id

    def items(self, *states: str) -> list[NoticeFinding]:
        """The notice's rows whose finding is in one of `states` (none given: all), in their order."""
        rows = NoticeFinding.objects.filter(notice=self.notice).select_related("finding").order_by("number")
        return list(rows.filter(finding__state__in=states) if states else rows)

    def asked(self) -> Extension | None:
        """The wish for more time that waits for an answer."""
        return Extension.objects.filter(notice=self.notice, granted__isnull=True).first()

    def next_deadline(self) -> None:
        """Let the notice show the deadline that runs now; none runs while a wish for more time waits, but of a veto.

        A wish that cannot be answered any more, because everything was reported, ends by itself.
        """
        asked = self.asked()
        if asked is not None and self.notice.state not in ASKABLE | {State.DEFENCE_PENDING}:
            asked.granted, asked.answer, asked.decided_at = False, LAPSED, clock.now()
            asked.save()
            self.change.log("notice.extension_lapsed", self.notice)
            asked = None
        running = [row for row in self.items(*OPEN_FINDINGS) if asked is None or row.severity == SeverityLevel.VETO]
        dues = [row.due_on for row in running if row.due_on]
        self.notice.due_on = min(dues, default=None) if self.notice.state in WITH_THE_UNIT else None

    def tell_unit(self, kind: str, **detail: Any) -> None:
        """To the people of the unit; nothing before the notice is issued."""
        if self.notice.issued_at is not None:
            self._tell(kind, targets.contacts(self.notice.target), detail)

    def tell_office(self, kind: str, **detail: Any) -> None:
        readers = people.with_role(self.notice.county_id, {Role.OFFICE, Role.LEADERSHIP})
        self._tell(kind, readers - {self.actor.user_id}, {"unit": self.notice.target.name, **detail})

    def tell_heads(self, kind: str, **detail: Any) -> None:
        """A copy to 包片科室 and 片区督导站 (workflow.md sections 6, 9), but to nobody who recused from the visit."""
        recused = self.notice.visit.assignment.recusals.values_list("user_id", flat=True)
        readers = responsibility.heads_of(self.notice.target_id) - set(recused)
        self._tell(kind, sorted(readers), {"unit": self.notice.target.name, **detail})

    def _tell(self, kind: str, recipients: Iterable[int | None], detail: dict[str, Any]) -> None:
        ids = [recipient for recipient in recipients if recipient is not None]
        self.change.tell(kind, ids, self.notice, **{"number": self.notice.number, **detail})


@contextmanager
def changing(*, actor: Actor, notice_id: uuid.UUID, action: str) -> Iterator[Step]:
    """A transaction about one locked notice, saved at its end.

    Raises `NotFound` for what the actor may not know of. Every refusal is written to the audit trail in a transaction
    of its own: the attempt stays on record, its effects do not. Of another unit's or county's notice only the attempt
    is known, under the id that was named.
    """
    with on_record(actor=actor, action=action, notice_id=notice_id), write(actor=actor) as change:
        step = Step(change, notices.locked(actor, notice_id), actor)
        yield step
        step.next_deadline()
        step.notice.save()


def require(actor: Actor, party: Party) -> None:
    """Raises `Forbidden` unless `actor` belongs to `party`."""
    if party is Party.ANY:
        return
    allowed = {
        Party.OFFICE: lambda: actor.has(Role.OFFICE),
        Party.SIGNER: lambda: may_sign(actor),
        Party.UNIT: lambda: actor.has(*UNIT_ROLES),
        Party.SYSTEM: lambda: actor.has("system"),
    }
    if not allowed[party]():
        raise Forbidden("may_not_sign", "您没有签发权限。") if party is Party.SIGNER else Forbidden()


def may_sign(actor: Actor) -> bool:
    """Leadership signs; people of the office who were given the right, or stand in for it today, sign too."""
    if actor.has(Role.LEADERSHIP):
        return True
    if not actor.has(Role.OFFICE) or actor.user_id is None:
        return False
    user = User.objects.filter(pk=actor.user_id, county_id=actor.county_id).first()
    return user is not None and (user.has_perm(RIGHT_TO_SIGN) or deputies.of(actor) is not None)
