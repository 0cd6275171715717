"""Every address of the API, with its parameters and methods, read from the URL configuration."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

PREFIX = "api/v1/"
METHODS = ("get", "post", "put", "patch", "delete")
PARAMETER = re.compile(r"<(\w+):(\w+)>")


@dataclass(frozen=True)
class Address:
    """`route` such as `visits/<uuid:visit_id>/approve`; `methods` that its view answers."""

    route: str
    methods: tuple[str, ...]

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """(converter, name) of each part that varies."""
        return PARAMETER.findall(self.route)

    def path(self, values: dict[str, Any]) -> str:
        return "/" + PREFIX + PARAMETER.sub(lambda found: str(values[found[2]]), self.route)


def addresses() -> list[Address]:
    """All of them, sorted."""
    found = {Address(route, methods) for route, methods in _walk(get_resolver().url_patterns, "")}
    return sorted(found, key=lambda each: each.route)


def _walk(patterns: Any, prefix: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and route.startswith(PREFIX):
            view = getattr(pattern.callback, "view_class", None)
            yield route.removeprefix(PREFIX), tuple(name for name in METHODS if hasattr(view, name))
