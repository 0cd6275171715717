"""Writers whose transactions touch the same scopes in crossing orders: none fails, and the sums are right afterwards."""

import random
from collections.abc import Callable, Sequence

import pytest

from backend.accounts.models import User
from backend.core.actor import Actor, system
from backend.core.ids import uuid7
from backend.inspections.models import Assignment, Finding
from backend.inspections.services import assignments
from backend.journal import upkeep
from backend.journal.writing import write
from backend.sync.models import Operation, Verdict
from tests.fixtures.people import Cast
from tests.fixtures.phones import Phone, Probe
from tests.fixtures.places import Places
from tests.fixtures.visits import Fieldwork
from tests.races.threads import Crowd, deadlocks

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 8
TURNS = 25
SCOPES = [f"crew:{letter}" for letter in "abcdef"]

KEYS = ("TY-01", "TY-04", "TY-08")
DAYS = 3


def share(actor: Actor, scopes: Sequence[str]) -> None:
    """An object of everybody in each scope. (Real ones cannot be made by two at once: their own table forbids it.)"""
    with write(actor=actor) as change:
        for scope in scopes:
            change.put(Probe(f"shared in {scope}", scope, -1))


def crossing(actor: Actor, number: int, scopes: Sequence[str]) -> Callable[[], None]:
    """Each turn touches three scopes in an order of its own: objects of everybody, and one that moves about."""
    chance = random.Random(number)

    def turn(step: int) -> None:
        with write(actor=actor) as change:
            for scope in chance.sample(scopes, 3):
                with write(actor=actor):
                    change.put(Probe(f"shared in {scope}", scope, number * TURNS + step))
            change.put(Probe(f"mover {number}", chance.choice(scopes), step))
            if step % 5 == 4:
                change.remove(Probe(f"mover {number}", "", 0))

    def turns() -> None:
        for step in range(TURNS):
            turn(step)

    return turns


def test_crossing_writers_meet_no_deadlock_and_leave_true_sums(
    cast: Cast, inspector: User, phone: Phone, grant: Callable[..., None]
) -> None:
    actor, before = cast.actor(inspector), deadlocks()
    for scope in SCOPES:
        grant(inspector, scope)
    share(actor, SCOPES)
    crowd = Crowd([crossing(actor, number, SCOPES) for number in range(WRITERS)])
    while crowd.busy():
        phone.pull()
    crowd.answers()
    phone.pull()
    assert deadlocks(crowd) - before == 0
    assert {scope: phone.sum_of(scope) for scope in phone.sums} == phone.sums
    assert sum(document["rev"] - 1 for document in phone.documents("probe").values()) == WRITERS * TURNS * 3
    assert {key for key in phone.documents("probe") if key.startswith("mover")} == set()
    assert upkeep.verify(repair=False).wrong_sums == []


def departed(fieldwork: Fieldwork, places: Places, count: int) -> list[Assignment]:
    """Several visits of one crew of four on one day."""
    team = places.team(members=4)
    tasks = [fieldwork.released(team=team) for _ in range(count)]
    return [assignments.depart(actor=fieldwork.leader(task), assignment_id=task.pk) for task in tasks]


def working(phone: Phone, visits: Sequence[str], number: int) -> Callable[[], list[str]]:
    """A phone of the crew that hands in work on all its visits, one after the other in an order of its own."""
    chance = random.Random(number)

    def work(visit: str) -> list[str]:
        said = {chance.choice(KEYS): {"value": chance.choice(("yes", "no")), "base": 0}}
        answer = phone.op("answer.set", visit, {"answers": said})
        finding = phone.op("finding.record", uuid7(), {"visit": visit, "item": "TY-02", "text": "到场人数不足。"})
        return [result["status"] for result in phone.push(answer, finding)["results"]]

    def day() -> list[str]:
        return [status for visit in chance.sample(visits, len(visits)) for status in work(visit)]

    return lambda: [status for _ in range(DAYS) for status in day()]


def test_pushes_of_one_crew_and_crossing_writers_of_its_scopes_meet_no_deadlock(
    cast: Cast, fieldwork: Fieldwork, places: Places
) -> None:
    tasks = departed(fieldwork, places, 3)
    people, scopes, visits = fieldwork.crew(tasks[0]), [task.scope for task in tasks], [str(uuid7()) for _ in tasks]
    phones = [Phone(cast.client(person)) for person in people]
    for visit, task in zip(visits, tasks, strict=True):
        phones[0].send("visit.start", visit, {"assignment": str(task.pk), "rev": 1})
    before, office = deadlocks(), system(tasks[0].county_id)
    share(office, scopes)
    crowd = Crowd(
        [working(phone, visits, number) for number, phone in enumerate(phones)]
        + [crossing(office, number, scopes) for number in range(3)]
    )
    told = [status for answer in crowd.answers() for status in answer or ()]
    assert deadlocks(crowd) - before == 0
    assert set(told) <= {"applied", "merged", "conflict"}
    assert (len(told), Finding.objects.count()) == (4 * 3 * 2 * DAYS, 4 * 3 * DAYS)
    assert Verdict.objects.count() == Operation.objects.count()
    report = upkeep.verify(repair=False)
    assert (report.wrong_sums, report.wrong_documents) == ([], [])
    for phone in phones:
        phone.pull()
        assert {scope: phone.sum_of(scope) for scope in phone.sums} == phone.sums
