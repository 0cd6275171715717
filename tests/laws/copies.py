"""Tables set aside in the same database and put back: a new life for each example, and a backup that is restored."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Self

from django.apps import apps
from django.db import connection, transaction

from tests.engines.emptying import holding_rows


def tables_of(*, leaving_out: Sequence[str] = ()) -> list[str]:
    """Every table of the product, except those of the rooms in `leaving_out`."""
    rooms = [each for each in apps.get_app_configs() if each.name.startswith("backend.")]
    models = (model for room in rooms if room.label not in leaving_out for model in room.get_models(True))
    return sorted({model._meta.db_table for model in models if model._meta.managed})


class Copy:
    """The rows of `tables` as they were when last taken."""

    def __init__(self, name: str, tables: Iterable[str]) -> None:
        self.places = {table: f"copy_{name}_{number}" for number, table in enumerate(tables)}
        _run(f"CREATE TABLE {place} AS SELECT * FROM {table} WHERE 1 = 0" for table, place in self.places.items())  # noqa: S608 -- our own names

    def take(self) -> Self:
        _run(_move(self.places))
        return self

    def put_back(self) -> None:
        """Foreign keys are looked at when the transaction ends."""
        _run(_move({place: table for table, place in self.places.items()}))

    def drop(self) -> None:
        _run(f"DROP TABLE {place}" for place in self.places.values())


def _move(pairs: Mapping[str, str]) -> list[str]:
    """Statements that make every second table hold the rows of the first, and no others; most are empty and stay so."""
    filled = set(holding_rows([*pairs, *pairs.values()]))
    empty = [f"DELETE FROM {to}" for to in pairs.values() if to in filled]  # noqa: S608 -- our own names
    moves = [(table, to) for table, to in pairs.items() if table in filled]
    return [*empty, *(f"INSERT INTO {to} SELECT * FROM {table}" for table, to in moves)]  # noqa: S608


def _run(statements: Iterable[str]) -> None:
    """In one transaction, and on PostgreSQL in one round trip."""
    todo = [";\n".join(statements)] if connection.vendor == "postgresql" else list(statements)
    with transaction.atomic(), connection.cursor() as cursor:
        for each in todo:
            cursor.execute(each)
