"""What the rooms above let phones read and do. The engine knows them only through this.

Each domain room has one `sync.py`, found by autodiscovery; no other file of it imports `backend.sync`.

    @registry.operation("answer.set", payload=SetAnswers)
    def set_answers(command: Command[SetAnswers]) -> Outcome:
        result = services.answers.set_answers(actor=command.actor, visit_id=command.id, ...)
        return Outcome(about=result.visit, status="conflict" if result.conflicts else "applied")

A handler parses, calls one service and answers. What goes wrong is told by `core.errors`:

    NotFound(kind, id)   held until that object is known (also when the author may not see it)
    Forbidden            quarantined, `no_permission`
    Conflict             quarantined, its code if it is one of the protocol's, else `bad_state`
    Invalid              quarantined, `invalid {path, msg}`
    anything else        `error`: kept, alerted, tried again
"""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import msgspec

from backend.core.actor import Actor
from backend.journal.models.subject import Subject
from backend.journal.rows import Batch
from backend.sync.wire import Content

P = TypeVar("P", bound=msgspec.Struct)

MERGEABLE = ("applied", "merged", "conflict")
QUARANTINE_CODES = frozenset(
    {
        "late_lock",
        "late_assignment",
        "no_permission",
        "bad_state",
        "invalid",
        "unknown_kind",
        "author_disabled",
        "content_differs",
    }
)


@dataclass(frozen=True, slots=True)
class Command(Generic[P]):
    """One operation on its way to a service.

    `id` is the object the operation is about, as the phone wrote it; `at` the device's time, `received_at` ours,
    `offset_ms` the device clock's error that the phone measured (device minus server), None when it told none.
    """

    actor: Actor
    op: uuid.UUID
    n: int
    id: str
    at: dt.datetime | None
    received_at: dt.datetime
    offset_ms: int | None
    data: P


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an operation: `about` names the object whose revision is answered, `detail` goes to the phone.

    A `detail` that only the end of the transaction decides is a function, called then.
    """

    about: Subject
    status: str = "applied"
    code: str | None = None
    detail: Mapping[str, Any] | Callable[[], Mapping[str, Any]] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """`detail` as it is now."""
        return dict(self.detail() if callable(self.detail) else self.detail)


class Waits(Exception):
    """The operation must wait for something that is not an object: another operation of the same device."""

    def __init__(self, kind: str, id: str) -> None:
        super().__init__(f"{kind}/{id}")
        self.kind, self.id = kind, id


@dataclass(frozen=True, slots=True)
class Custody:
    """An operation as it was just taken into custody, before and whatever its judgement: for at-custody hooks.

    `body` is the whole operation as JSON, as it came; nothing in it has been checked.
    """

    county_id: int
    user_id: int
    op: uuid.UUID
    id: str
    body: str

    def data(self, payload: type[P]) -> P:
        """Its `data`. Raises `msgspec.DecodeError` where that is not of the shape `payload`."""
        return msgspec.json.decode(msgspec.json.decode(self.body, type=Content).data, type=payload)


@dataclass(frozen=True, slots=True)
class Filed:
    """An operation in custody, as a room above is asked about it for review.

    `data` is what was sent, None where that cannot be read, and `text` the same as JSON text; `device_at` are the
    device's own words for its time.
    """

    county_id: int
    user_id: int
    op: uuid.UUID
    kind: str
    verb: str
    id: str
    data: Any
    text: str
    n: int
    device_at: str
    received_at: dt.datetime

    @property
    def name(self) -> str:
        return f"{self.kind}.{self.verb}"


@dataclass(frozen=True, slots=True)
class Context:
    """What an operation under review is about, and to whom it is shown first (user ids; the overseers see all).

    `known`: the object that it names exists here, although its author may not see it.
    """

    known: bool = False
    kind: str = ""
    id: str = ""
    title: str = ""
    assignment: str | None = None
    visit: str | None = None
    first: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Who answers for an operation: `author` acts as its maker, vouched for by `reviewer`."""

    author: Actor
    reviewer: Actor
    reason: str


@dataclass(frozen=True, slots=True)
class Reviewer:
    """How one room's operations are reviewed.

    `contexts` tells of several at once what they are about. `addendum` keeps an operation beside what it came too late
    for, or cannot be applied to; it raises `NotFound` where there is nothing to keep it beside. `readdress` gives the
    operation as if it had been about the object `to`; it raises `NotFound` where there is no such object. `near` gives
    the ids of all objects about which the actor decides first: other operations need not be looked at for them.
    """

    contexts: Callable[[Sequence[Filed]], list[Context]]
    addendum: Callable[[Filed, Acceptance], Outcome]
    readdress: Callable[[Filed, str], Filed]
    near: Callable[[Actor], set[str]]


Handler = Callable[[Command[Any]], Outcome]
CustodyHook = Callable[[Sequence[Custody], Batch], None]
"""Called in the transaction of custody, once for all operations of a name that a push brought; it reads nothing and
puts what it wants to note into the batch that is written with them."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A declared `kind.verb`."""

    name: str
    payload: type[msgspec.Struct]
    handler: Handler
    at_custody: CustodyHook | None


class Registry:
    """Closed after start-up: declared once, asked often."""

    def __init__(self) -> None:
        self.operations: dict[str, Operation] = {}
        self.documents: dict[str, str] = {}
        self.roles: set[str] = set()
        self.reviewers: dict[str, Reviewer] = {}
        self.overseers: frozenset[str] = frozenset()
        self._overseer_ids: Callable[[int], set[int]] = lambda county_id: set()

    def operation(
        self, name: str, *, payload: type[msgspec.Struct], at_custody: CustodyHook | None = None
    ) -> Callable[[Handler], Handler]:
        """Declare that phones may send `kind.verb` with `data` of the shape `payload`."""

        def declare(handler: Handler) -> Handler:
            if name in self.operations:
                raise ValueError(f"{name} is declared twice")
            if not issubclass(payload, msgspec.Struct):
                raise TypeError(f"{name}: payload must be a msgspec.Struct")
            self.operations[name] = Operation(name, payload, handler, at_custody)
            return handler

        return declare

    def document(self, kind: str, about: str) -> None:
        """Declare that phones receive documents of `kind`; `about` says in one line what they are."""
        if kind in self.documents:
            raise ValueError(f"{kind} is declared twice")
        self.documents[kind] = about

    def review(self, reviewer: Reviewer, *kinds: str) -> None:
        """Declare who reviews operations of `kinds`; the kind "" stands for those that nobody declares."""
        for kind in kinds:
            if kind in self.reviewers:
                raise ValueError(f"the review of {kind} is declared twice")
            self.reviewers[kind] = reviewer

    def reviewer_of(self, kind: str) -> Reviewer | None:
        return self.reviewers.get(kind) or self.reviewers.get("")

    def near(self, actor: Actor) -> set[str]:
        """The ids of everything about which `actor` decides first, of all rooms."""
        rooms = {id(reviewer): reviewer for reviewer in self.reviewers.values()}
        return {name for reviewer in rooms.values() for name in reviewer.near(actor)}

    def oversee(self, *roles: str, people: Callable[[int], set[int]]) -> None:
        """People with any of `roles` decide on every operation of their county; `people` finds them (user ids)."""
        self.overseers, self._overseer_ids = frozenset(roles), people

    def overseer_ids(self, county_id: int) -> set[int]:
        return self._overseer_ids(county_id)

    def oversees(self, actor: Actor) -> bool:
        return actor.has(*self.overseers)

    def allow(self, *roles: str) -> None:
        """People with any of `roles` may push and pull; all others are answered 403."""
        self.roles.update(roles)

    def may_sync(self, actor: Actor) -> bool:
        return actor.has(*self.roles)


registry = Registry()
operation = registry.operation
document = registry.document
