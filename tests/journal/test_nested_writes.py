"""Writes inside a write: each undoes its own part, however many that wrote nothing lie between."""

import pytest

from backend.accounts.models import County
from backend.core.actor import Actor, system
from backend.journal import grants
from backend.journal.writing import write

USER = 7


def part(actor: Actor, scope: str, *, fails: bool = False) -> None:
    """Writes a grant, after a part inside it that writes nothing."""
    with write(actor=actor) as change:
        with write(actor=actor):
            pass
        change.grant(USER, scope)
        if fails:
            raise ZeroDivisionError


def test_what_a_failed_part_wrote_is_undone_and_the_rest_stays(county: County) -> None:
    actor = system(county.pk)
    with write(actor=actor):
        part(actor, "crew:before")
        with pytest.raises(ZeroDivisionError):
            part(actor, "crew:undone", fails=True)
        part(actor, "crew:after")
    assert grants.scope_names(USER) == {"crew:before", "crew:after"}
