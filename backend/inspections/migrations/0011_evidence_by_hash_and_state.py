"""A hash is looked up by its own index, also among evidence of one state: without it SQLite read all of that state."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0010_evidence_in_order"),
    ]

    operations = [
        migrations.RemoveIndex("evidence", "evidence_by_hash"),
        migrations.AddIndex("evidence", models.Index(fields=["county_id", "sha256", "state"], name="evidence_by_hash")),
    ]
