"""What the database itself refuses about terms, and Django's models cannot say: nobody is in two teams at once.

Made after every `migrate`, where it is missing: SQLite loses its triggers whenever Django rebuilds the table.
"""

from typing import Any

from django.db import connections

POSTGRESQL = """
    ALTER TABLE registry_membership ADD CONSTRAINT membership_terms_apart
    EXCLUDE USING gist (int8range(user_id, user_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&)
"""
"""The range of one number stands for equality, which GiST knows of numbers only with an extension."""

IS_THERE = "SELECT 1 FROM pg_constraint WHERE conname = 'membership_terms_apart'"

SQLITE = """
    CREATE TRIGGER IF NOT EXISTS membership_terms_apart_{name} BEFORE {event} ON registry_membership
    WHEN (NEW.ends_at IS NULL OR NEW.starts_at < NEW.ends_at) AND EXISTS (
        SELECT 1 FROM registry_membership AS other
        WHERE other.user_id = NEW.user_id AND {beside}
          AND (other.ends_at IS NULL OR other.starts_at < other.ends_at)
          AND (other.ends_at IS NULL OR NEW.starts_at < other.ends_at)
          AND (NEW.ends_at IS NULL OR other.starts_at < NEW.ends_at)
    )
    BEGIN SELECT RAISE(ABORT, 'membership_terms_apart'); END
"""
EVENTS = {
    "insert": ("INSERT", "TRUE"),
    "update": ("UPDATE OF user_id, starts_at, ends_at", "other.id <> OLD.id"),
}


def keep_terms_apart(using: str, **_: Any) -> None:
    """Hears `post_migrate`; does nothing before the table is there (`migrate registry zero`)."""
    connection = connections[using]
    if "registry_membership" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, (event, beside) in EVENTS.items():
                cursor.execute(SQLITE.format(name=name, event=event, beside=beside))
            return
        cursor.execute(IS_THERE)
        if cursor.fetchone() is None:
            cursor.execute(POSTGRESQL)
