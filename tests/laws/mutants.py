"""Faults planted on purpose, each one line of thought away from the real code: the laws must catch every one.

Each mutant is a context manager that plants the fault and yields attributes for the machine; `focus` names the rules
that matter to it, so that the hunt takes seconds.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest import mock

from backend.core.errors import Forbidden
from backend.inspections.selectors import crews
from backend.inspections.services import answers
from backend.inspections.services.merging import merge
from backend.journal import grants, upkeep
from backend.sync import selectors
from backend.sync.models import Operation
from backend.sync.models.verdict import Status
from backend.sync.services import judging, pull
from tests.laws.phone import LawPhone

Mutant = Callable[[], AbstractContextManager[dict[str, Any]]]

MUTANTS: dict[str, Mutant] = {}


def mutant(fn: Callable[[], Iterator[dict[str, Any]]]) -> Mutant:
    MUTANTS[fn.__name__] = made = contextmanager(fn)
    return made


@mutant
def effect_without_idempotency() -> Iterator[dict[str, Any]]:
    """An operation that comes again is judged again."""

    def all_open(county_id: int, ids: Sequence[uuid.UUID]) -> list[Operation]:
        return sorted(Operation.objects.filter(pk__in=ids), key=lambda row: (str(row.device_id), row.n))

    with (
        mock.patch.object(judging, "_open", all_open),
        mock.patch.object(selectors, "unjudged", list),
        mock.patch.object(answers, "merge", lambda present, incoming, newest=None: merge(present, incoming, None)),
    ):
        yield {"focus": {"answer", "change_of_mind", "push", "wait_and_sweep"}}


@mutant
def result_in_another_transaction() -> Iterator[dict[str, Any]]:
    """The effect is committed; the process dies before the verdict of its first sitting is written."""
    genuine = judging._record
    died: set[uuid.UUID] = set()

    def record(sitting: Any) -> None:
        fresh = {row.pk for row in sitting.verdicts} - died
        died.update(fresh)
        sitting.verdicts = [row for row in sitting.verdicts if row.pk not in fresh]
        genuine(sitting)

    with (
        mock.patch.object(judging, "_record", record),
        mock.patch.object(answers, "merge", lambda present, incoming, newest=None: merge(present, incoming, None)),
    ):
        yield {"focus": {"answer", "push", "wait_and_sweep"}}


@mutant
def late_work_refused() -> Iterator[dict[str, Any]]:
    """Authority is asked for at arrival instead of at the time of the work."""

    def works_on(actor: Any, assignment: Any) -> bool:
        if not grants.may_read(actor.user_id, assignment.scope):
            raise Forbidden()
        return True

    with mock.patch.object(crews, "works_on", works_on):
        yield {"focus": {"answer", "push", "revoke"}}


@mutant
def missing_parent_refused() -> Iterator[dict[str, Any]]:
    """Work whose visit is not there yet is put aside for good."""

    def refuse(verdict: Any, kind: str, id: str) -> None:
        verdict.status, verdict.code = Status.QUARANTINED, "bad_state"

    with mock.patch.object(judging, "_hold", refuse):
        yield {"focus": {"start", "push"}}


@mutant
def purge_without_floor() -> Iterator[dict[str, Any]]:
    with mock.patch.object(upkeep, "raise_floor", return_value=None):
        yield {"focus": {"move", "remove", "purge", "pull"}}


@mutant
def dropped_scope_kept() -> Iterator[dict[str, Any]]:
    """The phone is not told that it lost a scope."""
    genuine = pull._leave

    def silent(job: Any) -> list[str]:
        genuine(job)
        return []

    with mock.patch.object(pull, "_leave", silent):
        yield {"focus": {"revoke", "grant", "pull"}}


class Careless(LawPhone):
    """A phone that removes a row whatever scope the removal came from."""

    def remove(self, scope: str, kind: str, object_id: str) -> None:
        self.base.pop((kind, object_id), None)


@mutant
def delete_ignoring_scope() -> Iterator[dict[str, Any]]:
    yield {"client_type": Careless, "focus": {"move", "pull"}}


@mutant
def no_device_order() -> Iterator[dict[str, Any]]:
    """Of one device, what arrives last wins."""
    with mock.patch.object(answers, "merge", lambda present, incoming, newest=None: merge(present, incoming, None)):
        yield {"focus": {"change_of_mind", "push"}}
