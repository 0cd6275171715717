"""Redacted and approved copies of photos: what papers and units may be given."""

import django.db.models.deletion
from django.db import migrations, models

import backend.core.clock
import backend.core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0007_evidence_flags"),
    ]

    operations = [
        migrations.CreateModel(
            name="EvidenceCopy",
            fields=[
                (
                    "id",
                    models.UUIDField(default=backend.core.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("county_id", models.BigIntegerField(db_index=True, editable=False)),
                (
                    "process",
                    models.CharField(
                        choices=[("redacted", "已脱敏"), ("approved", "已审定")],
                        max_length=10,
                        verbose_name="处理方式",
                    ),
                ),
                ("source_sha256", models.CharField(max_length=64)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField(verbose_name="字节数")),
                ("areas", models.JSONField(default=list)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="理由")),
                ("author_id", models.BigIntegerField(null=True)),
                ("author_name", models.CharField(max_length=80)),
                ("made_at", models.DateTimeField(default=backend.core.clock.now)),
                ("superseded_at", models.DateTimeField(null=True)),
                (
                    "evidence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copies",
                        to="inspections.evidence",
                    ),
                ),
            ],
            options={
                "verbose_name": "佐证副本",
                "verbose_name_plural": "佐证副本",
                "ordering": ("made_at", "pk"),
                "indexes": [models.Index(fields=["county_id", "sha256"], name="evidence_copy_by_hash")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        fields=("evidence",),
                        name="evidence_copy_current",
                    )
                ],
            },
        ),
    ]
