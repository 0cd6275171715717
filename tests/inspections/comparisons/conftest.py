"""The month and its teams."""

from collections.abc import Iterator

import pytest

from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor
from backend.inspections.services import templates
from backend.registry.models import Team, Track
from tests.fixtures.people import Cast
from tests.fixtures.places import Places
from tests.inspections.authoring.checklists import CHECKLIST
from tests.inspections.comparisons.field import NOW, ROWS, Field


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with clock.fixed(NOW):
        yield


@pytest.fixture
def field(november: None, cast: Cast, places: Places, office_actor: Actor) -> Field:
    row = templates.create(actor=office_actor, content={**CHECKLIST, "items": ROWS})
    templates.publish(actor=office_actor, template_id=row.pk)
    return Field(places, office_actor.county_id, row, cast.person(Role.INSPECTOR))


@pytest.fixture
def teams(field: Field) -> tuple[Team, Team]:
    return field.places.team(track=Track.DEPARTMENT), field.places.team(track=Track.STATION)
