"""Things that hold from an instant until another: roles, memberships, grants."""

import datetime as dt

from django.db.models import Q


def in_term(at: dt.datetime) -> Q:
    """The condition that a row with `starts_at` and `ends_at` (None: no end) holds at `at`: begun, not yet ended."""
    return Q(starts_at__lte=at) & (Q(ends_at__isnull=True) | Q(ends_at__gt=at))
