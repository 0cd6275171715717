"""Dated terms: half-open, so that one can begin at the instant at which another ends."""

import datetime as dt

import pytest

from backend.registry.rules.terms import Term


def day(number: int) -> dt.datetime:
    return dt.datetime(2026, 9, number, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (Term(day(1), day(5)), Term(day(5), day(9)), False),
        (Term(day(1), day(5)), Term(day(4), day(9)), True),
        (Term(day(1), None), Term(day(9), None), True),
        (Term(day(1), day(2)), Term(day(3), None), False),
        (Term(day(3), None), Term(day(1), day(3)), False),
        (Term(day(1), day(9)), Term(day(3), day(4)), True),
        (Term(day(1), day(9)), Term(day(3), day(3)), False),
    ],
)
def test_overlap_is_mutual_and_leaves_out_the_end(one: Term, other: Term, overlap: bool) -> None:
    assert (one.overlaps(other), other.overlaps(one)) == (overlap, overlap)


def test_a_term_that_ends_when_it_begins_is_empty() -> None:
    assert [Term(day(2), end).is_empty for end in (day(1), day(2), day(3), None)] == [True, True, False, False]
