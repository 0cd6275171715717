"""The restore drill (invariant I13): backup, more work, the machine is lost, restore; the phones refill the server."""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings

from backend.core import clock
from backend.core.ids import uuid7
from backend.inspections.models import Assignment, Visit
from backend.journal import upkeep
from backend.journal.models import Scope
from backend.media.models import Blob
from backend.media.services import blobs
from backend.sync.models import Operation, Verdict
from backend.sync.models.state import state
from tests.backups.conftest import KEY, command
from tests.backups.phone import KeepingPhone
from tests.backups.server import Uploads
from tests.fixtures.people import Cast
from tests.fixtures.visits import Fieldwork
from tests.media.pictures import noise

pytestmark = pytest.mark.usefixtures("deployment")

AT_SCHOOL = {"location": {"lng": 108.7132, "lat": 30.9322, "accuracy": 15}}


@pytest.fixture
def uploads() -> Iterator[Uploads]:
    running = Uploads.start()
    yield running
    running.stop()


def picture(seed: int) -> tuple[bytes, str]:
    data = noise(40_000, seed)
    return data, hashlib.sha256(data).hexdigest()


def answers(**given: Any) -> dict[str, Any]:
    return {"answers": {key.replace("_", "-"): {"value": value} for key, value in given.items()}}


@dataclass
class Crew:
    """A visit in the making and the phones of leader and member."""

    assignment: Assignment
    leader: KeepingPhone
    member: KeepingPhone
    visit: str

    @classmethod
    def on_its_way(cls, cast: Cast, fieldwork: Fieldwork, **more: Any) -> "Crew":
        assignment = fieldwork.released(**more)
        phones = [KeepingPhone(cast.client(user)) for user in fieldwork.crew(assignment)]
        crew = cls(assignment, phones[0], phones[1], str(uuid7()))
        assert crew.leader.do("assignment.accept", assignment.pk) == "applied"
        assert crew.leader.do("assignment.depart", assignment.pk) == "applied"
        crew.refresh()
        return crew

    @property
    def phones(self) -> list[KeepingPhone]:
        return [self.leader, self.member]

    def refresh(self) -> None:
        for phone in self.phones:
            phone.refresh()

    def begin(self) -> None:
        rev = self.leader.documents("assignment")[str(self.assignment.pk)]["rev"]
        start = {"assignment": str(self.assignment.pk), "rev": rev}
        assert self.leader.do("visit.start", self.visit, start) == "applied"
        assert self.leader.do("visit.check_in", self.visit, AT_SCHOOL) == "applied"
        self.refresh()

    def work(self, uploads: Uploads, seed: int) -> list[str]:
        """Answers of both, a contradiction, a finding, a photo of each; the hashes of the photos."""
        found = []
        assert self.leader.do("answer.set", self.visit, answers(TY_01="yes", TY_02=2)) == "applied"
        assert self.member.do("answer.set", self.visit, answers(TY_03="yes")) == "applied"
        assert self.member.do("answer.set", self.visit, answers(TY_01="no")) == "conflict"
        finding = {"visit": self.visit, "item": "TY-08", "text": "拒绝提供台账。"}
        assert self.member.do("finding.record", uuid7(), finding) == "applied"
        for place, phone in enumerate(self.phones):
            data, sha256 = picture(seed + place)
            phone.photograph(self.visit, data, sha256, uploads)
            found.append(sha256)
        self.refresh()
        return found


def custody() -> dict[str, str]:
    """Every operation's bytes, by its id."""
    return {str(key): body for key, body in Operation.objects.values_list("pk", "body")}


def equals_the_server(phone: KeepingPhone) -> bool:
    """By sum of each scope, and by what the phone holds (invariant I5)."""
    true = dict(Scope.objects.filter(name__in=phone.sums).values_list("name", "csum"))
    return phone.sums == {scope: phone.sum_of(scope) for scope in phone.sums} and phone.sums == {
        scope: f"{true.get(scope, 0) % 2**64:016x}" for scope in phone.sums
    }


def lose_the_machine() -> None:
    shutil.rmtree(settings.BLOB_DIR)


def test_after_a_restore_the_phones_bring_the_server_back_to_where_it_was(cast, fieldwork, uploads, settings, folder):
    settings.BACKUP_KEY = KEY
    with clock.fixed(clock.now()) as hand:
        first, second = (Crew.on_its_way(cast, fieldwork) for _ in range(2))
        first.begin()
        early = first.work(uploads, 10)
        before_backup = set(custody())
        hand.move(minutes=10)
        assert command("backup").code == 0
        crews = [first, second]
        for crew in crews:
            crew.refresh()
            assert (list(crew.leader.kept), list(crew.member.photos)) == ([], [])

        hand.move(minutes=10)
        second.begin()
        late = second.work(uploads, 20)
        assert first.leader.do("answer.set", first.visit, answers(TY_04="no")) == "applied"
        assert first.member.do("visit.feedback", first.visit, {"text": "已口头反馈。"}) == "applied"
        newcomer = KeepingPhone(cast.client(second.leader.client.user))  # another device, unknown to the backup
        assert newcomer.do("answer.set", second.visit, answers(TY_04="yes")) == "applied"
        phones = [*first.phones, *second.phones, newcomer]
        for phone in phones:
            phone.refresh()
        wanted, known, shown = custody(), scores(), {str(row.pk): row.state for row in Visit.objects.all()}
        assert len(wanted) > len(before_backup)
        kept = [set(phone.kept) for phone in phones]
        assert set().union(*kept) == set(wanted) - before_backup

        hand.move(minutes=10)
        lose_the_machine()
        said = command("restore", folder, "--replace")
        assert said.code == 0, said.text
        assert "已换代" in said.text
        assert state().name in said.text
        assert set(custody()) == before_backup
        assert sorted(Blob.objects.values_list("sha256", flat=True)) == sorted(early)

        for phone in reversed(phones):  # the members before their leaders, who began the visits
            phone.meet_new_epoch()
            phone.pull()
            assert phone.durable is not None
        assert newcomer.signed_in_again == 1
        lacked = [set(phone.mend(uploads)) for phone in reversed(phones)]
        assert lacked == kept[::-1]
        for phone in phones:
            phone.refresh()

        assert custody() == wanted
        assert scores() == known
        assert {str(row.pk): row.state for row in Visit.objects.all()} == shown
        assert not Verdict.objects.exclude(status__in=["applied", "merged", "conflict"]).exists()
        assert all(equals_the_server(phone) for phone in phones)
        assert {sha256: blobs.read(sha256) for sha256 in early + late} == {
            sha256: data for data, sha256 in map(picture, (10, 11, 20, 21))
        }
        assert [phone.offer() for phone in phones] == [[]] * len(phones)
        assert upkeep.verify(repair=False).wrong_sums == []

        hand.move(minutes=10)
        assert command("backup").code == 0
        for phone in phones:
            phone.refresh()
            assert (phone.kept, phone.photos) == ({}, {})


def scores() -> dict[str, Any]:
    """What the visits say: every answer's value, and whether somebody contradicts it."""
    return {
        str(visit.pk): {row.key: row.value for row in visit.answers.all() if row.key != "TY-01"}
        for visit in Visit.objects.all()
    }


def test_work_under_an_assignment_made_after_the_backup_comes_back_and_waits(cast, fieldwork, places, uploads, folder):
    team = places.team(county=fieldwork.county())
    school = places.school(team=team)
    with clock.fixed(clock.now()) as hand:
        hand.move(minutes=10)
        assert command("backup").code == 0
        crew = Crew.on_its_way(cast, fieldwork, target=school, team=team)
        crew.begin()
        photos = crew.work(uploads, 30)
        wanted = custody()
        lose_the_machine()
        assert command("restore", folder, "--replace").code == 0
        assert custody() == {}
        for phone in crew.phones:
            phone.meet_new_epoch()
            phone.pull()
            phone.mend(uploads)
        assert custody() == wanted
        fates = set(Verdict.objects.values_list("operation__verb", "status", "code"))
        assert ("start", "quarantined", "late_assignment") in fates
        assert {status for _, status, _ in fates} == {"held", "quarantined"}
        assert {sha256: blobs.read(sha256) for sha256 in photos} == {
            sha256: data for data, sha256 in map(picture, (30, 31))
        }
