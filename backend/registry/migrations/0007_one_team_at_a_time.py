"""The database itself refuses that somebody is in two teams at once, and a second open leader of a team."""

from typing import Any

from django.db import migrations, models
from django.db.models import F, Q

POSTGRESQL = """
    ALTER TABLE registry_membership ADD CONSTRAINT membership_terms_apart
    EXCLUDE USING gist (int8range(user_id, user_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&)
"""
"""The range of one number stands for equality, which GiST knows of numbers only with an extension."""

SQLITE = """
    CREATE TRIGGER membership_terms_apart_{name} BEFORE {event} ON registry_membership
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


def keep_apart(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
        return
    for name, (event, beside) in EVENTS.items():
        schema_editor.execute(SQLITE.format(name=name, event=event, beside=beside))


def let_meet(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE registry_membership DROP CONSTRAINT membership_terms_apart")
        return
    for name in EVENTS:
        schema_editor.execute(f"DROP TRIGGER membership_terms_apart_{name}")


class Migration(migrations.Migration):
    dependencies = [("registry", "0006_directions")]

    operations = [
        migrations.AddConstraint(
            "membership",
            models.UniqueConstraint(
                fields=["team"], condition=Q(is_leader=True, ends_at=None), name="membership_one_open_leader"
            ),
        ),
        migrations.AddConstraint(
            "membership",
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="membership_not_backwards"
            ),
        ),
        migrations.RunPython(keep_apart, let_meet),
    ]
