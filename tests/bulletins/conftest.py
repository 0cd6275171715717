"""One county at the end of the first half of March, and the people who make its bulletin."""

from collections.abc import Iterator

import pytest

from backend.accounts.models import County, User
from backend.accounts.roles import Role
from backend.core import clock
from backend.core.actor import Actor
from tests.bulletins.records import AFTER, Records
from tests.fixtures.people import Cast
from tests.fixtures.places import Places


@pytest.fixture(autouse=True)
def hand() -> Iterator[clock.Hand]:
    """The clock held at nine in the morning of the 16th of March, before anybody is given a role."""
    with clock.fixed(AFTER) as moved:
        yield moved


@pytest.fixture
def records(cast: Cast, places: Places, county: County, hand: clock.Hand) -> Records:
    return Records(cast, places, county)


@pytest.fixture
def maker(cast: Cast, office: User, hand: clock.Hand) -> Actor:
    """Of the office."""
    return cast.actor(office)


@pytest.fixture
def signer(cast: Cast, county: County, hand: clock.Hand) -> Actor:
    """Of the leadership."""
    return cast.actor(cast.person(Role.LEADERSHIP))
