"""The restore drill (invariant I13): backup, more work, the machine is lost, restore; the phones refill the server."""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
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


@dataclass
class Fleet:
    """Two crews and, from the second day on, a device that no backup knows; hashes of their photos."""

    first: Crew
    second: Crew
    newcomer: KeepingPhone | None = None
    photos: list[str] = field(default_factory=list)

    @property
    def phones(self) -> list[KeepingPhone]:
        return [*self.first.phones, *self.second.phones, *([self.newcomer] if self.newcomer else [])]

    def refresh(self) -> None:
        for phone in self.phones:
            phone.refresh()

    def before_the_backup(self, uploads: Uploads) -> None:
        self.first.begin()
        self.photos += self.first.work(uploads, 10)

    def after_the_backup(self, cast: Cast, uploads: Uploads) -> None:
        self.second.begin()
        self.photos += self.second.work(uploads, 20)
        assert self.first.leader.do("answer.set", self.first.visit, answers(TY_04="no")) == "applied"
        assert self.first.member.do("visit.feedback", self.first.visit, {"text": "已口头反馈。"}) == "applied"
        self.newcomer = KeepingPhone(cast.client(self.second.leader.client.user))
        assert self.newcomer.do("answer.set", self.second.visit, answers(TY_04="yes")) == "applied"
        self.refresh()

    def recover(self, uploads: Uploads) -> list[set[str]]:
        """Members before their leaders, who began the visits; what each of the phones had to send again."""
        for phone in self.phones:
            phone.meet_new_epoch()
            phone.pull()
            assert phone.durable is not None
        lacked = [set(phone.mend(uploads)) for phone in reversed(self.phones)]
        self.refresh()
        return lacked[::-1]


def words() -> dict[str, Any]:
    """What the visits say: state and every answer's value, but for TY-01, which two people contradict."""
    return {
        str(visit.pk): (visit.state, {row.key: row.value for row in visit.answers.exclude(key="TY-01")})
        for visit in Visit.objects.all()
    }


def test_after_a_restore_the_phones_bring_the_server_back_to_where_it_was(cast, fieldwork, uploads, settings, folder):
    settings.BACKUP_KEY = KEY
    with clock.fixed(clock.now()) as hand:
        fleet = Fleet(Crew.on_its_way(cast, fieldwork), Crew.on_its_way(cast, fieldwork))
        fleet.before_the_backup(uploads)
        early = custody()
        hand.move(minutes=10)
        assert command("backup").code == 0
        fleet.refresh()
        assert [(phone.kept, phone.photos) for phone in fleet.phones] == [({}, {})] * 4

        hand.move(minutes=10)
        fleet.after_the_backup(cast, uploads)
        wanted, said = custody(), words()
        kept = [set(phone.kept) for phone in fleet.phones]
        assert set().union(*kept) == set(wanted) - set(early)

        hand.move(minutes=10)
        lose_the_machine()
        restored = command("restore", folder, "--replace")
        assert (restored.code, f"已换代，现为 {state().name}" in restored.text) == (0, True)
        assert custody() == early
        assert sorted(Blob.objects.values_list("sha256", flat=True)) == sorted(fleet.photos[:2])

        assert fleet.recover(uploads) == kept
        assert (custody(), words()) == (wanted, said)
        assert not Verdict.objects.exclude(status__in=["applied", "merged", "conflict"]).exists()
        assert all(equals_the_server(phone) for phone in fleet.phones)
        assert [blobs.read(sha256) for sha256 in fleet.photos] == [picture(seed)[0] for seed in (10, 11, 20, 21)]
        assert [phone.offer() for phone in fleet.phones] == [[]] * 5
        assert [phone.signed_in_again for phone in fleet.phones] == [0, 0, 0, 0, 1]
        assert upkeep.verify(repair=False).wrong_sums == []

        hand.move(minutes=10)
        assert command("backup").code == 0
        fleet.refresh()
        assert [(phone.kept, phone.photos) for phone in fleet.phones] == [({}, {})] * 5


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
