"""Rows made in memory are those that Django's own constructor makes."""

import uuid

import pytest
from django.apps import apps
from django.db import models

from backend.core.making import made
from backend.inspections.models import Evidence, Visit, VisitTransition
from backend.sync.models import Operation, Verdict

OWN = [each for each in apps.get_models() if each.__module__.startswith("backend.")]


def fields_of(row: models.Model) -> dict[str, object]:
    """What it holds; of what is made anew for each row only that it was made."""
    fields = row._meta.concrete_fields
    anew = {field.attname for field in fields if field.has_default() and callable(field.default)}
    return {name: type(value) if name in anew else value for name, value in row.__dict__.items() if name != "_state"}


@pytest.mark.parametrize("model", OWN, ids=lambda model: model._meta.label)
def test_what_is_not_said_is_as_django_has_it(model: type[models.Model]) -> None:
    assert fields_of(made(model)) == fields_of(model())


def test_a_reference_may_be_a_row_a_key_or_nothing() -> None:
    operation = Operation(id=uuid.uuid4())
    by_row, by_key = made(Verdict, operation=operation), made(Verdict, operation_id=operation.pk)
    assert (by_row.pk, by_row.operation) == (operation.pk, operation)
    assert by_key.pk == operation.pk
    nothing = made(Evidence, visit=Visit(id=uuid.uuid4()), finding=None)
    assert (nothing.finding_id, nothing.finding) == (None, None)


def test_a_new_row_is_new() -> None:
    row = made(VisitTransition, verb="start")
    assert row._state.adding
    assert row._state.db is None
    assert row.__dict__["id"] is None
    assert made(VisitTransition, verb="start")._state.fields_cache is not row._state.fields_cache


def test_what_is_made_anew_is_shared_by_nobody() -> None:
    assert made(Verdict).detail is not made(Verdict).detail


def test_a_name_that_the_model_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError, match="Verdict has no colour, mood"):
        made(Verdict, status="held", mood="good", colour="red")
