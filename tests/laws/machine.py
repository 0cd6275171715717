"""The laws of sync as a state machine over the real views: two phones, two visits, two questions, all faults.

Every life begins with the tables of the world as it was made; transactions are real.
"""

import random
import uuid
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from backend.accounts.tokens import access_token
from backend.sync.models import Operation
from backend.sync.models.state import state
from backend.sync.services.sweeping import sweep
from tests.laws import invariants
from tests.laws.acts import EITHER, LIMITS, PLACES, VISITS, act, draws, weights
from tests.laws.crashes import PowerCut, dying
from tests.laws.office import Office
from tests.laws.phone import LawPhone, Sent
from tests.laws.uploads import Upload
from tests.laws.witness import Witness
from tests.laws.world import KEYS, VALUES

CRASHES = {
    f"crash {when} commit {number}": (number, when == "after") for number in (1, 2) for when in ("before", "after")
}
"""The first transaction of a push takes custody, the second judges."""

FAULTS = ("none", "lost request", "lost answer", *CRASHES, "twice")

ORDERS: dict[str, Callable[[list[Sent]], list[Sent]]] = {
    "as made": lambda waiting: waiting,
    "newest first": lambda waiting: waiting[::-1],
    "the first one last": lambda waiting: waiting[1:] + waiting[:1],
}
"""The network and the phone's queue may bring operations in any of these orders."""

ON_THE_PHONE = {"start", "change_of_mind", "answer", "photograph", "submit", "poison", "land"}
"""What the server does not notice."""

FINAL = ("applied", "merged", "conflict", "quarantined")


class SyncLaws(Office, RuleBasedStateMachine):
    """Phone 0 starts visits; both work; the office grants, revokes, locks, returns, moves, purges and restores."""

    client_type: type[LawPhone] = LawPhone
    focus: frozenset[str] = frozenset()
    """Where it is not empty, nothing else happens."""
    lives = 0

    @classmethod
    def acts(cls) -> list[str]:
        """What may happen, each as often as its weight says."""
        declared = weights(SyncLaws)
        return [name for name, weight in declared.items() for _ in range(weight) if name in (cls.focus or declared)]

    @rule(dice=st.integers(0, 2**32))
    def something_happens(self, dice: int) -> None:
        """Every act equally often, as weighted: hypothesis would leave out at random rules that only together do harm,
        and repeat itself; a life in which nothing is sent shows nothing."""
        self.steps += 1
        drawing = random.Random(f"{self.steps} {dice}")
        name = drawing.choice(self.acts())
        drawn = {key: drawing.choice(values) for key, values in draws(getattr(self, name)).items()}
        note(f"{name} {drawn}")
        self.only_a_phone = name in ON_THE_PHONE
        getattr(self, name)(**drawn)

    @initialize()
    def begin(self) -> None:
        type(self).lives += 1
        self.world.first.put_back()
        self.open_office()
        self.phones = [self.client_type(client) for client in self.world.clients]
        self.witnesses = [Witness(phone) for phone in self.phones]
        self.requests: list[tuple[int, list[Sent]]] = []
        self.uploads: dict[str, Upload] = {}
        self.steps = 0
        self.only_a_phone = False
        self.start_visit(0)
        self.deliver(0, self.phones[0].waiting(), "none")
        for place in (0, 1):
            self.pull(place, 2000, twice=False)

    def start_visit(self, visit: int) -> None:
        self.phones[0].make("visit.start", self.ids[visit], {"assignment": str(self.assignment(visit).pk), "rev": 1})

    def teardown(self) -> None:
        if not hasattr(self, "phones"):
            return
        try:
            self.drain()
        finally:
            self.time.__exit__(None, None, None)

    # What inspectors do

    @act(key=KEYS)
    def start(self, key: str) -> None:
        """The second visit is begun offline, and its first answer may arrive before its beginning."""
        if len(self.started()) < 2:
            self.start_visit(1)
            self.say(0, 1, key, "yes")

    @act(place=PLACES, visit=VISITS, key=KEYS)
    def change_of_mind(self, place: int, visit: int, key: str) -> None:
        """Two words of one device on one question, which the network may bring in either order."""
        self.say(place, visit, key, "yes")
        self.say(place, visit, key, "no")

    @act(3, place=PLACES, visit=VISITS, key=KEYS, value=VALUES)
    def answer(self, place: int, visit: int, key: str, value: str) -> None:
        self.say(place, visit, key, value)

    def say(self, place: int, visit: int, key: str, value: str) -> None:
        """With what the phone has seen: the revision, and the rivals that it thereby decides against."""
        phone, visit_id = self.phones[place], self.ids[visit]
        if self.knows(place, visit):
            base = phone.answer(visit_id, key).get("rev", 0)
            rivals = phone.document("visit", visit_id).get("conflicts", {}).get(key, [])
            one = {"value": value, "base": base, "settles": [rival["id"] for rival in rivals]}
            phone.make("answer.set", visit_id, {"answers": {key: one}})

    @act(place=PLACES, visit=VISITS)
    def photograph(self, place: int, visit: int) -> None:
        if self.knows(place, visit):
            photo = self.phones[place].photograph(self.ids[visit])
            self.uploads[photo.op] = Upload(photo)

    @act(place=PLACES, visit=VISITS)
    def submit(self, place: int, visit: int) -> None:
        """Sign what the screen shows; at the server it may be incomplete, or another content by then."""
        phone, visit_id = self.phones[place], self.ids[visit]
        if ("visit", visit_id) in phone.base:
            own = [each.n for each in phone.made if each.visit == visit_id]
            data = {"hash": phone.content_hash(visit_id), "upto": max(own, default=0)}
            phone.make("visit.submit", visit_id, data)

    @act(place=PLACES, kind=("invalid", "unknown", "bug", "orphan"))
    def poison(self, place: int, kind: str) -> None:
        """What can never be applied, or not by this server, or not yet."""
        phone, nowhere = self.phones[place], str(uuid.uuid4())
        match kind:
            case "invalid":
                phone.make("answer.set", self.ids[0], {"answers": "nonsense"})
            case "unknown":
                phone.make("probe.unknown", nowhere, {})
            case "bug":
                phone.make("probe.fail", nowhere, {})
            case "orphan":
                phone.make("answer.set", nowhere, {"answers": {KEYS[0]: {"value": "yes"}}})

    # The network and the server

    @act(5, place=PLACES, fault=FAULTS, order=sorted(ORDERS), most=(1, 1, 2, 4))
    def push(self, place: int, fault: str, order: str, most: int) -> None:
        chosen = ORDERS[order](self.phones[place].waiting())
        if chosen and fault != "lost request":
            self.deliver(place, chosen[:most], fault)

    def deliver(self, place: int, chosen: list[Sent], fault: str) -> None:
        commit, committed = CRASHES.get(fault, (0, False))
        self.requests = [*self.requests[-5:], (place, chosen)]
        try:
            with dying(commit, committed=committed) if commit else nullcontext():
                results = [self.send(place, chosen) for _ in range(2 if fault == "twice" else 1)]
        except PowerCut:
            return
        if fault == "twice":
            assert results[0] == results[1], "I2: the same push, another answer"
        if fault != "lost answer":
            self.phones[place].heard(results[-1])
            self.witnesses[place].heard([each.op for each in chosen])

    def send(self, place: int, chosen: list[Sent]) -> list[dict[str, Any]]:
        phone = self.signed(place)
        body = b'{"ops": [' + b" ,".join(each.raw for each in chosen) + b"]}"
        answer = phone.client.post("/api/v1/sync/push", body, content_type="application/json")
        assert answer.status_code == 200, answer.content
        told = answer.json()
        results: list[dict[str, Any]] = told["results"]
        assert [each["op"] for each in results] == [each.op for each in chosen], "I1: an operation without an answer"
        invariants.completeness(phone, told["have"])
        invariants.delays(zip(chosen, results, strict=True))
        for result in results:
            if result["status"] in FINAL:
                first = self.final.setdefault(result["op"], result)
                assert first == result, f"I2: {first} became {result}"
        return results

    @act(which=range(6))
    def echo(self, which: int) -> None:
        """A copy of an earlier request arrives once more, long after it was answered; its answer goes nowhere."""
        self.send(*self.requests[which % len(self.requests)])

    @act(2, place=PLACES, limit=LIMITS, twice=EITHER)
    def pull(self, place: int, limit: int, twice: bool) -> None:
        """To a consistent point, while nothing else happens."""
        for _ in range(200):
            self.ask(place, limit)
            if not self.arrive(place, twice)["more"]:
                invariants.same_as_server(self.phones[place], self.denied if place == 1 else set())
                return
        raise AssertionError("I5: a pull never came to a consistent point")

    @act(place=PLACES, limit=LIMITS)
    def ask(self, place: int, limit: int) -> None:
        """A page sets out; other things may happen before it arrives. One that is still on its way is lost."""
        phone, witness = self.signed(place), self.witnesses[place]
        before = phone.epoch
        witness.begins()
        phone.ask(limit)
        if before not in (None, phone.epoch):
            witness.new_epoch()
            witness.begins()

    @act(place=PLACES, twice=EITHER)
    def land(self, place: int, twice: bool) -> None:
        if self.phones[place].flight:
            self.arrive(place, twice)

    def arrive(self, place: int, twice: bool) -> dict[str, Any]:
        phone = self.signed(place)
        before = phone.epoch
        page = phone.arrive(twice=twice)
        if before not in (None, phone.epoch):
            self.witnesses[place].new_epoch()
        self.witnesses[place].saw(page)
        if page["epoch"] == state().name:
            invariants.prefix(phone, self.witnesses[place].places)
        assert self.purged or not page["reset"], "I5: a scope began anew without a reason"
        return page

    @act(place=PLACES, which=range(3), how=("whole", "other bytes", "cut"))
    def upload(self, place: int, which: int, how: str) -> None:
        photos = [each for each in self.phones[place].made if each.op in self.uploads]
        if photos:
            self.send_bytes(place, self.uploads[photos[which % len(photos)].op], how)

    def send_bytes(self, place: int, upload: Upload, how: str) -> None:
        """I11: the server takes what was declared, and nothing else."""
        data = upload.data[::-1] if how == "other bytes" else upload.data
        if how == "other bytes":
            upload.location = ""
        status = upload.send(self.signed(place).client, data=data, upto=len(data) // (2 if how == "cut" else 1))
        in_custody = Operation.objects.filter(pk=upload.photo.op).exists()
        assert status != 415 or how == "other bytes", "I11: a photo was not taken for one"
        if status == 403:
            assert not in_custody, "I11: bytes refused whose evidence is in custody"
        elif how == "other bytes":
            assert status == 460, "I11: other bytes than declared were taken"
        elif how == "whole" and status in (201, 204):
            promised = upload.photo.data
            assert invariants.stored(promised["sha256"], promised["size"]), "I11: taken and not kept"
        if status in (410, 460, 404):
            upload.location = ""
        invariants.bytes_are_what_was_declared()

    # What must always hold

    @invariant()
    def always(self) -> None:
        if not hasattr(self, "phones"):
            return
        for witness in self.witnesses:
            witness.check_screen()
        if not self.only_a_phone:
            self.check_server()

    def check_server(self) -> None:
        invariants.custody(self.phones)
        invariants.one_effect()
        invariants.numbers()
        self.rounds = invariants.rounds(self.rounds)

    def drain(self) -> None:
        """At the end the network is good: everything is judged, nothing waits for what exists, both phones agree."""
        for place in (0, 1):
            self.pull(place, 2000, twice=False)
        for place in (0, 1):
            while chosen := self.phones[place].waiting()[:200]:
                self.deliver(place, chosen, "none")
        for _ in range(3):
            self.hand.move(minutes=5)
            sweep()
        for place, phone in enumerate(self.phones):
            for each in [self.uploads[each.op] for each in phone.made if each.op in self.uploads]:
                self.send_bytes(place, each, "whole")
        self.check_server()
        self.settled()

    def settled(self) -> None:
        found = set(Operation.objects.values_list("pk", flat=True))
        assert found >= self.before_restore, "I13: the fleet did not bring back what the restore lost"
        invariants.judged(self.phones)
        invariants.bytes_are_what_was_declared()
        invariants.documents_are_true()
        for place, phone in enumerate(self.phones):
            invariants.last_word(phone)
            self.pull(place, 2000, twice=False)

    # Small helpers

    def knows(self, place: int, visit: int) -> bool:
        """Whether the phone can work on the visit: it has it, or began it itself."""
        visit_id = self.ids[visit]
        return ("visit", visit_id) in self.phones[place].base or (place == 0 and visit_id in self.started())

    def started(self) -> set[str]:
        return {each.id for each in self.phones[0].made if each.name == "visit.start"}

    def signed(self, place: int) -> LawPhone:
        """With an access token of the present hour."""
        phone = self.phones[place]
        token = access_token(phone.client.tokens.session)
        phone.client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return phone
