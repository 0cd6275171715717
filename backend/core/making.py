"""Making rows of a model in memory, many at a time.

Django's constructor sends every value through its field's descriptor and asks the database router about every
reference: for the hundred rows of a push that is as much work as judging them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.db import models
from django.db.models.base import ModelState

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What an instance holds where nothing is said: constants, and what is made anew for each; and its references."""

    constants: dict[str, Any]
    makers: tuple[tuple[str, Callable[[], Any]], ...]
    fields: dict[str, Any]
    references: frozenset[str]
    names: frozenset[str]


def made(model: type[M], **values: Any) -> M:
    """What `model(**values)` makes, without signals and without a look at the values.

    A reference may be given by its name, as another row, or by its attribute name, as that row's key. Raises
    `TypeError` for a name that the model does not have.
    """
    plan = _plan(model)
    if not plan.names.issuperset(values):
        raise TypeError(f"{model.__name__} has no {', '.join(sorted(values.keys() - plan.names))}")
    row = model.__new__(model)
    state, held = ModelState(), row.__dict__
    held["_state"] = state
    held.update(plan.constants)
    for name, make in plan.makers:
        if name not in values:
            held[name] = make()
    for name in plan.references & values.keys():
        reference, other = plan.fields[name], values.pop(name)
        held[reference.attname] = None if other is None else getattr(other, reference.target_field.attname)
        state.fields_cache[reference.cache_name] = other
    held.update(values)
    return row


@cache
def _plan(model: type[models.Model]) -> _Plan:
    fields: list[Any] = list(model._meta.concrete_fields)
    made_anew = {field.attname: field.default for field in fields if field.has_default() and callable(field.default)}
    constants = {field.attname: field.get_default() for field in fields if field.attname not in made_anew}
    references = {field.name: field for field in fields if field.is_relation}
    names = frozenset([*references, *(field.attname for field in fields)])
    return _Plan(constants, tuple(made_anew.items()), references, frozenset(references), names)
