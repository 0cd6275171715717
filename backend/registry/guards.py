"""What the database itself refuses about terms, and Django's models cannot say: nobody is in two teams at once, and no
two teams are in charge of a target on one track.

Made after every `migrate`, where it is missing: SQLite loses its triggers whenever Django rebuilds the table.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connections

POSTGRESQL = "ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist ({ranges})"
IS_THERE = "SELECT 1 FROM pg_constraint WHERE conname = %s"

SQLITE = """
    CREATE TRIGGER IF NOT EXISTS {name}_{event} BEFORE {when} ON {table}
    WHEN (NEW.{end} IS NULL OR NEW.{start} < NEW.{end}) AND EXISTS (
        SELECT 1 FROM {table} AS other
        WHERE {same} AND {beside}
          AND (other.{end} IS NULL OR other.{start} < other.{end})
          AND (other.{end} IS NULL OR NEW.{start} < other.{end})
          AND (NEW.{end} IS NULL OR other.{start} < NEW.{end})
    )
    BEGIN SELECT RAISE(ABORT, '{name}'); END
"""


@dataclass(frozen=True, slots=True)
class Guard:
    """Rows of `table` that are equal in `of` do not overlap from `start` (included) to `end` (excluded).

    `ranges`: the same for PostgreSQL. The range of one number stands for equality, which GiST knows of numbers and of
    ids only with an extension; ids are hashed to such a number.
    """

    name: str
    table: str
    of: tuple[str, ...]
    start: str
    end: str
    ranges: str


PLACE = "hashtextextended(target_id::text || track, 0)"

GUARDS = (
    Guard(
        name="membership_terms_apart",
        table="registry_membership",
        of=("user_id",),
        start="starts_at",
        end="ends_at",
        ranges="int8range(user_id, user_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&",
    ),
    Guard(
        name="in_charge_terms_apart",
        table="registry_teamincharge",
        of=("target_id", "track"),
        start="starts_on",
        end="ends_on",
        ranges=f"int8range({PLACE}, {PLACE}, '[]') WITH &&, daterange(starts_on, ends_on) WITH &&",
    ),
)


def keep_terms_apart(using: str, **_: Any) -> None:
    """Hears `post_migrate`; does nothing before a table is there (`migrate registry zero`)."""
    connection = connections[using]
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for guard in GUARDS:
            if guard.table in there:
                _keep(cursor, guard, connection.vendor)


def _keep(cursor: Any, guard: Guard, vendor: str) -> None:
    if vendor == "sqlite":
        for statement in triggers(guard):
            cursor.execute(statement)
        return
    cursor.execute(IS_THERE, [guard.name])
    if cursor.fetchone() is None:
        cursor.execute(POSTGRESQL.format(table=guard.table, name=guard.name, ranges=guard.ranges))


def triggers(guard: Guard) -> list[str]:
    """For SQLite, before a row is added and before one is changed."""
    same = " AND ".join(f"other.{name} = NEW.{name}" for name in guard.of)
    watched = ", ".join((*guard.of, guard.start, guard.end))
    events = {"insert": ("INSERT", "TRUE"), "update": (f"UPDATE OF {watched}", "other.id <> OLD.id")}
    words = {"name": guard.name, "table": guard.table, "start": guard.start, "end": guard.end, "same": same}
    return [SQLITE.format(event=name, when=when, beside=beside, **words) for name, (when, beside) in events.items()]
