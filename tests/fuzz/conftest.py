import pytest

from tests.fixtures.visits import Fieldwork
from tests.fuzz.world import Field, make_field


@pytest.fixture(scope="module")
def lasting_field(lasting: Fieldwork) -> Field:
    return make_field(lasting)


@pytest.fixture
def field(db: None, lasting_field: Field) -> Field:
    return lasting_field
