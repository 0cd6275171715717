"""What a snapshot and the present database say of themselves. Plain SQL: a snapshot may be a file beside ours."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection, models
from django.db.migrations.loader import MigrationLoader

from backend.backups.engines import Snapshot
from backend.media.models import Blob, Derivative
from backend.sync.models.state import SyncState


def referenced(snapshot: Snapshot) -> Iterator[tuple[str, int]]:
    """SHA-256 and size of every file that the database names, in order."""
    sql = " UNION ".join(f"SELECT sha256, size FROM {_quoted(model)}" for model in (Blob, Derivative))  # noqa: S608
    yield from snapshot.rows(f"{sql} ORDER BY 1")


def is_named(sha256: str) -> bool:
    """Whether the present database names the file."""
    return any(model.objects.filter(sha256=sha256).exists() for model in (Blob, Derivative))


def applied(snapshot: Snapshot) -> dict[str, list[str]]:
    """Names of applied migrations, by app."""
    found: dict[str, list[str]] = {}
    for app, name in snapshot.rows("SELECT app, name FROM django_migrations ORDER BY app, name"):
        found.setdefault(app, []).append(name)
    return found


def epoch(snapshot: Snapshot) -> int:
    return max([1, *(int(row[0]) for row in snapshot.rows(f"SELECT epoch FROM {_quoted(SyncState)}"))])  # noqa: S608


def counts(snapshot: Snapshot) -> dict[str, int]:
    """Rows by table, of the product's own tables; of those that are there, because one backs up before one migrates."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
    tables = sorted(there & {model._meta.db_table for model in our_models()})
    return {table: int(next(snapshot.rows(f'SELECT count(*) FROM "{table}"'))[0]) for table in tables}  # noqa: S608


def present_counts(tables: list[str]) -> dict[str, int]:
    """The same of the present database; a table that is not there counts -1."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        return {table: _count(cursor, table) if table in there else -1 for table in tables}


def present_epoch() -> int:
    """0 when there is no database that could be asked."""
    try:
        return max(SyncState.objects.values_list("epoch", flat=True), default=0)
    except DatabaseError:
        return 0


def holds_data() -> bool:
    """Whether anything of the product is in the present database. An unreadable one counts: somebody may mend it."""
    try:
        with connection.cursor() as cursor:
            there = set(connection.introspection.table_names(cursor))
        return any(model._base_manager.exists() for model in our_models() if model._meta.db_table in there)
    except DatabaseError:
        return True


def unknown_migrations(theirs: dict[str, list[str]]) -> list[str]:
    """Those that a later version of the product applied."""
    known = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    return sorted(f"{app}.{name}" for app, names in theirs.items() for name in names if (app, name) not in known)


def missing_migrations(theirs: dict[str, list[str]]) -> list[str]:
    """Those that this version has and the backup has not."""
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return sorted(f"{app}.{name}" for app, name in known if name not in theirs.get(app, []))


def our_models() -> list[type[models.Model]]:
    """All tables of our rooms except the state of sync, which is there in an empty database too."""
    rooms = [room for room in apps.get_app_configs() if room.name.startswith("backend.")]
    found = [model for room in rooms for model in room.get_models(include_auto_created=True)]
    return [model for model in found if model is not SyncState and model._meta.managed and not model._meta.proxy]


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 -- our own table names
    return int(cursor.fetchone()[0])


def _quoted(model: type[models.Model]) -> str:
    return f'"{model._meta.db_table}"'
