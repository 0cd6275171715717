"""Faults planted on purpose, each one line of thought away from the real code: the laws must catch every one.

Each mutant is a context manager that plants the fault and yields attributes for the machine; `laws` names the
invariants that may catch it (so that a mutant which merely breaks everything proves nothing), `focus` the rules that
matter to it, so that the hunt takes seconds. They are planted at seams where the engine is public: views, handlers,
models and services; the engine may be rewritten behind them.
"""

import dataclasses
import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from typing import Any
from unittest import mock

import msgspec
from django.db import transaction

from backend.core import codec
from backend.core.errors import Conflict, Forbidden, NotFound
from backend.inspections.models import Visit, VisitRound
from backend.inspections.services import reviews
from backend.journal import grants, rows, upkeep
from backend.journal.writing import write
from backend.media import storage
from backend.media.models import Upload
from backend.sync import cursors
from backend.sync.api import views
from backend.sync.models import Verdict
from backend.sync.registry import Command, Outcome, registry
from backend.sync.services import epochs
from backend.sync.services.pull import Page
from tests.laws.phone import LawPhone

# Where faults are planted. When the product moves one of these, this is the line to change.
PUSH = (views, "push")
PULL = (views, "pull")
WRITE_CURSOR = (cursors, "write")
BUMP_EPOCH = (epochs, "bump")
END_GRANT = (grants, "end")
RAISE_FLOOR = (upkeep, "raise_floor")
HASH_FILE = (storage, "hash_file")
WRITE_ROWS = (rows.Batch, "upsert")
RETURN_VISIT = (reviews, "return_visit")
HANDLERS = registry.operations

Parts = dict[str, Any]
Handler = Callable[[Command[Any]], Outcome]


@dataclasses.dataclass(frozen=True)
class Mutant:
    """`plant` plants the fault for the time of a `with` block."""

    plant: Callable[[], AbstractContextManager[Any]]
    laws: str
    focus: frozenset[str]
    parts: Parts


MUTANTS: dict[str, Mutant] = {}


def mutant(laws: str, focus: str) -> Callable[[Callable[[], Iterator[None]]], None]:
    """Declare a fault of the server: `laws` is a regular expression for the invariants that catch it."""

    def declare(fn: Callable[[], Iterator[None]]) -> None:
        MUTANTS[fn.__name__] = Mutant(contextmanager(fn), laws, frozenset(focus.split()), {})

    return declare


def careless(laws: str, focus: str) -> Callable[[type[LawPhone]], type[LawPhone]]:
    """Declare a fault of the phone."""

    def declare(phone: type[LawPhone]) -> type[LawPhone]:
        name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in phone.__name__).strip("_")
        MUTANTS[name] = Mutant(contextmanager(_nothing), laws, frozenset(focus.split()), {"client_type": phone})
        return phone

    return declare


def _nothing() -> Iterator[None]:
    yield


@contextmanager
def replaced(seam: tuple[Any, str], wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Iterator[None]:
    """In the place of what is there: `wrap` of it."""
    place, name = seam
    with mock.patch.object(place, name, wrap(getattr(place, name))):
        yield


@contextmanager
def handling(*names: str, wrap: Callable[[Handler], Handler]) -> Iterator[None]:
    """The handlers of these operations replaced by `wrap` of them."""
    planted = {name: dataclasses.replace(HANDLERS[name], handler=wrap(HANDLERS[name].handler)) for name in names}
    with mock.patch.dict(HANDLERS, planted):
        yield


WORK = ("answer.set", "evidence.add", "visit.submit")


# The eight that the protocol names


@mutant("I2", "answer push echo")
def effect_without_idempotency() -> Iterator[None]:
    """The server forgets what it has answered: an operation that comes again is judged again."""

    def wrap(push: Callable[..., Any]) -> Callable[..., Any]:
        def forgetful(actor: Any, device: Any, request: Any, **more: Any) -> Any:
            known = [codec.loads(bytes(raw))["op"] for raw in request.ops]
            Verdict.objects.filter(pk__in=known).delete()
            return push(actor, device, request, **more)

        return forgetful

    with replaced(PUSH, wrap):
        yield


@mutant("I2", "answer push wait_and_sweep")
def result_in_another_transaction() -> Iterator[None]:
    """The verdict is written after the effect is committed; a crash in between loses it."""

    def wrap(upsert: Callable[..., Any]) -> Callable[..., Any]:
        def later(batch: rows.Batch, written: Sequence[Any], **how: Any) -> None:
            if not (written and isinstance(written[0], Verdict)):
                upsert(batch, written, **how)
                return
            own = rows.Batch()
            upsert(own, written, **how)
            transaction.on_commit(own.run)

        return later

    with replaced(WRITE_ROWS, wrap):
        yield


@mutant("I8: late", "answer push revoke")
def late_work_refused() -> Iterator[None]:
    """Authority is asked for at arrival instead of at the time of the work."""

    def wrap(genuine: Handler) -> Handler:
        def handler(command: Command[Any]) -> Outcome:
            visit = Visit.objects.filter(pk=command.id).first()
            if visit and not grants.may_read(command.actor.user_id or 0, visit.journal_scope):
                raise Forbidden
            return genuine(command)

        return handler

    with handling("answer.set", wrap=wrap):
        yield


@mutant("I8: late or parentless|I8: work without a parent", "start push")
def missing_parent_refused() -> Iterator[None]:
    """Work whose visit is not there yet is put aside for good."""

    def wrap(genuine: Handler) -> Handler:
        def handler(command: Command[Any]) -> Outcome:
            try:
                return genuine(command)
            except NotFound:
                raise Conflict("bad_state") from None

        return handler

    with handling(*WORK, wrap=wrap):
        yield


@mutant("I5, I7|I4|I5", "move remove purge pull")
def purge_without_floor() -> Iterator[None]:
    with replaced(RAISE_FLOOR, lambda genuine: lambda scope, top: None):
        yield


@mutant("I6", "revoke grant pull")
def dropped_scope_kept() -> Iterator[None]:
    """The phone is not told that it lost a scope."""
    with replaced(PULL, lambda genuine: edited(genuine, lambda page: page | {"drop": []})):
        yield


def edited(pull: Callable[..., Page], edit: Callable[[Parts], Parts]) -> Callable[..., Page]:
    return lambda *args: Page(codec.dumps(edit(codec.loads((page := pull(*args)).body))), page.epoch)


@careless("I4|I5", "move pull")
class DeleteIgnoringScope(LawPhone):
    """Removes a row whatever scope the removal came from."""

    def remove(self, scope: str, kind: str, object_id: str) -> None:
        self.base.pop((kind, object_id), None)


@mutant("I3", "change_of_mind push")
def no_device_order() -> Iterator[None]:
    """Of one device, what arrives last wins."""
    arrival = count(1)

    def wrap(genuine: Handler) -> Handler:
        return lambda command: genuine(dataclasses.replace(command, n=next(arrival)))

    with handling("answer.set", wrap=wrap):
        yield


# One for every other law


@mutant("I1: an operation was altered", "answer push")
def custody_not_verbatim() -> Iterator[None]:
    """Operations are stored as they were understood, not as they came."""

    def wrap(push: Callable[..., Any]) -> Callable[..., Any]:
        def tidy(actor: Any, device: Any, request: Any, **more: Any) -> Any:
            request.ops = [msgspec.Raw(codec.dumps(codec.loads(bytes(raw)))) for raw in request.ops]
            return push(actor, device, request, **more)

        return tidy

    with replaced(PUSH, wrap):
        yield


@mutant("I4", "answer move pull push")
def a_page_loses_a_row() -> Iterator[None]:
    """A phone is given a cursor beyond a row that it was not sent."""

    def edit(page: Parts) -> Parts:
        return page | {"rows": page["rows"][:-1]} if len(page["rows"]) == 2 else page

    with replaced(PULL, lambda genuine: edited(genuine, edit)):
        yield


@mutant("I6", "revoke grant pull")
def revoked_scope_still_served() -> Iterator[None]:
    """The end of a grant is forgotten."""
    with replaced(END_GRANT, lambda genuine: lambda *args: None):
        yield


@mutant("I8", "answer poison push")
def one_bad_operation_spoils_its_batch() -> Iterator[None]:
    def wrap(push: Callable[..., Any]) -> Callable[..., Any]:
        def strict(actor: Any, device: Any, request: Any, **more: Any) -> Any:
            poison = any(b'"nonsense"' in bytes(raw) for raw in request.ops)
            return push(actor, device, request, **(more | {"form_fault": "a bad operation"} if poison else more))

        return strict

    with replaced(PUSH, wrap):
        yield


@mutant("I9|I8, I9", "start push wait_and_sweep")
def held_for_ever() -> Iterator[None]:
    """What an operation waits for is noted wrongly, and never comes."""

    def wrap(genuine: Handler) -> Handler:
        def handler(command: Command[Any]) -> Outcome:
            try:
                return genuine(command)
            except NotFound as missing:
                raise NotFound(missing.kind, uuid.uuid5(command.op, "another")) from None

        return handler

    with handling("answer.set", wrap=wrap):
        yield


@mutant("I10: a submitted round", "answer submit lock push pull")
def late_work_rewrites_the_round() -> Iterator[None]:
    """An answer that comes after the submission is slipped into what was submitted."""

    def wrap(genuine: Handler) -> Handler:
        def handler(command: Command[Any]) -> Outcome:
            try:
                return genuine(command)
            except Conflict as late:
                rounds = VisitRound.objects.filter(visit=uuid.UUID(command.id))
                row = rounds.order_by("round").last() if late.code == "late_lock" else None
                if row is None:
                    raise
                said = json.loads(codec.dumps({key: {"value": one.value} for key, one in command.data.answers.items()}))
                content = row.content | {"answers": row.content["answers"] | said}
                rounds.filter(pk=row.pk).update(content=content, content_hash=codec.content_hash(content))
                return Outcome(row.visit)

        return handler

    with handling("answer.set", wrap=wrap):
        yield


@mutant("I10", "lock send_back answer push pull")
def a_return_takes_the_round_back() -> Iterator[None]:
    """What was submitted is gone once it has been returned."""

    def wrap(genuine: Callable[..., Visit]) -> Callable[..., Visit]:
        def forgetful(*, actor: Any, **what: Any) -> Visit:
            with write(actor=actor):
                visit = genuine(actor=actor, **what)
                VisitRound.objects.filter(visit=visit).delete()
            return visit

        return forgetful

    with replaced(RETURN_VISIT, wrap):
        yield


@mutant("I11", "photograph push upload")
def verified_without_hashing() -> Iterator[None]:
    """The server believes what was declared."""

    def believe(path: Any) -> tuple[str, int]:
        promised = Upload.objects.select_related("expectation").get(pk=path.name.partition(".")[0]).expectation
        return promised.sha256, promised.size

    with replaced(HASH_FILE, lambda genuine: believe):
        yield


@mutant("I12", "answer push pull")
def cursor_going_back() -> Iterator[None]:
    """Now and then a page's cursor stands before its rows, and before the last one: they come again with the next."""

    def wrap(write: Callable[..., str]) -> Callable[..., str]:
        def behind(position: cursors.Position, **who: Any) -> str:
            back = 0 if sum(position.at.values()) % 3 else 2
            at = {name: max(seq - back, 0) for name, seq in position.at.items()}
            return write(cursors.Position(at, position.fresh), **who)

        return behind

    with replaced(WRITE_CURSOR, wrap):
        yield


@mutant("I1|I5|I7|I12|I13", "answer push pull back_up restore")
def restored_without_a_new_epoch() -> Iterator[None]:
    with replaced(BUMP_EPOCH, lambda genuine: lambda: None):
        yield


@careless("I1|I13", "answer push pull back_up restore")
class EpochWithoutOffer(LawPhone):
    """Downloads anew after a restore, and keeps to itself what it has once handed in."""

    def offer(self, ids: list[str]) -> list[str]:
        return []


@careless("I14|I5", "answer push pull")
class SumsAddedUp(LawPhone):
    """Counts its sums row by row as they come, instead of from what it holds."""

    def put(self, scope: str, kind: str, object_id: str, document: dict[str, Any]) -> None:
        super().put(scope, kind, object_id, document)
        self.counted = getattr(self, "counted", 0) + 1

    def sum_of(self, scope: str) -> str:
        held = sum(1 for row in self.base.values() if row[0] == scope)
        there = int(super().sum_of(scope), 16)
        return f"{(there + max(0, getattr(self, 'counted', 0) - len(self.base)) * held) % 2**64:016x}"


@careless("I15", "answer push pull")
class OverlayLeavesWithTheAnswer(LawPhone):
    """Takes its own word off the screen as soon as the server has it."""

    def heard(self, results: list[dict[str, Any]]) -> None:
        super().heard(results)
        for each in self.made:
            each.shown = each.shown and each.status is None


@careless("I15", "answer push ask land")
class OverlayLeavesWithAnyPull(LawPhone):
    """Takes its word off with a page that had set out before the answer came."""

    def complete(self) -> None:
        for each in self.made:
            each.shown = each.shown and each.status is None
        self.leaving = None
