"""Every address answers as `api_schema.yaml` says, whatever it is asked (issue of bad input)."""

from tests.fuzz.schema import play
from tests.fuzz.world import Field

EXAMPLES = 2


def test_the_office_is_answered_as_published(field: Field) -> None:
    faults = play(field.office, field.world.values, examples=EXAMPLES)
    assert not faults, "\n".join(faults.values())


def test_an_inspector_is_answered_as_published(field: Field) -> None:
    faults = play(field.phone.client, field.world.values, examples=EXAMPLES)
    assert not faults, "\n".join(faults.values())
