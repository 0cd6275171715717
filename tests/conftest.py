"""Every module in tests/fixtures is loaded as a plugin; the databases come from tests/engines (see pyproject.toml)."""

from pathlib import Path
from typing import Any

import pytest

FIXTURES = sorted(path.stem for path in (Path(__file__).parent / "fixtures").glob("[!_]*.py"))

pytest_plugins = ["tests.engines", *(f"tests.fixtures.{name}" for name in FIXTURES)]
# Before any of them imports another one, whatever their names are.
pytest.register_assert_rewrite(*pytest_plugins)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tables were made from the models (`--nomigrations`), which is much faster; from here on the database is one on
    which every migration was played, for `migrate`, backups and whoever else asks."""
    from django.conf import settings
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.recorder import MigrationRecorder

    from tests.engines import emptying

    settings.MIGRATION_MODULES = {}
    with django_db_blocker.unblock():
        recorder = MigrationRecorder(connection)
        recorder.ensure_schema()
        rows = [recorder.Migration(app=app, name=name) for app, name in MigrationLoader(None).disk_migrations]
        recorder.Migration.objects.bulk_create(rows)
        emptying.install()
