"""Who signs for whom is kept once, by the room of the notices; appointments that were made for bulletins move there."""

from typing import Any

from django.db import migrations

SAME = ("id", "county_id", "starts_on", "ends_on", "reason", "ended_at")


def move(apps: Any, _editor: Any) -> None:
    kept = apps.get_model("notices", "SigningDeputy")
    rows = apps.get_model("bulletins", "SigningDeputy").objects.all()
    kept.objects.bulk_create(
        [
            kept(
                user_id=row.deputy_id,
                name=row.deputy_name,
                appointed_by=row.principal_id,
                appointed_by_name=row.principal_name,
                appointed_at=row.made_at,
                **{name: getattr(row, name) for name in SAME},
            )
            for row in rows.iterator()
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("bulletins", "0003_circular_mark"),
        ("notices", "0007_inbox_channels"),
    ]
    operations = [
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.DeleteModel(name="SigningDeputy"),
    ]
