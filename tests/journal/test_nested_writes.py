"""Writes inside a write: each undoes its own part, however many that wrote nothing lie between."""

import pytest

from backend.accounts.models import County
from backend.core.actor import system
from backend.journal import grants
from backend.journal.writing import write

USER = 7


def test_what_a_failed_part_wrote_after_a_part_inside_it_that_wrote_nothing_is_undone(county: County) -> None:
    actor = system(county.pk)
    with write(actor=actor) as change:
        change.grant(USER, "crew:kept")
        with pytest.raises(ZeroDivisionError), write(actor=actor):
            with write(actor=actor):
                pass
            change.grant(USER, "crew:undone")
            raise ZeroDivisionError
    assert grants.scope_names(USER) == {"crew:kept"}


def test_a_part_that_succeeds_after_a_part_inside_it_that_wrote_nothing_stays(county: County) -> None:
    actor = system(county.pk)
    with write(actor=actor) as change, write(actor=actor):
        with write(actor=actor):
            pass
        change.grant(USER, "crew:kept")
    assert grants.scope_names(USER) == {"crew:kept"}
