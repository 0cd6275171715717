"""Where every life of the laws begins: a crew of two, on its way to two schools, with a checklist of two questions."""

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from asgiref.sync import sync_to_async
from django.db import connection
from django.test import override_settings

from backend.accounts.models import User
from backend.accounts.roles import Role
from backend.accounts.selectors.people import actor_of
from backend.core import clock
from backend.core.actor import Actor, system
from backend.inspections.commands import Nothing
from backend.inspections.models import Assignment, ChecklistTemplate
from backend.inspections.services import assignments, templates
from backend.journal.writing import write
from backend.media.uploads import threads
from backend.sync.registry import Command, Outcome, registry
from tests.fixtures.people import Cast, Client
from tests.fixtures.places import Places
from tests.fixtures.visits import Fieldwork
from tests.laws.copies import Copy, tables_of

KEYS = ("TY-01", "TY-04")
"""The questions, both mandatory; any of `VALUES` answers them."""

VALUES = ("yes", "no")

HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@dataclass
class LawWorld:
    """Two released assignments of one crew, its two people with a signed-in device each, and copies of all that."""

    people: list[User]
    clients: list[Client]
    assignments: list[Assignment]
    start: dt.datetime
    first: Copy
    """The world as it was made."""
    kept: Copy
    """Room for a backup."""

    @property
    def office(self) -> Actor:
        return system(self.assignments[0].county_id)

    @property
    def reviewer(self) -> Actor:
        return Actor(None, self.assignments[0].county_id, "督导办", frozenset({Role.OFFICE.value}))

    @property
    def desk(self) -> Actor:
        """The crew's leader, on no device."""
        return actor_of(self.people[0])


@contextmanager
def open_world(folder: Path) -> Iterator[LawWorld]:
    """A world in a database of its own, committed; the database is left as it was found."""
    with ExitStack() as stack:
        stack.enter_context(override_settings(PASSWORD_HASHERS=HASHERS))
        stack.enter_context(override_settings(BLOB_DIR=folder / "blobs", UPLOAD_DIR=folder / "uploads"))
        stack.enter_context(mock.patch.object(threads, "run", _here))
        stack.enter_context(_failing_operation())
        stack.enter_context(_in_a_hurry())
        stack.enter_context(clock.fixed(dt.datetime(2026, 11, 20, 1, tzinfo=dt.UTC)))
        empty = _copy(stack, "empty", tables_of()).take()
        stack.callback(empty.put_back)
        yield _make(stack)


def _copy(stack: ExitStack, name: str, tables: list[str]) -> Copy:
    copy = Copy(name, tables)
    stack.callback(copy.drop)
    return copy


def _make(stack: ExitStack) -> LawWorld:
    cast = Cast()
    places = Places(cast)
    fieldwork = Fieldwork(cast, places)
    fieldwork.county()
    team = places.team()
    people = places.people(team)
    _publish_two_questions(system(people[0].county_id or 0))
    tasks = [_on_the_way(fieldwork, team) for _ in range(2)]
    with write(actor=system(tasks[0].county_id)) as change:
        for person in people:  # the checklists say nothing here and cost most of the time
            change.end_grant(person.pk, f"county:{tasks[0].county_id}")
    clients = [cast.client(person) for person in people]
    tables = tables_of(leaving_out=["accounts"])
    first = _copy(stack, "first", tables).take()
    return LawWorld(people, clients, tasks, clock.now() + dt.timedelta(minutes=1), first, _copy(stack, "kept", tables))


def _publish_two_questions(office: Actor) -> None:
    draft: ChecklistTemplate = templates.draft(actor=office, code="TY")
    items = [item for item in draft.content["items"] if item["code"] in KEYS]
    templates.edit(actor=office, template_id=draft.pk, content={**draft.content, "items": items})
    templates.publish(actor=office, template_id=draft.pk)


def _on_the_way(fieldwork: Fieldwork, team: Any) -> Assignment:
    task = fieldwork.released(team=team)
    actor = fieldwork.leader(task)
    assignments.accept(actor=actor, assignment_id=task.pk)
    return assignments.depart(actor=actor, assignment_id=task.pk)


@contextmanager
def _failing_operation() -> Iterator[None]:
    """`probe.fail`: an operation whose handler has a bug."""

    def fail(command: Command[Nothing]) -> Outcome:
        raise ZeroDivisionError

    registry.operation("probe.fail", payload=Nothing)(fail)
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
    del registry.operations["probe.fail"]


@contextmanager
def _in_a_hurry() -> Iterator[None]:
    """No disk is pulled out here: the engine need not wait for it (the kill -9 loops are elsewhere)."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
        yield
        cursor.execute("PRAGMA synchronous=FULL")


async def _here(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Uploads work in this thread, in this connection."""
    return await sync_to_async(fn, thread_sensitive=True)(*args, **kwargs)
