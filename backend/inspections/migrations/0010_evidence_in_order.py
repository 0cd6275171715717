"""Lists of evidence, of all and of one state, are read in their order."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0009_evidence_expired"),
    ]

    operations = [
        migrations.AddIndex("evidence", models.Index(fields=["county_id", "id"], name="evidence_in_order")),
        migrations.AddIndex("evidence", models.Index(fields=["county_id", "state", "id"], name="evidence_by_state")),
    ]
