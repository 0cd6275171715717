"""Fields that refuse what JSON, a database or the calendar cannot hold."""

import pytest
from rest_framework.exceptions import ValidationError

from backend.core.fields import FiniteField, InstantField


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", float("nan"), float("inf")])
def test_only_finite_numbers_are_numbers(value: object) -> None:
    with pytest.raises(ValidationError):
        FiniteField(min_value=-180, max_value=180).run_validation(value)


@pytest.mark.parametrize("value", ["0001-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_the_ends_of_the_calendar_are_no_instants(value: str) -> None:
    with pytest.raises(ValidationError):
        InstantField().run_validation(value)


def test_ordinary_values_pass() -> None:
    assert FiniteField().run_validation("108.7132") == 108.7132
    assert InstantField().run_validation("2026-11-20T09:12:33+08:00").isoformat() == "2026-11-20T09:12:33+08:00"
