"""Where the fuzzing happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction

from backend.inspections.models import Evidence
from backend.notices.models import InboxEntry
from backend.notices.services.inbox import deliver_waiting
from tests.fixtures.people import Client
from tests.fixtures.phones import Phone
from tests.fixtures.visits import Fieldwork
from tests.fuzz.messages import Known, known_of
from tests.walls.world import FullCounty, full_county


@dataclass
class Field:
    """`phone` has pulled; `office` reads what phones bring about."""

    world: FullCounty
    phone: Phone
    office: Client
    known: Known

    def still_whole(self) -> None:
        """Whatever was pushed: the phone can pull, its sums are right, and the office can read the visit."""
        phone = Phone(self.phone.client, dict(self.phone.rows), self.phone.cursor, dict(self.phone.sums))
        phone.pull()
        assert phone.sums == {scope: phone.sum_of(scope) for scope in phone.sums}
        answer = self.office.get(f"/api/v1/visits/{self.known.visit}")
        assert answer.status_code == 200, answer.content


@contextmanager
def undone() -> Iterator[None]:
    """Everything inside is rolled back, so that every example begins in the same world."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def make_field(fieldwork: Fieldwork) -> Field:
    """A county at work, a phone of the leader of a visit under way in it, and another county."""
    cast = fieldwork.cast
    world, other = full_county(fieldwork), full_county(fieldwork, cast.county("linshui", "邻水区"))
    leader = world.under_way.assignment.leader
    finding = fieldwork.finding(world.under_way, cast.actor(leader))
    deliver_waiting(limit=1000)
    phone = Phone(cast.client(leader))
    phone.pull()
    evidence = Evidence.objects.filter(visit=world.under_way).order_by("pk").first()
    message = InboxEntry.objects.filter(user_id=leader.pk).order_by("pk").first()
    assert evidence is not None
    known = known_of(
        world,
        evidence=evidence.pk,
        finding=finding.pk,
        message=str(message.pk) if message else str(finding.pk),
        foreign=[str(other.values[name]) for name in ("visit_id", "assignment_id", "target_id", "finding_id")],
    )
    return Field(world, phone, cast.client(world.office), known)
