"""A phone that was away, the crew it belongs to, and what must hold for it whatever was decided meanwhile."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from backend.accounts.models import User
from backend.core import codec
from backend.core.actor import system
from backend.core.ids import uuid7
from backend.inspections.models import Assignment
from backend.inspections.services import assignments
from backend.journal import grants
from backend.journal.models import FeedRow
from backend.sync.models import Operation, Verdict
from backend.sync.models.verdict import Status
from tests.fixtures.phones import Phone

Said = list[tuple[str, str | None]]


@dataclass
class FieldPhone(Phone):
    """A phone with an outbox apart from its rows. `made` is everything it ever wrote, `drops` what it was told to drop."""

    made: list[dict[str, Any]] = field(default_factory=list)
    outbox: list[dict[str, Any]] = field(default_factory=list)
    drops: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.refresh = self.client.tokens.refresh

    def do(self, name: str, object_id: object, data: Any = None) -> None:
        self.outbox.append(self.op(name, object_id, data))
        self.made.append(self.outbox[-1])

    def work(self, visit: str) -> None:
        """An answer, a finding and a photo."""
        self.do("answer.set", visit, {"answers": {"TY-01": {"value": "yes", "base": 0}}})
        self.do("finding.record", uuid7(), {"visit": visit, "item": "TY-02", "text": "到场人数不足。"})
        self.do("evidence.add", uuid7(), {"visit": visit, "sha256": "a" * 64, "size": 9, "filetype": "image/jpeg"})

    def begin(self, task: Assignment) -> str:
        """A visit begun and worked on without a network; its id."""
        visit = str(uuid7())
        self.do(
            "visit.start", visit, {"assignment": str(task.pk), "rev": self.documents("assignment")[str(task.pk)]["rev"]}
        )
        self.do("visit.check_in", visit, {"reason": "地下室无定位"})
        self.work(visit)
        return visit

    def hand_in(self) -> Said:
        """Push the outbox; with any status an operation leaves it."""
        sent, self.outbox = self.outbox, []
        return [(result["status"], result.get("code")) for result in self.push(*sent)["results"]]

    def apply(self, page: dict[str, Any]) -> None:
        super().apply(page)
        self.drops += page["drop"]

    def pull_or_erase(self) -> str:
        """Pull; a phone that may only deposit erases its rows and keeps its outbox. The code, if it was refused."""
        answer = self.pull_page()
        if answer.status_code == 200:
            self.pull()
            return ""
        assert answer.status_code == 403
        self.rows, self.cursor, self.sums = {}, None, {}
        return str(answer.json()["code"])

    def renew(self) -> int:
        """A new pair of tokens, as after any longer time without a network; the status."""
        answer = self.client.post_json("/api/v1/auth/refresh", {"refresh": self.refresh})
        if answer.status_code == 200:
            self.client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access']}")
            self.refresh = answer.json()["refresh"]
        return int(answer.status_code)


@dataclass
class Crew:
    """A crew that is on its way: leader and member with their phones."""

    task: Assignment
    leader: FieldPhone
    member: FieldPhone

    @property
    def scope(self) -> str:
        return self.task.scope


OpenPhone = Callable[[User], FieldPhone]


def replace(task: Assignment, people: list[User]) -> None:
    """The office sends others, the first of them as leader."""
    ids = [person.pk for person in people]
    assignments.reassign(actor=system(task.county_id), assignment_id=task.pk, leader=ids[0], crew=ids)


def nothing_is_lost(phone: FieldPhone) -> None:
    """All that the phone ever wrote is in its outbox or in custody, word for word, and the server says so."""
    waiting = [op["op"] for op in phone.outbox]
    sent = {op["op"]: op for op in phone.made if op["op"] not in waiting}
    kept = {str(row.pk): json.loads(row.body) for row in Operation.objects.filter(pk__in=sent)}
    assert kept == sent
    held = {str(pk) for pk in Verdict.objects.filter(pk__in=sent, status=Status.HELD).values_list("pk", flat=True)}
    open_here = [op for op in sent if op in held] + waiting
    assert phone.client.post_json("/api/v1/sync/offer", {"ids": [*sent, *waiting]}).json()["lack"] == open_here


def shows_what_it_may(phone: FieldPhone) -> None:
    """After a complete pull: exactly the rows of the scopes that its person may read now, and their sums."""
    visible = grants.scope_names(phone.client.user.pk)
    live = FeedRow.objects.filter(scope__name__in=visible, document__isnull=False).select_related("scope")
    there = {(row.kind, row.object_id): (row.scope.name, codec.loads(row.document or "")) for row in live}
    assert phone.rows == there
    assert {scope: phone.sum_of(scope) for scope in phone.sums} == phone.sums


def whole(phone: FieldPhone, visit: str) -> tuple[Any, int, int]:
    """What a phone shows of a visit: the answer, how many findings, how many photos."""
    phone.pull()
    shows_what_it_may(phone)
    answers = phone.documents("visit")[visit]["answers"]
    parts = (phone.documents("finding"), phone.documents("evidence"))
    return (answers["TY-01"]["value"], *(sum(row["visit"] == visit for row in rows.values()) for rows in parts))
