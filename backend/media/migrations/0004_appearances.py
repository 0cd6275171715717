"""What a file shows and says of itself: EXIF facts and the perceptual hash, by blob."""

import django.db.models.deletion
from django.db import migrations, models

import backend.core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("media", "0003_blobs_nobody_needs"),
    ]

    operations = [
        migrations.CreateModel(
            name="Appearance",
            fields=[
                (
                    "blob",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="appearance",
                        serialize=False,
                        to="media.blob",
                    ),
                ),
                ("facts", models.JSONField(default=dict)),
                ("likeness", models.BigIntegerField(null=True)),
                ("band_1", models.IntegerField(null=True)),
                ("band_2", models.IntegerField(null=True)),
                ("band_3", models.IntegerField(null=True)),
                ("band_4", models.IntegerField(null=True)),
                ("looked_at", models.DateTimeField(default=backend.core.clock.now)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["band_1", "likeness"], name="appearance_band_1"),
                    models.Index(fields=["band_2", "likeness"], name="appearance_band_2"),
                    models.Index(fields=["band_3", "likeness"], name="appearance_band_3"),
                    models.Index(fields=["band_4", "likeness"], name="appearance_band_4"),
                ],
            },
        ),
    ]
