import pytest

from tests.fixtures.people import Cast
from tests.fixtures.places import Places
from tests.fixtures.visits import Fieldwork
from tests.fuzz.world import Field, make_field


@pytest.fixture
def field(cast: Cast, places: Places, fieldwork: Fieldwork) -> Field:
    return make_field(cast, places, fieldwork)
