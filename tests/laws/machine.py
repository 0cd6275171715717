"""The laws of sync as a state machine over the real views: two phones, two visits, two questions, all faults.

Each example runs inside a transaction that is rolled back, on the world that the test prepared.
"""

import json
import uuid
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from backend.accounts.models import User
from backend.accounts.tokens import access_token
from backend.core import clock, codec
from backend.core.actor import system
from backend.inspections.models import AnswerRevision, Assignment, Visit, VisitState
from backend.journal import grants, upkeep
from backend.journal.models import AuditLine, FeedRow, Scope
from backend.journal.writing import write
from backend.sync.models import Operation, Verdict
from backend.sync.models.verdict import Status
from backend.sync.services import push as push_service
from backend.sync.services.sweeping import sweep
from tests.fixtures.people import Cast
from tests.fixtures.phones import Probe
from tests.laws.phone import LawPhone, Sent, same

KEYS = ("TY-01", "TY-04")
VALUES = ("yes", "no")
FAULTS = ("none", "lost request", "lost answer", "crash before commit", "crash before judgement", "twice")

ORDERS: dict[str, Callable[[list[Sent]], list[Sent]]] = {
    "as made": lambda waiting: waiting,
    "newest first": lambda waiting: waiting[::-1],
    "the first one last": lambda waiting: waiting[1:] + waiting[:1],
}
"""The network and the phone's queue may bring operations in any of these orders."""

phones = st.sampled_from((0, 1))
visits = st.sampled_from((0, 1))


@dataclass
class LawWorld:
    """What every example starts from: two released assignments of one crew, and its two people."""

    cast: Cast
    people: list[User]
    assignments: list[Assignment]


class PowerCut(BaseException):
    """The process died here."""


class SyncLaws(RuleBasedStateMachine):
    """Phone 0 starts visits; both answer; the office grants, revokes, locks, moves and purges."""

    world: LawWorld
    client_type: type[LawPhone] = LawPhone

    @initialize()
    def begin(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.time = clock.fixed(clock.now())
        self.hand = self.time.__enter__()
        self.phones = [self.client_type(self.world.cast.client(person)) for person in self.world.people]
        self.ids = [str(uuid.uuid5(uuid.NAMESPACE_OID, f"visit {place}")) for place in (0, 1)]
        self.revoked: set[int] = set()
        self.removed = False
        self.start_visit(0)
        self.deliver(self.phones[0], self.phones[0].waiting(), "none")
        for phone in self.phones:
            phone.pull(2000, twice=False)

    def start_visit(self, visit: int) -> None:
        task = {"assignment": str(self.assignment(visit).pk), "rev": 1}
        self.phones[0].make("visit.start", self.ids[visit], task)

    def teardown(self) -> None:
        if not hasattr(self, "atomic"):
            return
        try:
            self.drain()
        finally:
            self.time.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # What inspectors do

    @precondition(lambda self: len(self.started()) < 2)
    @rule(key=st.sampled_from(KEYS))
    def start(self, key: str) -> None:
        """The second visit is begun offline, and its first answer may arrive before its beginning."""
        self.start_visit(1)
        self.say(0, 1, key, "yes")

    @rule(place=phones, visit=visits, key=st.sampled_from(KEYS))
    def change_of_mind(self, place: int, visit: int, key: str) -> None:
        """Two words of one device on one question, which the network may bring in either order."""
        self.say(place, visit, key, "yes")
        self.say(place, visit, key, "no")

    @rule(place=phones, visit=visits, key=st.sampled_from(KEYS), value=st.sampled_from(VALUES))
    def answer(self, place: int, visit: int, key: str, value: str) -> None:
        self.say(place, visit, key, value)

    def say(self, place: int, visit: int, key: str, value: str) -> None:
        phone, visit_id = self.phones[place], self.ids[visit]
        if ("visit", visit_id) in phone.base or (place == 0 and visit_id in self.started()):
            base = phone.rev(visit_id, key)
            phone.make("answer.set", visit_id, {"answers": {key: {"value": value, "base": base}}})
            assert phone.view(visit_id, key) == value

    @rule(place=phones)
    def poison(self, place: int) -> None:
        self.phones[place].make("answer.set", self.ids[0], {"answers": "nonsense"})

    # The network and the server

    @rule(place=phones, fault=st.sampled_from(FAULTS), order=st.sampled_from(sorted(ORDERS)), most=st.integers(1, 3))
    def push(self, place: int, fault: str, order: str, most: int) -> None:
        phone = self.phones[place]
        chosen = ORDERS[order](phone.waiting())
        if chosen and fault != "lost request":
            self.deliver(phone, chosen[:most], fault)

    def deliver(self, phone: LawPhone, chosen: list[Sent], fault: str) -> None:
        try:
            with dying(fault):
                results = [self.send(phone, chosen) for _ in range(2 if fault == "twice" else 1)]
        except PowerCut:
            return
        if fault == "twice":
            assert results[0] == results[1]
        if fault != "lost answer":
            phone.heard(results[-1])

    def send(self, phone: LawPhone, chosen: list[Sent]) -> list[dict[str, Any]]:
        answer = self.signed(phone).client.post_json("/api/v1/sync/push", {"ops": [each.body for each in chosen]})
        assert answer.status_code == 200, answer.content
        results = answer.json()["results"]
        assert [each["op"] for each in results] == [each.body["op"] for each in chosen]
        return list(results)

    @rule(place=phones, limit=st.sampled_from((1, 3, 2000)), twice=st.booleans())
    def pull(self, place: int, limit: int, twice: bool) -> None:
        phone = self.signed(self.phones[place])
        phone.pull(limit, twice=twice)
        self.check_phone(phone)
        self.check_view(phone)

    @rule(place=phones)
    def lost_page(self, place: int) -> None:
        """An answer that never arrived changes nothing: the cursor stays and the next pull brings it again."""
        self.signed(self.phones[place]).page(2000)

    @rule()
    def wait_and_sweep(self) -> None:
        self.hand.move(minutes=2)
        sweep()

    # The office

    @rule(visit=visits)
    def revoke(self, visit: int) -> None:
        """The second inspector is taken off a visit, perhaps with unsent work."""
        if visit not in self.revoked:
            self.revoked.add(visit)
            self.hand.move(seconds=1)
            with write(actor=self.office()) as change:
                change.end_grant(self.world.people[1].pk, self.assignment(visit).scope)

    @rule(visit=visits)
    def grant(self, visit: int) -> None:
        if visit in self.revoked:
            self.revoked.discard(visit)
            self.hand.move(seconds=1)
            with write(actor=self.office()) as change:
                change.grant(self.world.people[1].pk, self.assignment(visit).scope)

    @rule(visit=visits)
    def lock(self, visit: int) -> None:
        row = Visit.objects.filter(pk=self.ids[visit]).exclude(state=VisitState.SUBMITTED).first()
        if row is not None:
            with write(actor=self.office()) as change:
                row.state = VisitState.SUBMITTED
                row.save(update_fields=["state"])
                change.put(row)

    @rule(visit=visits, value=st.integers(0, 3))
    def move(self, visit: int, value: int) -> None:
        """An object that lives now in the one, now in the other scope."""
        self.removed = False
        with write(actor=self.office()) as change:
            change.put(Probe("wanderer", self.assignment(visit).scope, value))

    @rule()
    def remove(self) -> None:
        self.removed = True
        with write(actor=self.office()) as change:
            change.remove(Probe("wanderer", "", 0))

    @rule()
    def purge(self) -> None:
        """Everything that is a tombstone now is old enough."""
        self.hand.move(days=1)
        upkeep.purge(before=clock.now())

    # What must always hold

    @invariant()
    def custody(self) -> None:
        """I1: every operation is on its phone or word for word on the server; what was answered is on the server."""
        if not hasattr(self, "phones"):
            return
        kept = dict(Operation.objects.values_list("pk", "body"))
        for phone in self.phones:
            for each in phone.made:
                stored = kept.get(uuid.UUID(each.body["op"]))
                assert each.status is None or stored is not None, "I1: an acknowledged operation is gone"
                assert stored is None or same(stored, each.body), "I1: an operation was altered"

    @invariant()
    def one_effect(self) -> None:
        """I2: an operation has at most one effect. I3: of one device the newest word stands."""
        rows = AnswerRevision.objects.order_by("rev").values_list("visit_id", "key", "device_id", "n", "rev")
        said = [row[:4] for row in rows]
        assert len(said) == len(set(said)), "I2: an answer took effect twice"
        starts = AuditLine.objects.filter(verb="visit.started").values_list("object_id", flat=True)
        assert len(starts) == len(set(starts)), "I2: a visit was started twice"
        newest: dict[tuple[Any, ...], int] = {}
        for visit, key, device, n, rev in rows:
            if rev is not None and n is not None:
                assert newest.get((visit, key, device), 0) < n, "I3: an older operation overrode a newer one"
                newest[visit, key, device] = n

    @invariant()
    def numbers(self) -> None:
        """I4: the numbers of a scope are unique and none is beyond its head."""
        for scope in Scope.objects.all():
            numbers = list(FeedRow.objects.filter(scope=scope).values_list("seq", flat=True))
            assert len(numbers) == len(set(numbers)), "I4"
            assert max(numbers, default=0) <= scope.head, "I4"

    def check_phone(self, phone: LawPhone) -> None:
        """After a complete pull: I5, I6, I7, I14, and I15 for what was answered before it."""
        user = self.world.people[self.phones.index(phone)]
        visible = grants.scope_names(user.pk)
        held = {(scope, *key): document["rev"] for key, (scope, document) in phone.base.items()}
        live = FeedRow.objects.filter(scope__name__in=visible, document__isnull=False).select_related("scope")
        there = {(row.scope.name, row.kind, row.object_id): row.rev for row in live}
        assert {scope for scope, _, _ in held} <= visible, "I6: a row of a scope the phone lacks"
        only_held, only_there = held.items() - there.items(), there.items() - held.items()
        assert held == there, f"I5, I7: only on the phone {only_held}, only on the server {only_there}"
        for row in live:
            assert phone.base[row.kind, row.object_id][1] == codec.loads(row.document or ""), "I5: content"

    def check_view(self, phone: LawPhone) -> None:
        """I15: what is still the phone's own work is what its screen shows, whatever was pulled."""
        shown: dict[tuple[str, str], str] = {}
        for each in phone.made:
            answers = each.body["data"].get("answers")
            for key in answers if each.shown and isinstance(answers, dict) else ():
                shown[each.body["id"], key] = answers[key]["value"]
        for (visit, key), value in shown.items():
            assert phone.view(visit, key) == value, "I15: the screen went back to an old value"

    def drain(self) -> None:
        """At the end the network is good: everything is judged, nothing waits for what exists, both phones agree."""
        for phone in self.phones:
            while chosen := phone.waiting()[:200]:
                phone.heard(self.send(phone, chosen))
        for _ in range(3):
            self.hand.move(minutes=5)
            sweep()
        self.custody()
        self.one_effect()
        self.nothing_waits_in_vain()
        for phone in self.phones:
            self.signed(phone).pull(2000, twice=False)
            self.check_phone(phone)

    def nothing_waits_in_vain(self) -> None:
        """I8, I9: every operation has its verdict; none is held by something that is there and may be seen."""
        assert not Operation.objects.filter(verdict__isnull=True).exists(), "I8: an operation was never judged"
        known = set(Visit.objects.values_list("pk", flat=True))
        for verdict in Verdict.objects.filter(status=Status.HELD).select_related("operation"):
            assert uuid.UUID(verdict.waits_id) not in known, "I9: held although its visit exists"
        for verdict in Verdict.objects.select_related("operation"):
            sent = json.loads(verdict.operation.body)
            if sent["data"].get("answers") == "nonsense":
                assert (verdict.status, verdict.code) == (Status.QUARANTINED, "invalid"), "I8"
            elif verdict.status == Status.QUARANTINED:
                assert verdict.code == "late_lock", f"late or parentless work was refused: {verdict.code}"

    # Small helpers

    def office(self) -> Any:
        return system(self.world.assignments[0].county_id)

    def assignment(self, visit: int) -> Assignment:
        return self.world.assignments[visit]

    def started(self) -> set[str]:
        return {each.body["id"] for each in self.phones[0].made if each.body["kind"] == "visit"}

    def signed(self, phone: LawPhone) -> LawPhone:
        """With an access token of the present hour."""
        token = access_token(phone.client.tokens.session)
        phone.client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return phone


@contextmanager
def dying(fault: str) -> Any:
    """The server process dies at the given point of a push."""
    targets: dict[str, tuple[Any, str]] = {
        "crash before commit": (push_service, "take"),
        "crash before judgement": (push_service, "judge"),
    }
    if fault not in targets:
        yield
        return
    module, name = targets[fault]
    genuine: Callable[..., Any] = getattr(module, name)

    def die(*args: Any, **kwargs: Any) -> Any:
        if name == "take":
            with transaction.atomic():
                genuine(*args, **kwargs)
                raise PowerCut
        raise PowerCut

    with mock.patch.object(module, name, die):
        yield
