"""Addresses of pages with a query, for figures that open their records."""

from django.urls import reverse
from django.utils.http import urlencode


def to(name: str, *args: object, **query: object) -> str:
    """The address of the page `name`; what is None or empty in `query` is left out."""
    wanted = {key: str(value) for key, value in query.items() if value not in (None, "")}
    address = reverse(name, args=args)
    return f"{address}?{urlencode(wanted)}" if wanted else address
