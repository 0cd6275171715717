"""A crew on its way, with a phone for each of its two people."""

import pytest

from backend.core.clock import Hand
from backend.inspections.services import assignments
from tests.fixtures.people import Cast
from tests.fixtures.visits import Fieldwork
from tests.scopes.away import Crew, FieldPhone, OpenPhone


@pytest.fixture
def phone_of(cast: Cast) -> OpenPhone:
    return lambda user: FieldPhone(cast.client(user))


@pytest.fixture
def crew(hand: Hand, fieldwork: Fieldwork, phone_of: OpenPhone) -> Crew:
    task = fieldwork.released()
    hand.move(minutes=1)
    assignments.depart(actor=fieldwork.leader(task), assignment_id=task.pk)
    hand.move(minutes=1)
    leader, member = (phone_of(user) for user in fieldwork.crew(task))
    leader.pull()
    member.pull()
    return Crew(task, leader, member)
