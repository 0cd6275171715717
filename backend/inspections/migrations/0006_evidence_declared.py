"""What a phone says of an evidence beside its place and time, and when the verified bytes were compared with it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0005_terms_of_a_crew"),
    ]

    operations = [
        migrations.AddField("evidence", "declared", models.JSONField(default=dict)),
        migrations.AddField("evidence", "assessed_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "evidence",
            models.Index(
                condition=models.Q(("assessed_at__isnull", True), ("state", "verified")),
                fields=["id"],
                name="evidence_unassessed",
            ),
        ),
        migrations.AddIndex("evidence", models.Index(fields=["county_id", "added_at"], name="evidence_by_day")),
    ]
