"""The short codes on papers."""

from django.db import migrations, models

import backend.core.clock


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0004_lists_in_order"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaperCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("county_id", models.BigIntegerField(editable=False)),
                ("code", models.CharField(editable=False, max_length=16, unique=True, verbose_name="校验码")),
                ("subject_kind", models.CharField(editable=False, max_length=32)),
                ("subject_id", models.CharField(editable=False, max_length=64)),
                ("version", models.PositiveSmallIntegerField(default=1, editable=False, verbose_name="版次")),
                ("sha256", models.CharField(blank=True, editable=False, max_length=64)),
                ("taken_at", models.DateTimeField(default=backend.core.clock.now, editable=False)),
                ("issued_at", models.DateTimeField(editable=False, null=True)),
                ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "文书校验码",
                "verbose_name_plural": "文书校验码",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject_kind", "subject_id", "version"), name="paper_code_once"
                    ),
                ],
            },
        ),
    ]
