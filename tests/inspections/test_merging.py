"""The merge policy of answers as laws over every short history of two devices (protocol, Operations)."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from backend.inspections.models import RevisionFate
from backend.inspections.services.merging import Incoming, Merged, Present, merge


@dataclass
class Register:
    """One key on the server, kept as the service keeps it."""

    present: Present | None = None
    newest: dict[str, int] = field(default_factory=dict)
    log: list[tuple[Incoming, RevisionFate]] = field(default_factory=list)

    def take(self, incoming: Incoming) -> Merged:
        device = incoming.device or ""
        merged = merge(self.present, incoming, self.newest.get(device))
        rivals = merged.rivals
        before = self.present
        if merged.fate == RevisionFate.CONFLICT:
            rivals = (*rivals, {"id": str(len(self.log)), "value": incoming.value, "device": incoming.device})
        if merged.fate == RevisionFate.APPLIED:
            rev = before.rev + 1 if before else 1
            self.present = Present(incoming.value, incoming.note, rev, incoming.device, rivals)
        elif before is not None:
            self.present = Present(before.value, before.note, before.rev, before.device, rivals)
        if incoming.n is not None:
            self.newest[device] = max(incoming.n, self.newest.get(device, 0))
        self.log.append((incoming, merged.fate))
        return merged


def test_the_table_of_the_protocol_line_by_line() -> None:
    there = Present("yes", "", 2, "A")
    cases: list[tuple[Present | None, Incoming, int | None, str]] = [
        (None, Incoming("yes", device="A", n=1), None, "applied"),
        (there, Incoming("yes", device="B", n=1, base=0), None, "merged"),
        (there, Incoming("no", device="A", n=9, base=0), 8, "applied"),
        (there, Incoming("no", device="A", n=7, base=2), 8, "outdated"),
        (there, Incoming("no", device="B", n=1, base=2), None, "applied"),
        (there, Incoming("no", device="B", n=1, base=1), None, "conflict"),
        (there, Incoming("yes", note="另注", device="B", n=1, base=1), None, "conflict"),
        (there, Incoming("no", base=2), None, "applied"),
        (there, Incoming("no", base=1), None, "conflict"),
    ]
    assert [str(merge(present, incoming, newest).fate.value) for present, incoming, newest, _ in cases] == [
        fate for *_, fate in cases
    ]


def test_an_outdated_value_is_told_merged() -> None:
    assert merge(Present("yes", "", 1, "A"), Incoming("no", device="A", n=1), 5).status == "merged"


def test_a_devices_newer_word_replaces_its_own_rival_and_leaves_those_of_others() -> None:
    rivals = ({"id": "1", "value": "no", "device": "B"}, {"id": "2", "value": "na", "device": "C"})
    merged = merge(Present("yes", "", 3, "A", rivals), Incoming("yes", device="B", n=4), 2)
    assert (merged.fate, merged.rivals) == (RevisionFate.MERGED, rivals[1:])


def test_named_rivals_are_settled_and_unseen_ones_stay() -> None:
    rivals = ({"id": "1", "value": "no", "device": "B"}, {"id": "2", "value": "na", "device": "C"})
    incoming = Incoming("no", base=3, device="A", n=9, settles=frozenset({"1"}))
    merged = merge(Present("yes", "", 3, "A", rivals), incoming, 8)
    assert (merged.fate, merged.rivals) == (RevisionFate.APPLIED, rivals[1:])


VALUES = st.sampled_from(["yes", "no", "na"])
SENT = st.tuples(st.sampled_from("AB"), st.integers(1, 6), VALUES, st.integers(0, 3))


@given(st.lists(SENT, max_size=12, unique_by=lambda one: one[:2]))
def test_whatever_arrives_in_whatever_order_no_word_is_lost_and_the_newest_n_wins(sent: list[Any]) -> None:
    register = Register()
    for device, n, value, base in sent:
        register.take(Incoming(value, base=base, device=device, n=n))
    for device in "AB":
        numbered = [(n, value) for d, n, value, _ in sent if d == device]
        if numbered and register.present is not None:
            newest = max(numbered)[1]
            alive = {register.present.value, *(rival["value"] for rival in register.present.rivals)}
            overruled = any(one.device != device and fate == RevisionFate.APPLIED for one, fate in register.log)
            assert newest in alive or overruled
            own = [rival for rival in register.present.rivals if rival["device"] == device]
            assert len(own) <= 1
            assert all(rival["value"] == newest for rival in own)


class TwoPhones(RuleBasedStateMachine):
    """Two phones answer one question, push late and twice, pull now and then, and settle what they see."""

    @initialize()
    def begin(self) -> None:
        self.register = Register()
        self.n = {"A": 0, "B": 0}
        self.seen = {"A": 0, "B": 0}
        self.queue: dict[str, list[Incoming]] = {"A": [], "B": []}
        self.sent: list[Incoming] = []

    @rule(device=st.sampled_from("AB"), value=VALUES)
    def answer(self, device: str, value: str) -> None:
        self.n[device] += 1
        self.queue[device].append(Incoming(value, base=self.seen[device], device=device, n=self.n[device]))

    @rule(device=st.sampled_from("AB"), last=st.booleans())
    def push(self, device: str, last: bool) -> None:
        if self.queue[device]:
            incoming = self.queue[device].pop(-1 if last else 0)
            self.register.take(incoming)
            self.sent.append(incoming)

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def push_again(self, data: st.DataObject) -> None:
        before = self.register.present
        self.register.take(data.draw(st.sampled_from(self.sent)))
        assert self.register.present == before

    @rule(device=st.sampled_from("AB"))
    def pull(self, device: str) -> None:
        self.seen[device] = self.register.present.rev if self.register.present else 0

    @rule(device=st.sampled_from("AB"))
    def settle(self, device: str) -> None:
        present = self.register.present
        if present is None or not present.rivals:
            return
        self.pull(device)
        self.n[device] += 1
        chosen = present.rivals[0]
        settles = frozenset(str(rival["id"]) for rival in present.rivals)
        self.register.take(Incoming(chosen["value"], "", present.rev, device, self.n[device], settles))
        assert self.register.present is not None
        assert (self.register.present.value, self.register.present.rivals) == (chosen["value"], ())

    @invariant()
    def revisions_count_what_was_applied(self) -> None:
        applied = sum(fate == RevisionFate.APPLIED for _, fate in self.register.log)
        assert (self.register.present.rev if self.register.present else 0) == applied

    @invariant()
    def a_rival_differs_from_the_value_or_came_from_somebody_else(self) -> None:
        present = self.register.present
        if present is not None:
            devices = [rival["device"] for rival in present.rivals]
            assert len(devices) == len(set(devices))
            assert present.device not in devices


TestTwoPhones = TwoPhones.TestCase
