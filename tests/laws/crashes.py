"""The server process dies while it commits: before, and the database undoes it; after, and nobody hears of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.db import connections


class PowerCut(BaseException):
    """The process died here."""


@contextmanager
def dying(commit: int, *, committed: bool) -> Iterator[None]:
    """Die at the `commit`-th transaction (from 1) that ends inside: really rolled back, or really `committed`.

    What was to happen after the commit does not happen any more.
    """
    connection = connections["default"]
    genuine, count = connection.commit, 0

    def die() -> None:
        nonlocal count
        count += 1
        if count != commit:
            genuine()
            return
        if committed:
            genuine()
        else:
            connection.rollback()
        connection.run_on_commit = []
        raise PowerCut

    with mock.patch.object(connection, "commit", die):
        yield
