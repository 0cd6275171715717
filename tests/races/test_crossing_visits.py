"""Two phones of a crew hand in batches on the same visits in crossing orders."""

import random
from collections.abc import Callable, Sequence

import pytest

from backend.core.ids import uuid7
from backend.inspections.models import Finding
from backend.journal import upkeep
from tests.fixtures.people import Cast
from tests.fixtures.phones import Phone
from tests.fixtures.places import Places
from tests.fixtures.visits import Fieldwork
from tests.races.test_crossing_scopes import KEYS, departed
from tests.races.threads import Crowd, deadlocks

pytestmark = pytest.mark.django_db(transaction=True)

BATCHES = 8


def batches(phone: Phone, visits: Sequence[str], number: int) -> Callable[[], list[str]]:
    """Each batch brings an answer and a finding on every visit, in an order of its own."""
    chance = random.Random(number)

    def batch() -> list[str]:
        ops = []
        for visit in chance.sample(visits, len(visits)):
            said = {chance.choice(KEYS): {"value": chance.choice(("yes", "no")), "base": 0}}
            ops.append(phone.op("answer.set", visit, {"answers": said}))
            ops.append(phone.op("finding.record", uuid7(), {"visit": visit, "item": "TY-02", "text": "到场人数不足。"}))
        return [result["status"] for result in phone.push(*ops)["results"]]

    return lambda: [status for _ in range(BATCHES) for status in batch()]


def test_batches_of_one_crew_on_crossing_visits_meet_no_deadlock(
    cast: Cast, fieldwork: Fieldwork, places: Places
) -> None:
    tasks = departed(fieldwork, places, 3)
    visits = [str(uuid7()) for _ in tasks]
    phones = [Phone(cast.client(person)) for person in fieldwork.crew(tasks[0])]
    for visit, task in zip(visits, tasks, strict=True):
        phones[0].send("visit.start", visit, {"assignment": str(task.pk), "rev": 1})
    before = deadlocks()
    crowd = Crowd([batches(phone, visits, number) for number, phone in enumerate(phones)])
    told = [status for answer in crowd.answers() for status in answer]
    assert set(told) <= {"applied", "merged", "conflict"}
    assert deadlocks(crowd) - before == 0
    assert Finding.objects.count() == len(phones) * len(visits) * BATCHES
    report = upkeep.verify(repair=False)
    assert (report.wrong_sums, report.wrong_documents) == ([], [])
