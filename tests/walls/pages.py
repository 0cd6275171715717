"""Every page of the desks and of inspected units, with its parameters, roles and deeds, read from the URL configuration."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, get_resolver

from backend.desk.staff import StaffPage
from tests.walls.addresses import PARAMETER

ROOMS = ("desk/", "unit/")
DEED = "/do/<slug:deed>"


@dataclass(frozen=True)
class Page:
    """`route` such as `desk/plans/<uuid:plan_id>`; `roles` that may open it and the names of its `deeds`, as far as it
    is made by `StaffPage`; None for the few that are not.
    """

    route: str
    roles: frozenset[str] | None = None
    deeds: tuple[str, ...] = ()

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """(converter, name) of each part that varies."""
        return PARAMETER.findall(self.route)

    @property
    def is_of_units(self) -> bool:
        return self.route.startswith("unit/")

    def path(self, values: dict[str, Any]) -> str:
        """Raises `KeyError` for a parameter of which no value is known: give it one in `tests/walls/test_pages.py`."""
        known = values | VALUES.get(self.route, {})
        return "/" + PARAMETER.sub(lambda found: str(known[found[2]]), self.route)


VALUES: dict[str, dict[str, Any]] = {
    "desk/checklists/<uuid:template_id>/file.<str:form>": {"form": "yaml"},
    "desk/bulletins/<uuid:bulletin_id>/figures/<path:key>": {"key": "visits"},
    "desk/bulletins/<uuid:bulletin_id>/proof/<slug:edition>": {"edition": "leadership"},
    "desk/coverage_sheets/<slug:month>.<slug:kind>": {"month": "2026-11", "kind": "pdf"},
    "desk/registry/<slug:table>.<sheet:kind>": {"table": "schools", "kind": "csv"},
    "desk/registry/places/<slug:kind>": {"kind": "districts"},
    "desk/registry/places/<slug:kind>/<uuid:place_id>": {"kind": "districts"},
    "desk/ledger.<sheet:kind>": {"kind": "csv"},
}
"""What a parameter means on one page only."""


def pages() -> list[Page]:
    """All of them, sorted."""
    found = [page for pattern in get_resolver().url_patterns for page in _walk(pattern)]
    return sorted(found, key=lambda page: page.route)


def _walk(pattern: Any) -> Iterator[Page]:
    if not isinstance(pattern, URLPattern):
        if str(pattern.pattern) == "":
            yield from (page for each in pattern.url_patterns for page in _walk(each))
        return
    route = str(pattern.pattern)
    if not route.startswith(ROOMS) or route.endswith(DEED):
        return
    made_by = getattr(inspect.unwrap(pattern.callback), "__self__", None)
    if isinstance(made_by, StaffPage):
        yield Page(route, frozenset(made_by.roles), tuple(deed.name for deed in made_by.deeds))
    else:
        yield Page(route)
