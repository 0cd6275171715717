from django.db import migrations, models


class Migration(migrations.Migration):
    """What came under an id already taken gets a place on the reviewers' desk."""

    dependencies = [
        ("sync", "0006_settled_to"),
    ]

    operations = [
        migrations.AddField("strayoperation", "adopted", models.UUIDField(null=True)),
        migrations.RemoveIndex("verdict", "verdict_open"),
        migrations.AddIndex(
            "verdict",
            models.Index(
                condition=models.Q(("status__in", ["held", "quarantined", "error", "id_reused"])),
                fields=["status", "looked_at"],
                name="verdict_open",
            ),
        ),
        migrations.AddIndex(
            "strayoperation",
            models.Index(
                condition=models.Q(("adopted__isnull", True)), fields=["received_at"], name="stray_not_adopted"
            ),
        ),
    ]
