from dataclasses import replace

import pytest

from tests.fixtures.phones import Phone
from tests.fixtures.visits import Fieldwork
from tests.fuzz.world import Field, make_field


@pytest.fixture(scope="module")
def lasting_field(lasting: Fieldwork) -> Field:
    return make_field(lasting)


@pytest.fixture
def field(db: None, lasting_field: Field) -> Field:
    """With a phone of the test's own: what it pulls and counts is forgotten with the test's rows."""
    phone = lasting_field.phone
    return replace(lasting_field, phone=Phone(phone.client, dict(phone.rows), phone.cursor, dict(phone.sums)))
